/// A resource the server has, without its version: one is served.
struct GroupResource: Hashable, Sendable {
  let group: String
  let plural: String
}

/// A kind that the server serves: the facts of discovery, and how it is stored and printed.
struct ServedKind: Sendable {
  let group: String
  let version: String
  let kind: String
  let plural: String
  let shortNames: [String]
  let categories: [String]
  let namespaced: Bool
  /// Comes from a CustomResourceDefinition: no strategic merge patch, and list items carry their kind.
  let isCustom: Bool
  let hasStatus: Bool
  let hasScale: Bool
  /// `metadata.generation` is kept (kubernetes: counts changes of the spec).
  let hasGeneration: Bool
  let columns: [TableColumn]

  init(
    group: String, version: String, kind: String, plural: String, shortNames: [String] = [], categories: [String] = [],
    namespaced: Bool = true, isCustom: Bool = false, hasStatus: Bool = false, hasScale: Bool = false,
    hasGeneration: Bool = false, columns: [TableColumn] = []
  ) {
    self.group = group
    self.version = version
    self.kind = kind
    self.plural = plural
    self.shortNames = shortNames
    self.categories = categories
    self.namespaced = namespaced
    self.isCustom = isCustom
    self.hasStatus = hasStatus
    self.hasScale = hasScale
    self.hasGeneration = hasGeneration
    self.columns = columns
  }

  var resource: GroupResource { GroupResource(group: group, plural: plural) }
  var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
  /// As errors name it: `deployments.apps`.
  var resourceName: String { group.isEmpty ? plural : "\(plural).\(group)" }
  var schemaName: String { kind }

  static let verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
}
