import CSimdJSON

/// A parsed JSON document: one flat arena of 16-byte nodes over the bytes it was parsed from, which it keeps. Immutable,
/// so it may be read from anywhere; navigating it allocates nothing. Of members with the same key the last counts.
public final class JSONDocument: Sendable {
  /// What was parsed.
  public let bytes: [UInt8]
  let nodes: [csj_node]
  /// The texts of strings that had escapes.
  let strings: [UInt8]

  /// - Throws: `ParseError`: not exactly one JSON document in UTF-8, or beyond the limits.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .object) throws(ParseError) {
    try limits.check(bytes.count)
    var tree = csj_tree()
    defer { csj_release() }
    let error = bytes.withUnsafeBufferPointer { buffer in
      csj_parse(buffer.baseAddress, buffer.count, limits.honouredDepth, &tree)
    }
    if let error = error.parseError(limits) { throw error }
    self.bytes = bytes
    nodes = Array(UnsafeBufferPointer(start: tree.nodes, count: tree.node_count))
    strings = Array(UnsafeBufferPointer(start: tree.strings, count: tree.string_count))
  }

  /// The same for a part of a buffer, which is copied.
  public convenience init(parsing bytes: ArraySlice<UInt8>, limits: JSONLimits = .object) throws(ParseError) {
    try limits.check(bytes.count)
    try self.init(parsing: Array(bytes), limits: limits)
  }

  /// The same for bytes in memory, which are copied.
  public convenience init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = .object) throws(ParseError) {
    try limits.check(bytes.count)
    try self.init(parsing: Array(bytes), limits: limits)
  }

  /// The document's value.
  public var root: JSONNode { JSONNode(document: self, index: 0) }
}

extension csj_error {
  /// Nil on success.
  func parseError(_ limits: JSONLimits) -> ParseError? {
    let at = has_offset != 0 ? offset : nil
    func syntax(_ text: String) -> ParseError { ParseError(reason: .syntax(text), offset: at) }
    switch code {
    case CSJ_OK: return nil
    case CSJ_EMPTY: return syntax("no JSON: empty")
    case CSJ_MEMORY: return ParseError(reason: .limit("not enough memory for this JSON"))
    case CSJ_TOO_LARGE: return ParseError(reason: .limit("JSON over the limit of 4 GiB"))
    case CSJ_DEPTH:
      return ParseError(reason: .limit("JSON nested deeper than \(limits.honouredDepth)"), offset: at)
    case CSJ_UTF8: return syntax("invalid JSON: not UTF-8")
    case CSJ_BYTE_ORDER_MARK: return syntax("invalid JSON: starts with a byte order mark")
    case CSJ_CONTROL_CHARACTER: return syntax("invalid JSON: control character in a string")
    case CSJ_UNCLOSED_STRING: return syntax("invalid JSON: string without end")
    case CSJ_BAD_ESCAPE: return syntax("invalid JSON: bad escape in the string")
    case CSJ_BAD_NUMBER: return syntax("invalid JSON: malformed number")
    case CSJ_UNEXPECTED_END: return syntax("invalid JSON: ends too early")
    case CSJ_EXPECTED_KEY: return syntax("invalid JSON: a key is expected")
    case CSJ_EXPECTED_COLON: return syntax("invalid JSON: a colon is expected")
    case CSJ_EXPECTED_COMMA: return syntax("invalid JSON: a comma or a closing bracket is expected")
    case CSJ_TRAILING: return syntax("invalid JSON: more follows the document")
    case CSJ_NOT_AN_OBJECT: return ParseError(reason: .shape("not a JSON object"), offset: at)
    default: return syntax("invalid JSON")
    }
  }
}
