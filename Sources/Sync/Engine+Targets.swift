import FoundationEssentials
import GitOps
import Kube
import Structured

/// Where the kubeconfig of a target cluster leads.
enum TargetAddress: Sendable, Hashable {
  case asked
  /// The address of its API server.
  case server(String)
  /// Why that is not known, for people.
  case unknown(String)
}

/// Reconcilers that apply to another cluster (`product.md`, target cluster): found among the attached ones by the address of
/// the API server.
extension Engine {
  /// The cluster where a reconciler's objects live, if it is attached: its own, or the one that it names.
  func place(of resource: Resource) -> ClusterID? {
    switch resource.target {
    case nil: return resource.ref.cluster
    case .secret(let name):
      guard case .server(let address) = kubeconfigs[Self.kubeconfig(name, of: resource.ref)] else { return nil }
      return cluster(at: address)
    case .server(let address): return cluster(at: address)
    case .name(let name): return order.first { $0.name == name }
    }
  }

  private func cluster(at address: String) -> ClusterID? {
    if let known = clustersByAddress[address] { return known }
    let wanted = Self.normalised(address)
    let found = order.first { clusters[$0].map { Self.normalised($0.options.server) } == wanted }
    clustersByAddress[address] = .some(found)
    return found
  }

  /// The sentence of a reconciler whose target is not here; nil where it is.
  func whyNotAttached(_ resource: Resource) -> String? {
    guard place(of: resource) == nil, let target = resource.target else { return nil }
    if case .secret(let name) = target {
      switch kubeconfigs[Self.kubeconfig(name, of: resource.ref)] {
      case .server(let address): return "target not attached (\(address), \(target.words))"
      case .unknown(let reason): return "target not attached (\(target.words): \(reason))"
      case .asked, nil: break
      }
    }
    return "target not attached (\(target.words))"
  }

  private static func kubeconfig(_ name: String, of reconciler: ObjectRef) -> ObjectRef {
    ObjectRef(cluster: reconciler.cluster, groupKind: secret, namespace: reconciler.namespace, name: name)
  }

  /// Reads the kubeconfig that a reconciler names, once; again when the reconciler changes and it could not be read before.
  /// Of what is in it only the server's address is kept.
  func followTarget(of resource: Resource) {
    guard case .secret(let name) = resource.target else { return }
    let ref = Self.kubeconfig(name, of: resource.ref)
    switch kubeconfigs[ref] {
    case .asked, .server: return
    case .unknown, nil: break
    }
    guard mayRead(Self.secret) else {
      kubeconfigs[ref] = .unknown(Self.secretsNotRead)
      return
    }
    guard let reader = reader(of: ref.cluster) else { return }
    kubeconfigs[ref] = .asked
    Task { targetFound(ref, await Self.address(in: ref, reader)) }
  }

  private nonisolated static func address(in ref: ObjectRef, _ reader: KubeReader) async -> TargetAddress {
    do throws(APIError) {
      return address(in: try await reader.get(ref, version: "v1", plural: "secrets"))
    } catch {
      return .unknown(error.isNotFound ? "Secret \(ref.path) is not there" : error.description)
    }
  }

  /// The server of the current context (flux: `value`, then `value.yaml`).
  nonisolated static func address(in secret: Object) -> TargetAddress {
    guard let data = (try? secret.document())?.root["data"],
      let text = (data["value"] ?? data["value.yaml"])?.string, let bytes = Data(base64Encoded: text).map(Array.init)
    else { return .unknown("no kubeconfig under the key value") }
    guard let root = (try? YAMLReader.documents(in: bytes, rules: .core))?.first?.json else {
      return .unknown("not a kubeconfig")
    }
    func named(_ list: String, _ name: String?) -> JSON? { root[list]?.array?.first { $0["name"]?.string == name } }
    let context = named("contexts", root["current-context"]?.string) ?? root["contexts"]?.array?.first
    let cluster = named("clusters", context?.value(at: "context", "cluster")?.string) ?? root["clusters"]?.array?.first
    return cluster?.value(at: "cluster", "server")?.string.map(TargetAddress.server) ?? .unknown("it names no server")
  }

  private func targetFound(_ ref: ObjectRef, _ address: TargetAddress) {
    kubeconfigs[ref] = address
    for resource in resources.values {
      guard case .secret(let name) = resource.target, Self.kubeconfig(name, of: resource.ref) == ref else { continue }
      lookAgain(at: resource)
    }
    workDone()
  }

  /// Clusters came or went.
  func targetsMayHaveMoved() {
    clustersByAddress = [:]
    for resource in resources.values where resource.target != nil { lookAgain(at: resource) }
  }

  private func lookAgain(at resource: Resource) {
    refreshDesired(resource)
    refreshMembership(resource)
    lookUpDifferences(of: resource)
    releaseChanged(nil, resource)
    compareAll(resource.ref)
  }

  /// Two spellings of one server: in either case, with or without the usual port and a slash at the end.
  static func normalised(_ server: String) -> String {
    var text = server.lowercased()
    while text.hasSuffix("/") { text.removeLast() }
    if text.hasPrefix("https://"), text.hasSuffix(":443") { text.removeLast(4) }
    return text
  }
}
