import Drift
import FoundationEssentials
import GitOps
import Kube
import Rendering
import Structured

/// The ConfigMaps and Secrets that `postBuild.substituteFrom` names: each is watched by its name, and a new version of one
/// renders the Kustomizations again that take variables from it.
extension Engine {
  private static let kustomization = GroupKind(group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization")

  /// Where a reconciler's variables come from, as its spec says now.
  func followVariables(of resource: Resource) {
    let reconciler = resource.ref
    guard reconciler.groupKind == Self.kustomization, let document = try? store.object(reconciler)?.document() else {
      return
    }
    let sources = FluxKustomization(document).substituteFrom.map { Self.ref(of: $0, beside: reconciler) }
    let old = variableSources[reconciler] ?? []
    guard sources != old else { return }
    forgetVariables(of: reconciler)
    guard !sources.isEmpty else { return }
    variableSources[reconciler] = sources
    for source in sources {
      variableUsers[source, default: []].insert(reconciler)
      variablesWritten[source] = store.object(source).flatMap { Ownership.lastWrite(of: $0) }
    }
    updateWatches(of: reconciler.cluster)
  }

  func forgetVariables(of reconciler: ObjectRef) {
    for source in variableSources.removeValue(forKey: reconciler) ?? [] {
      variableUsers[source]?.remove(reconciler)
      if variableUsers[source]?.isEmpty == true {
        variableUsers[source] = nil
        variablesWritten[source] = nil
      }
    }
  }

  /// The versions of a reconciler's variable sources: while they are the same nothing has to be rendered again.
  func variableVersions(of reconciler: ObjectRef) -> [String] {
    (variableSources[reconciler] ?? []).map { store.object($0)?.resourceVersion ?? "" }
  }

  /// An object came, changed or went: what takes variables from it may want something else.
  func variablesChanged(in ref: ObjectRef) {
    guard variableUsers[ref] != nil else { return }
    variablesWritten[ref] = store.object(ref).flatMap { Ownership.lastWrite(of: $0) }
    for reconciler in variableUsers[ref] ?? [] {
      if let resource = resources[reconciler] { refreshDesired(resource) }
    }
  }

  /// Whether a source of a reconciler's variables was written after its last run: what lives is of the values before.
  func haveVariablesChanged(since run: Date?, of reconciler: ObjectRef) -> Bool {
    guard let run, let sources = variableSources[reconciler] else { return false }
    return sources.contains { variablesWritten[$0].map { $0 > run } ?? false }
  }

  /// One stream for each source of variables in a cluster.
  func variableStreams(of cluster: ClusterID, _ discovery: Discovery) -> [StreamID] {
    variableUsers.keys.compactMap { ref in
      guard ref.cluster == cluster, mayRead(ref.groupKind), let resource = discovery.resource(for: ref.groupKind) else {
        return nil
      }
      return StreamID(
        cluster: cluster, groupKind: ref.groupKind, version: resource.version, plural: resource.plural,
        selector: .fields("metadata.name=\(ref.name)"), namespace: ref.namespace)
    }
  }

  static func ref(of reference: VariableReference, beside reconciler: ObjectRef) -> ObjectRef {
    ObjectRef(
      cluster: reconciler.cluster, group: "", kind: reference.kind, namespace: reconciler.namespace,
      name: reference.name)
  }
}

/// Reads the values of variables when they are needed: those of Secrets are kept nowhere.
struct VariableReader: Sendable {
  let engine: Engine
  let reconciler: ObjectRef

  func values(_ references: [VariableReference]) async -> [VariableReference: VariableSource] {
    var result: [VariableReference: VariableSource] = [:]
    for reference in references where result[reference] == nil { result[reference] = await value(reference) }
    return result
  }

  private func value(_ reference: VariableReference) async -> VariableSource {
    let ref = Engine.ref(of: reference, beside: reconciler)
    let plurals = ["ConfigMap": "configmaps", "Secret": "secrets"]
    guard let plural = plurals[reference.kind], await engine.mayRead(ref.groupKind),
      let reader = await engine.reader(of: reconciler.cluster)
    else { return .unknown }
    do throws(APIError) {
      let object = try await reader.get(ref, version: "v1", plural: plural)
      guard let data = (try? object.document())?.root["data"] else { return .values([:]) }
      return .values(Self.texts(data, isEncoded: reference.kind == "Secret"))
    } catch {
      return error.isNotFound ? .missing : .unknown
    }
  }

  private static func texts(_ data: JSONNode, isEncoded: Bool) -> [String: String] {
    var result: [String: String] = [:]
    guard let members = data.members else { return result }
    for (key, value) in members {
      guard let text = value.string else { continue }
      if !isEncoded {
        result[key] = text
      } else if let bytes = Data(base64Encoded: text) {
        result[key] = String(decoding: bytes, as: UTF8.self)
      }
    }
    return result
  }
}
