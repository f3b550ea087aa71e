import Structured

/// What tells one object of a build from another (kustomize: kyaml/resid).
struct ResourceID: Hashable, Sendable, CustomStringConvertible {
  var group: String
  var version: String
  var kind: String
  var name: String
  /// As written; empty when absent.
  var namespace: String

  init(group: String = "", version: String = "", kind: String = "", name: String = "", namespace: String = "") {
    self.group = group
    self.version = version
    self.kind = kind
    self.name = name
    self.namespace = namespace
  }

  init(_ root: YAMLNode) {
    (group, version) = Self.split(apiVersion: root["apiVersion"]?.string ?? "")
    kind = root["kind"]?.string ?? ""
    let metadata = root["metadata"]
    name = metadata?["name"]?.string ?? ""
    namespace = metadata?["namespace"]?.string ?? ""
  }

  /// `apps/v1` is the group `apps` and the version `v1`; `v1` has no group.
  static func split(apiVersion: String) -> (group: String, version: String) {
    guard let slash = apiVersion.utf8.firstIndex(of: UInt8(ascii: "/")) else { return ("", apiVersion) }
    return (String(apiVersion[..<slash]), String(apiVersion[apiVersion.utf8.index(after: slash)...]))
  }

  var isClusterScoped: Bool { BuiltinScope.isClusterScoped(group: group, version: version, kind: kind) }

  /// No namespace and `default` are one; kinds of cluster scope have none (nil).
  var effectiveNamespace: String? { isClusterScoped ? nil : namespace.isEmpty ? "default" : namespace }

  /// Equal for objects that would overwrite each other.
  var key: Key { Key(group: group, version: version, kind: kind, name: name, namespace: effectiveNamespace) }

  struct Key: Hashable, Sendable {
    let group: String
    let version: String
    let kind: String
    let name: String
    let namespace: String?
  }

  var description: String {
    let type = group.isEmpty ? kind : "\(kind).\(group)"
    return namespace.isEmpty ? "\(type) \(name)" : "\(type) \(namespace)/\(name)"
  }
}

/// What a generated object does to one of the same name that is there already (kustomize: types.GenerationBehavior).
enum GeneratorBehavior: String, Sendable { case create, replace, merge }

/// One object on its way through a build.
struct Resource: Sendable {
  var root: YAMLNode
  /// The ids it had before passes changed it, oldest first: references and patches find it by them.
  private(set) var previous: [ResourceID] = []
  /// What was put before its name and behind it, in the order of the passes: references prefer a referral with the same.
  var prefixes: [String] = []
  var suffixes: [String] = []
  /// It was generated, and a hash of its content goes behind its name at the end of the build.
  var needsHash = false
  /// Set on generated objects until they are in the list.
  var behavior: GeneratorBehavior?
  /// A patch with this option may change the kind, or the name.
  var allowsKindChange = false
  var allowsNameChange = false
  /// The `vars` that read one of its fields.
  var variables: [String] = []
  /// What made it and what changed it, where the build was asked to note that (`buildMetadata`).
  var history = BuildHistory()

  init(_ root: YAMLNode) { self.root = root }

  var id: ResourceID { ResourceID(root) }
  var original: ResourceID { previous.first ?? id }

  mutating func rememberID() { previous.append(id) }

  /// Takes over the former ids of the object that this one replaces.
  mutating func inherit(_ ids: [ResourceID]) { previous = ids }
}
