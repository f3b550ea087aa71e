import GitOps
import Structured

/// A Flux object as a file or a rendering has it.
struct FluxObject {
  let kind: String
  let namespace: String
  let name: String
  let root: YAMLNode
  /// `clusters/prod/apps.yaml:3`.
  let place: String

  /// Nil for everything that is not Flux's.
  init?(_ root: YAMLNode, files: FileIndex, namespace: String? = nil) {
    guard let apiVersion = root["apiVersion"]?.string, apiVersion.contains(".toolkit.fluxcd.io/"),
      let kind = root["kind"]?.string, let name = root["metadata"]?["name"]?.string
    else { return nil }
    self.kind = kind
    self.name = name
    self.namespace = namespace ?? root["metadata"]?["namespace"]?.string ?? ""
    self.root = root
    place = files.place(root.origin) ?? ""
  }

  var isReconciler: Bool { kind == "Kustomization" }
  var isSource: Bool { ["GitRepository", "OCIRepository", "Bucket"].contains(kind) }
  var title: String { "\(kind) \(namespace)/\(name)" }
  var key: Key { Key(kind: kind, namespace: namespace, name: name) }

  /// What names an object of Flux, or a ConfigMap or Secret beside one.
  struct Key: Hashable {
    let kind: String
    let namespace: String
    let name: String
    var title: String { "\(kind) \(namespace)/\(name)" }
  }

  var spec: YAMLNode? { root["spec"] }
  var path: String { TreePath.clamp(spec?["path"]?.string ?? "") }
  var document: JSONDocument? { try? JSONDocument(parsing: root.json.encoded()) }

  /// A reference in the spec; its namespace is this object's when it says none.
  func key(of reference: YAMLNode?, kind: String? = nil) -> Key? {
    guard let name = reference?["name"]?.string, let kind = kind ?? reference?["kind"]?.string else { return nil }
    return Key(kind: kind, namespace: reference?["namespace"]?.string ?? namespace, name: name)
  }
}
