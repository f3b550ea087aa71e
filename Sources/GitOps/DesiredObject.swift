import Structured

/// One object as Git (or a Helm release) wants it. Every scalar of it knows its file and line.
public struct DesiredObject: Sendable {
  public let groupKind: GroupKind
  public let version: String
  /// As the manifest says after rendering; empty when it says nothing (the reader of discovery decides the scope).
  public var namespace: String
  public let name: String
  /// The whole object as it is kept, to be looked at.
  public var packed: PackedNode
  /// The files that origins index into.
  public let files: FileIndex
  /// Fields that are wanted, but whose values nobody here knows.
  public var undetermined: [UndeterminedField]

  public init(
    groupKind: GroupKind, version: String, namespace: String, name: String, packed: PackedNode, files: FileIndex,
    undetermined: [UndeterminedField] = []
  ) {
    self.groupKind = groupKind
    self.version = version
    self.namespace = namespace
    self.name = name
    self.packed = packed
    self.files = files
    self.undetermined = undetermined
  }

  /// From an object of its own.
  public init(
    groupKind: GroupKind, version: String, namespace: String, name: String, root: YAMLNode, files: FileIndex
  ) {
    self.init(
      groupKind: groupKind, version: version, namespace: namespace, name: name, packed: PackedNode(root), files: files)
  }

  /// The whole object as a tree to be changed or printed; each call makes it anew.
  public var root: YAMLNode {
    get { packed.unpacked }
    set { packed = PackedNode(newValue) }
  }

  public var apiVersion: String { groupKind.group.isEmpty ? version : "\(groupKind.group)/\(version)" }

  public func ref(in cluster: ClusterID) -> ObjectRef {
    ObjectRef(cluster: cluster, groupKind: groupKind, namespace: namespace, name: name)
  }

  /// `apps/web.yaml:14`, when the origin is known.
  public func place(of origin: Origin) -> String? { files.place(origin) }
}

/// A field of a desired object whose value is not known, and everything below it.
public struct UndeterminedField: Sendable, Hashable {
  /// Keys, and decimal indexes of lists.
  public let path: [String]
  /// `depends on the variable region`.
  public let reason: String

  public init(path: [String], reason: String) {
    self.path = path
    self.reason = reason
  }
}
