/// How much JSON one document may be (A21).
public struct JSONLimits: Sendable, Hashable {
  /// Bytes of the whole text.
  public var bytes: Int
  /// Nested arrays and objects; at most 1,000 is honoured, as trees are walked recursively.
  public var depth: Int

  /// Limits of one's own.
  public init(bytes: Int, depth: Int) {
    self.bytes = bytes
    self.depth = depth
  }

  /// One object or watch line: 8 MiB, 200 deep.
  public static let object = JSONLimits(bytes: 8 << 20, depth: 200)
  /// One page of a list: 64 MiB, 200 deep.
  public static let listPage = JSONLimits(bytes: 64 << 20, depth: 200)

  var honouredDepth: UInt32 { UInt32(Swift.max(0, Swift.min(depth, 1000))) }

  func check(_ count: Int) throws(ParseError) {
    if count > bytes {
      throw ParseError(reason: .limit("JSON of \(count) bytes is over the limit of \(bytes) bytes"))
    }
  }
}

/// How much YAML one file may be (D10).
public struct YAMLLimits: Sendable, Hashable {
  /// Bytes of the whole file.
  public var bytes = 4 << 20
  /// Documents in one file.
  public var documents = 5000
  /// Nested lists and maps; at most 1,000 is honoured, as trees are walked recursively.
  public var depth = 100
  /// Nodes of one document after aliases are expanded.
  public var nodes = 500_000
  /// Uses of anchors in one document.
  public var aliases = 10_000
  /// Bytes of one scalar.
  public var scalar = 1 << 20
  /// Bytes of one key.
  public var key = 4 << 10
  /// Maps merged into one map by `<<`.
  public var merges = 100

  /// The limits of a file.
  public init() {}

  /// One file of a repository or one configuration file.
  public static let file = YAMLLimits()
}
