/// The proxy variables of the environment as client-go reads them (golang.org/x/net/http/httpproxy). They are given, never
/// looked up: who may not use them passes none.
public struct ProxyEnvironment: Sendable, Hashable {
  private let https: String?
  private let http: String?
  private let exceptions: [Substring]

  /// - Parameter environment: its `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in capitals or not.
  public init(_ environment: [String: String]) {
    func value(_ name: String) -> String? {
      [name, name.lowercased()].compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    https = value("HTTPS_PROXY")
    http = value("HTTP_PROXY")
    exceptions = (value("NO_PROXY") ?? "").split(separator: ",").map { $0.drop { $0 == " " } }
      .map { $0.prefix { $0 != " " } }
  }

  /// The proxy for an address; nil goes straight. The local machine is never reached through one.
  public func proxy(for address: Address) -> String? {
    guard let proxy = address.scheme == "https" ? https : http, !address.isLoopback else { return nil }
    let isExcepted = exceptions.contains { matches($0, address) }
    if isExcepted { return nil }
    return proxy.contains("://") ? proxy : "http://\(proxy)"
  }

  private func matches(_ exception: Substring, _ address: Address) -> Bool {
    if exception == "*" { return true }
    var name = exception.lowercased()
    if name.contains("/") { return ProxyEnvironment.network(name[...], contains: address.host) }
    if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]"), name.firstIndex(of: ":") == colon {
      guard name[name.index(after: colon)...] == "\(address.port)" else { return false }
      name = String(name[..<colon])
    }
    if name.hasPrefix("*.") { name.removeFirst() }
    if name.hasPrefix(".") { return address.host.hasSuffix(name) }
    return address.host == name || address.host.hasSuffix(".\(name)")
  }

  /// IPv4 networks only: `10.0.0.0/8`.
  private static func network(_ text: Substring, contains host: String) -> Bool {
    let parts = text.split(separator: "/")
    guard parts.count == 2, let bits = Int(parts[1]), (0...32).contains(bits), let base = number(parts[0]),
      let own = number(host[...])
    else { return false }
    let mask = bits == 0 ? 0 : UInt32.max << UInt32(32 - bits)
    return base & mask == own & mask
  }

  private static func number(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4 else { return nil }
    var result: UInt32 = 0
    for part in parts {
      guard let part else { return nil }
      result = result << 8 | UInt32(part)
    }
    return result
  }
}
