import HTTP

/// How Git hosts are reached over http and https: through the same network as API servers, with its time-outs, proxies and
/// gate (D7).
public struct HostAccess: Sendable {
  let network: Network
  let gate: Gate
  let proxies: ProxyEnvironment

  /// - Parameters:
  ///   - gate: read-only in every mode: Git needs no more than the two requests of git-upload-pack.
  ///   - proxies: of the environment; empty where only a policy may name one.
  public init(network: Network, gate: Gate = .readOnly(), proxies: ProxyEnvironment = ProxyEnvironment([:])) {
    self.network = network
    self.gate = gate
    self.proxies = proxies
  }
}
