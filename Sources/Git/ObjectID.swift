import CGit2

/// The SHA-1 name of a Git object.
struct ObjectID: Hashable {
  var raw: git_oid

  init(_ raw: git_oid) { self.raw = raw }

  /// Nil unless the text is 40 hexadecimal digits.
  init?(_ text: String) {
    guard text.utf8.count == 40 else { return nil }
    var raw = git_oid()
    guard git_oid_fromstr(&raw, text) == 0 else { return nil }
    self.raw = raw
  }

  /// 40 hexadecimal digits.
  var text: String {
    let digits = Array("0123456789abcdef".utf8)
    return withUnsafeBytes(of: raw) { bytes in
      String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
  }

  static func == (a: ObjectID, b: ObjectID) -> Bool {
    withUnsafeBytes(of: a.raw) { a in withUnsafeBytes(of: b.raw) { b in a.elementsEqual(b) } }
  }

  func hash(into hasher: inout Hasher) { withUnsafeBytes(of: raw) { hasher.combine(bytes: $0) } }
}
