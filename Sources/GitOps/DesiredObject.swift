import Structured

/// One object as Git (or a Helm release) wants it. Every scalar of `root` knows its file and line.
public struct DesiredObject: Sendable {
  public let groupKind: GroupKind
  public let version: String
  /// As the manifest says after rendering; empty when it says nothing (the reader of discovery decides the scope).
  public var namespace: String
  public let name: String
  public var root: YAMLNode
  /// The files that origins index into, shared by all objects of one rendering.
  public let files: [String]

  public init(
    groupKind: GroupKind, version: String, namespace: String, name: String, root: YAMLNode, files: [String]
  ) {
    self.groupKind = groupKind
    self.version = version
    self.namespace = namespace
    self.name = name
    self.root = root
    self.files = files
  }

  public var apiVersion: String { groupKind.group.isEmpty ? version : "\(groupKind.group)/\(version)" }

  public func ref(in cluster: ClusterID) -> ObjectRef {
    ObjectRef(cluster: cluster, groupKind: groupKind, namespace: namespace, name: name)
  }

  /// `apps/web.yaml:14`, when the origin is known.
  public func place(of origin: Origin) -> String? {
    guard origin != .none, Int(origin.file) < files.count else { return nil }
    return "\(files[Int(origin.file)]):\(origin.line)"
  }
}
