import CSimdJSON

/// Reads one page of a list while it arrives (kubernetes: API concepts, lists and chunks): cuts the items out as soon as
/// they are complete, so that no page is ever held whole. An item's brackets are counted; whether it is well formed
/// otherwise shows when it is parsed. What is not in an item is kept, with `{}` in each item's place, and read at the end
/// by the same strict parser as everything else.
public struct JSONListReader {
  /// One item of the list.
  public struct Item: Sendable {
    /// Compact.
    public let bytes: [UInt8]
    /// Where it begins in the page.
    public let offset: Int
  }

  /// What a page says of itself; texts are empty when they are absent.
  public struct Head: Sendable, Hashable {
    public let apiVersion: String
    /// `PodList`.
    public let kind: String
    /// Where a watch can start.
    public let resourceVersion: String
    /// Empty on the last page.
    public let continueToken: String
    /// `remainingItemCount`: how many more there are, when the server says.
    public let remaining: Int?
  }

  private let limits: JSONLimits
  /// Bytes read so far.
  public private(set) var count = 0
  private var frame: [UInt8] = []
  private var depth = 0
  private var isQuoted = false
  private var isEscaped = false
  /// The last string directly in the page's object, with its quotes: a key when a colon follows.
  private var text: Range<Int>?
  private var isItemsKey = false
  private var isInItems = false
  private var walk: csj_walk?
  /// The beginning of an item whose end has not come yet.
  private var partial: [UInt8] = []
  private var itemOffset = 0
  private var items = 0
  private var itemBytes = 0
  private var firstItem = 0
  private var lastItem = 0

  public init(limits: JSONLimits = .listPage) { self.limits = limits }

  /// Takes the next bytes and hands out each item that they complete.
  /// - Throws: `ParseError` when the page is beyond the limit; and what `take` throws.
  public mutating func read(
    _ piece: [UInt8], take: (Item) throws(ParseError) -> Void
  ) throws(ParseError) {
    try limits.check(count + piece.count)
    var index = 0
    while index < piece.count {
      if walk != nil {
        let end = walkOn(piece, from: index)
        if walk?.ended == 1 { try take(item(piece[index..<end])) } else { partial += piece[index..<end] }
        index = end
      } else if isInItems, depth == 2, !isQuoted, piece[index] == UInt8(ascii: "{") {
        if items == 0 { firstItem = frame.count }
        frame += [UInt8(ascii: "{"), UInt8(ascii: "}")]
        lastItem = frame.count
        items += 1
        itemOffset = count + index
        walk = csj_walk()
      } else {
        note(piece[index])
        index += 1
      }
    }
    count += piece.count
  }

  private mutating func walkOn(_ piece: [UInt8], from index: Int) -> Int {
    var walk = self.walk ?? csj_walk()
    let length = piece.withUnsafeBufferPointer { bytes in
      csj_walk_on(bytes.baseAddress.map { $0 + index }, bytes.count - index, &walk)
    }
    self.walk = walk
    return index + length
  }

  /// The item that ends with these bytes.
  private mutating func item(_ end: ArraySlice<UInt8>) -> Item {
    let isSpaced = walk?.spaced == 1
    walk = nil
    var bytes = Array(end)
    if !partial.isEmpty {
      // With room for no more than it needs: it is kept for long.
      bytes = Array(unsafeUninitializedCapacity: partial.count + end.count) { room, count in
        _ = room.update(fromContentsOf: partial)
        _ = room[partial.count...].update(fromContentsOf: end)
        count = partial.count + end.count
      }
      partial.removeAll(keepingCapacity: true)
    }
    itemBytes += bytes.count
    return Item(bytes: isSpaced ? JSONListReader.compact(bytes) : bytes, offset: itemOffset)
  }

  private static func compact(_ bytes: [UInt8]) -> [UInt8] {
    Array(unsafeUninitializedCapacity: bytes.count) { room, count in
      bytes.withUnsafeBufferPointer { count = csj_compact($0.baseAddress, $0.count, room.baseAddress) }
    }
  }

  /// One byte outside the items.
  private mutating func note(_ byte: UInt8) {
    frame.append(byte)
    if isQuoted {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = false
        if depth == 1, let start = text?.lowerBound { text = start..<frame.count }
      }
      return
    }
    switch byte {
    case UInt8(ascii: "\""):
      isQuoted = true
      if depth == 1 { text = frame.count - 1..<frame.count - 1 }
    case UInt8(ascii: ":") where depth == 1:
      isItemsKey = text.map { frame[$0].elementsEqual("\"items\"".utf8) } ?? false
    case UInt8(ascii: ",") where depth == 1: isItemsKey = false
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if depth == 1, isItemsKey, byte == UInt8(ascii: "[") { isInItems = true }
      depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth <= 1 { isInItems = false }
    default: break
    }
  }

  /// The page is over.
  /// - Throws: `ParseError`: not JSON, beyond the limits, or not a list (`items` missing or repeated, or no list of
  ///   objects; null is an empty list, as Go writes it).
  public func finish() throws(ParseError) -> Head {
    let root: JSONNode
    do { root = try JSONDocument(parsing: frame, limits: limits).root } catch { throw located(error) }
    guard root.kind == .object else { throw ParseError(reason: .shape("not a JSON object")) }
    let kind = root["kind"]?.string ?? ""
    guard let list = root["items"] else {
      throw ParseError(reason: .shape("not a list\(kind.isEmpty ? "" : " but a \(kind)"): items is missing"))
    }
    if let elements = list.elements {
      if elements.contains(where: { $0.kind != .object }) {
        throw ParseError(reason: .shape("not a list of objects: an item is not an object"))
      }
    } else if !list.isNull {
      throw ParseError(reason: .shape("not a list: items is not an array"))
    }
    // A key written with escapes is not seen on the way: what it holds is in the frame.
    guard list.count == items, list.elements?.contains(where: { $0.count > 0 }) != true else {
      throw ParseError(reason: .shape("not a list: items is repeated"))
    }
    let metadata = root["metadata"]
    return Head(
      apiVersion: root["apiVersion"]?.string ?? "", kind: kind,
      resourceVersion: metadata?["resourceVersion"]?.string ?? "", continueToken: metadata?["continue"]?.string ?? "",
      remaining: metadata?["remainingItemCount"]?.int)
  }

  /// Offsets in the frame are turned into offsets in the page, where that can be said.
  private func located(_ error: ParseError) -> ParseError {
    guard let offset = error.offset, items > 0, offset > firstItem else { return error }
    let isBehind = offset >= lastItem && walk == nil
    return ParseError(reason: error.reason, line: error.line, offset: isBehind ? offset + itemBytes - 2 * items : nil)
  }
}
