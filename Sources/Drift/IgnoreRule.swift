import GitOps

/// A rule of the user's configuration, or of the reconciler in Git: rows it matches are not drift.
public struct IgnoreRule: Sendable, Hashable {
  /// Nil: every kind.
  public let kind: String?
  /// JSON pointer (RFC 6901) with `*` for any one step; it covers everything below. Empty: the whole object.
  public let path: String
  /// Field manager that must own the field; nil: whoever.
  public let manager: String?

  /// Where it is written, when that is not the configuration: `spec.ignore of Kustomization apps`.
  public let source: String?

  /// A rule from the configuration's `kind`, `path` and `manager`.
  public init(kind: String?, path: String, manager: String?, source: String? = nil) {
    self.kind = kind
    self.path = path
    self.manager = manager
    self.source = source
  }

  /// `Deployment /spec/replicas by kube-controller-manager`, as the row says it.
  public var text: String {
    let what = [kind, path.isEmpty ? nil : path, manager.map { "by \($0)" }].compactMap { $0 }.joined(separator: " ")
    guard let source else { return what }
    return what.isEmpty ? source : "\(what) (\(source))"
  }

  func matches(kind other: String, pointer: String, owner: FieldOwner?) -> Bool {
    if let kind, kind != other { return false }
    if let manager, manager != owner?.manager { return false }
    let wanted = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let actual = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard wanted.count <= actual.count else { return false }
    return zip(wanted, actual).allSatisfy { $0 == "*" || $0 == $1 }
  }
}
