import Structured

/// What tells one object of a build from another (kustomize: kyaml/resid).
struct ResourceID: Hashable, Sendable, CustomStringConvertible {
  let group: String
  let version: String
  let kind: String
  let name: String
  /// As written; empty when absent.
  let namespace: String

  init(_ root: YAMLNode) {
    let apiVersion = root["apiVersion"]?.string ?? ""
    if let slash = apiVersion.firstIndex(of: "/") {
      group = String(apiVersion[..<slash])
      version = String(apiVersion[apiVersion.index(after: slash)...])
    } else {
      group = ""
      version = apiVersion
    }
    kind = root["kind"]?.string ?? ""
    name = root["metadata"]?["name"]?.string ?? ""
    namespace = root["metadata"]?["namespace"]?.string ?? ""
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

/// One object on its way through a build.
struct Resource: Sendable {
  var root: YAMLNode
  /// The ids it had before transformers changed it, oldest first: references are found by them.
  private(set) var previous: [ResourceID] = []

  init(_ root: YAMLNode) { self.root = root }

  var id: ResourceID { ResourceID(root) }
  var original: ResourceID { previous.first ?? id }

  mutating func rememberID() { previous.append(id) }
}

/// The objects of a build in order, no two with the same id.
struct ResourceList: Sendable {
  private(set) var resources: [Resource] = []
  private var keys: Set<ResourceID.Key> = []

  /// - Throws: `.failed` when an object with the same id is there.
  mutating func append(_ resource: Resource, place: (Origin) -> String?) throws(RenderError) {
    let id = resource.id
    guard keys.insert(id.key).inserted else {
      throw .failed(
        sentence: "may not add resource with an already registered id: \(id)", place: place(resource.root.origin))
    }
    resources.append(resource)
  }

  /// Runs a pass over every object.
  /// - Throws: what the pass throws, or `.failed` when two objects have the same id afterwards.
  mutating func transform(
    place: (Origin) -> String?, _ body: (inout Resource) throws(RenderError) -> Void
  ) throws(RenderError) {
    keys.removeAll(keepingCapacity: true)
    for index in resources.indices {
      try body(&resources[index])
      guard keys.insert(resources[index].id.key).inserted else {
        throw .failed(
          sentence: "the transformation gives two objects the id \(resources[index].id)",
          place: place(resources[index].root.origin))
      }
    }
  }

  mutating func removeAll(where condition: (Resource) -> Bool) {
    resources.removeAll(where: condition)
    keys = Set(resources.map(\.id.key))
  }
}
