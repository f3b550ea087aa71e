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
    withUnsafeBytes(of: raw) { bytes in
      String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
        for (index, byte) in bytes.enumerated() {
          text[2 * index] = digit(byte >> 4)
          text[2 * index + 1] = digit(byte & 15)
        }
        return 2 * bytes.count
      }
    }
  }

  static func == (a: ObjectID, b: ObjectID) -> Bool {
    withUnsafeBytes(of: a.raw) { a in withUnsafeBytes(of: b.raw) { b in a.elementsEqual(b) } }
  }

  func hash(into hasher: inout Hasher) { withUnsafeBytes(of: raw) { hasher.combine(bytes: $0) } }
}
