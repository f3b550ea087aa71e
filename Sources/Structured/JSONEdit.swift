import CSimdJSON

/// A change of a document's compact bytes that leaves the rest of them as they are.
public enum JSONEdit: Sendable {
  /// The value of a member becomes this JSON.
  case replace(JSONNode, with: String)
  /// A member goes, with its key.
  case remove(JSONNode)
}

extension JSONDocument {
  /// The document's bytes after some edits of members of its objects. An edit whose place cannot be told in these bytes
  /// (they are not compact, or its key is written with escapes) is left out, and so is one inside another.
  public func bytes(_ edits: [JSONEdit]) -> [UInt8] {
    var cuts: [(range: Range<Int>, text: String)] = []
    for edit in edits {
      switch edit {
      case .replace(let node, let text): if let range = node.range { cuts.append((range, text)) }
      case .remove(let node): if let range = node.memberRange { cuts.append((range, "")) }
      }
    }
    if cuts.isEmpty { return bytes }
    cuts.sort { $0.range.lowerBound < $1.range.lowerBound }
    var result: [UInt8] = []
    result.reserveCapacity(cuts.reduce(bytes.count) { $0 - $1.range.count + $1.text.utf8.count })
    var position = 0
    for cut in cuts where cut.range.lowerBound >= position {
      result += bytes[position..<cut.range.lowerBound]
      result += cut.text.utf8
      position = cut.range.upperBound
    }
    result += bytes[position...]
    return result
  }
}

extension JSONNode {
  /// Where the value of a member lies in the document's bytes.
  fileprivate var range: Range<Int>? {
    guard let start = valueStart, let end = end(of: start) else { return nil }
    return start..<end
  }

  /// The same with the key and with the comma that goes with them.
  fileprivate var memberRange: Range<Int>? {
    guard let start = valueStart, let end = end(of: start) else { return nil }
    let bytes = document.bytes
    let key = Int(document.nodes[index - 1].offset) - 1
    if key > 0, bytes[key - 1] == UInt8(ascii: ",") { return key - 1..<end }
    if end < bytes.count, bytes[end] == UInt8(ascii: ",") { return key..<end + 1 }
    return key..<end
  }

  private var valueStart: Int? {
    guard index > 0 else { return nil }
    let key = document.nodes[index - 1]
    guard key.isKind(CSJ_STRING), !key.has(CSJ_DECODED) else { return nil }
    let colon = Int(key.offset) + Int(key.length) + 1
    guard colon + 1 < document.bytes.count, document.bytes[colon] == UInt8(ascii: ":") else { return nil }
    return document.bytes[colon + 1] > 0x20 ? colon + 1 : nil
  }

  private func end(of start: Int) -> Int? {
    let length = document.bytes.withUnsafeBufferPointer { bytes in
      csj_value_length(bytes.baseAddress.map { $0 + start }, bytes.count - start)
    }
    return length > 0 ? start + length : nil
  }
}
