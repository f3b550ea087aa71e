/// The static facts of one kind that Driftglass understands.
public struct Kind: Sendable, Hashable {
  public let groupKind: GroupKind
  /// The plural of its resource path: `kustomizations`.
  public let plural: String
  /// What people type and columns show: `ks`, `hr`. The first is shown.
  public let shortNames: [String]
  public let namespaced: Bool
  public let role: Role
  /// Versions whose shape the adapter reads, best first. Discovery decides which one is watched.
  public let versions: [String]

  public init(
    group: String, kind: String, plural: String, shortNames: [String], namespaced: Bool = true, role: Role,
    versions: [String]
  ) {
    groupKind = GroupKind(group: group, kind: kind)
    self.plural = plural
    self.shortNames = shortNames
    self.namespaced = namespaced
    self.role = role
    self.versions = versions
  }

  public var short: String { shortNames.first ?? plural }
}
