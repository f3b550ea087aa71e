/// One line of a watch: `{"type":…,"object":…}` (kubernetes: API concepts, efficient detection of changes).
public struct JSONWatchLine: Sendable {
  /// `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`, `ERROR`.
  public let type: String
  /// The object's own bytes, compact.
  public let object: [UInt8]

  /// - Throws: `ParseError`: not JSON, beyond the limits, or `type` is not text or `object` not an object.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .object) throws(ParseError) {
    let cut = try JSONCut(bytes, keys: ["type", "object"], limits: limits)
    guard let type = try cut.value(0)?.string else {
      throw ParseError(reason: .shape("not a watch line: type is missing"))
    }
    guard cut.firstByte(1) == UInt8(ascii: "{") else {
      throw ParseError(reason: .shape("not a watch line: object is missing"))
    }
    self.type = type
    object = cut.copy(1)
  }
}
