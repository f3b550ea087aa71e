/// One page of a list, cut into its items' bytes without building trees (kubernetes: API concepts, lists and chunks).
/// The brackets inside an item match; whether it is well formed otherwise shows when it is parsed.
public struct JSONList: Sendable {
  /// Empty when absent, like the other texts.
  public let apiVersion: String
  /// `PodList`.
  public let kind: String
  /// Where a watch can start.
  public let resourceVersion: String
  /// Empty on the last page.
  public let continueToken: String
  /// `remainingItemCount`: how many more there are, when the server says.
  public let remaining: Int?
  /// Each item's own bytes, compact.
  public let items: [[UInt8]]

  /// - Throws: `ParseError`: not JSON, beyond the limits, or not a list (`items` missing, or no list of objects; null is
  ///   an empty list, as Go writes it).
  public init(parsing bytes: [UInt8], limits: JSONLimits = .listPage) throws(ParseError) {
    let cut = try JSONCut(bytes, keys: ["apiVersion", "kind", "metadata", "items"], array: 3, limits: limits)
    apiVersion = try cut.value(0)?.string ?? ""
    kind = try cut.value(1)?.string ?? ""
    let metadata = try cut.value(2)
    resourceVersion = metadata?["resourceVersion"]?.string ?? ""
    continueToken = metadata?["continue"]?.string ?? ""
    remaining = metadata?["remainingItemCount"]?.int
    switch cut.firstByte(3) {
    case UInt8(ascii: "["): break
    case UInt8(ascii: "n"): _ = try cut.value(3)
    case nil: throw ParseError(reason: .shape("not a list: items is missing"))
    default: throw ParseError(reason: .shape("not a list: items is not an array"))
    }
    if let odd = cut.elements.first(where: { cut.firstByte(of: $0) != UInt8(ascii: "{") }) {
      throw ParseError(reason: .shape("not a list of objects: an item is not an object"), offset: Int(odd.offset))
    }
    items = cut.elements.map(cut.copy)
  }
}
