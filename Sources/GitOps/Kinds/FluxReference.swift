import FoundationEssentials
import Structured

/// References between Flux objects, as their specs write them.
enum FluxReference {
  static let sourceGroup = "source.toolkit.fluxcd.io"

  /// `{apiVersion?, kind, name, namespace?}`: the namespace defaults to the referrer's.
  /// - Parameter group: where `apiVersion` names none.
  static func source(_ node: JSONNode?, from referrer: ObjectRef, group: String = sourceGroup) -> ObjectRef? {
    guard let node, let kind = node["kind"]?.string, !kind.isEmpty, let name = node["name"]?.string, !name.isEmpty
    else {
      return nil
    }
    let version = node["apiVersion"]?.string ?? ""
    let group = version.firstIndex(of: "/").map { String(version[..<$0]) } ?? group
    return ObjectRef(
      cluster: referrer.cluster, group: group, kind: kind, namespace: namespace(node["namespace"], referrer), name: name
    )
  }

  /// `spec.dependsOn`: objects of the referrer's own kind.
  static func dependencies(_ node: JSONNode?, from referrer: ObjectRef) -> [ObjectRef] {
    guard let elements = node?.elements else { return [] }
    var refs: [ObjectRef] = []
    for element in elements {
      if let ref = named(element, referrer.groupKind, from: referrer) { refs.append(ref) }
    }
    return refs
  }

  /// `{name, namespace?}` of a kind that is known.
  static func named(_ node: JSONNode?, _ groupKind: GroupKind, from referrer: ObjectRef) -> ObjectRef? {
    guard let name = node?["name"]?.string, !name.isEmpty else { return nil }
    return ObjectRef(
      cluster: referrer.cluster, groupKind: groupKind, namespace: namespace(node?["namespace"], referrer), name: name)
  }

  /// `spec.kubeConfig{secretRef | configMapRef}.name`.
  static func target(_ node: JSONNode?) -> TargetCluster? {
    let name = node?["secretRef"]?["name"]?.string ?? node?["configMapRef"]?["name"]?.string
    return name.map { TargetCluster(secret: $0) }
  }

  /// When the controller last wrote the status of an object: its entry in `managedFields` gets a new time with every
  /// change, and kustomize-controller and helm-controller mark the begin and the end of every run there. API servers
  /// before 1.22 do not name the subresource, hence the look at the fields.
  static func lastStatusWrite(by controller: String, in root: JSONNode) -> Date? {
    guard let entries = root["metadata"]?["managedFields"]?.elements else { return nil }
    var last: Date?
    for entry in entries {
      guard entry["manager"]?.string?.hasSuffix(controller) == true,
        entry["subresource"]?.string == "status" || entry["fieldsV1"]?["f:status"] != nil,
        let time = entry["time"]?.string.flatMap(Timestamp.parse)
      else { continue }
      last = max(last ?? time, time)
    }
    return last
  }

  private static func namespace(_ node: JSONNode?, _ referrer: ObjectRef) -> String {
    node?.string.flatMap { $0.isEmpty ? nil : $0 } ?? referrer.namespace
  }
}
