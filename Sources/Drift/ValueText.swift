import Structured

/// Values as rows show them: scalars as they are, the rest as compact JSON, at most a kilobyte, secrets as hashes.
struct ValueText {
  static let limit = 1024

  /// Both sides, so that long ones are cut around their first difference.
  static func pair(
    _ desired: PackedNode?, _ live: JSONNode?, steps: [PathStep], isSecret: Bool
  ) -> (desired: String?, live: String?) {
    let desired = desired.flatMap { $0.isNull ? nil : $0 }
    let live = live.flatMap { $0.isNull ? nil : $0 }
    if desired?.holdsSecret ?? false {
      guard let desired, Scalar(desired) != nil else {
        return (desired.map { several(Scalar($0) == nil ? $0.count : 1) }, live.map { several(max($0.count, 1)) })
      }
      let mine = SecretTag(text: text(desired))
      let theirs = live.map { SecretTag(text: text($0)) }
      return (mine.shown(against: theirs), theirs?.shown(against: mine))
    }
    if isSecret {
      if case .key(let field)? = steps.first, field == "data" || field == "stringData" { return secret(desired, live) }
      // Whatever else holds several values of a Secret may hold its record of the last apply.
      if desired.map({ Scalar($0) == nil }) ?? false || live.map({ Scalar($0) == nil }) ?? false {
        return (desired.map { several($0.isMap ? $0.count : 1) }, live.map { several($0.count) })
      }
    }
    return cut(desired.map(text), live.map(text))
  }

  static func text(_ node: PackedNode) -> String {
    switch Scalar(node) {
    case .string("")?: "\"\""
    case let scalar?: scalar.text
    case nil: String(decoding: node.json.encoded(), as: UTF8.self)
    }
  }

  static func text(_ node: JSONNode) -> String {
    if let text = node.string { return text.isEmpty ? "\"\"" : text }
    return String(decoding: node.bytes(), as: UTF8.self)
  }

  private static func secret(_ desired: PackedNode?, _ live: JSONNode?) -> (String?, String?) {
    let mine = desired?.string.map(SecretTag.init(data:))
    let theirs = live?.string.map(SecretTag.init(data:))
    // Anything but one value is a map of them: their number says enough.
    let left = mine?.shown(against: theirs) ?? desired.map { several($0.isMap ? $0.count : 1) }
    let right = theirs?.shown(against: mine) ?? live.map { several(max($0.count, 1)) }
    return (left, right)
  }

  private static func several(_ count: Int) -> String { "•••• (\(count) \(count == 1 ? "value" : "values"))" }

  /// Cuts texts over the limit to the part where they begin to differ.
  static func cut(_ a: String?, _ b: String?) -> (String?, String?) {
    let left = a.map { Array($0.utf8) }
    let right = b.map { Array($0.utf8) }
    guard max(left?.count ?? 0, right?.count ?? 0) > limit else { return (a, b) }
    var same = 0
    if let left, let right {
      while same < left.count, same < right.count, left[same] == right[same] { same += 1 }
    }
    // Some of what is before the difference says where it is.
    let start = max(0, same - 128)
    return (left.map { window($0, from: start) }, right.map { window($0, from: start) })
  }

  private static func window(_ bytes: [UInt8], from start: Int) -> String {
    if bytes.count <= limit { return String(decoding: bytes, as: UTF8.self) }
    var start = min(start, bytes.count)
    // Not in the middle of a character.
    while start > 0, start < bytes.count, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    var end = min(bytes.count, start + limit - 6)
    while end > start, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    let middle = String(decoding: bytes[start..<end], as: UTF8.self)
    return (start > 0 ? "…" : "") + middle + (end < bytes.count ? "…" : "")
  }
}
