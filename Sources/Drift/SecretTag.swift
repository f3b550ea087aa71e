import Crypto
import FoundationEssentials

/// What is kept of a secret value: the SHA-256 of its bytes and their number (C12).
struct SecretTag: Hashable {
  let digest: [UInt8]
  let length: Int

  /// How a hashed value stands in a document instead of the value. Not base64, so no real value looks like it.
  private static let mark = "sha256:"

  init(bytes: [UInt8]) {
    digest = Array(SHA256.hash(data: bytes))
    length = bytes.count
  }

  /// Of a value of a Secret's `data`: base64 (white space ignored), or a tag that stands for it. Text that is neither
  /// is hashed as it is.
  init(data text: String) {
    if let tag = SecretTag(tagged: text) {
      self = tag
    } else if let bytes = Data(base64Encoded: Self.withoutSpace(text)) {
      self.init(bytes: Array(bytes))
    } else {
      self.init(bytes: Array(text.utf8))
    }
  }

  /// Of a value of `stringData`.
  init(text: String) { self = SecretTag(tagged: text) ?? SecretTag(bytes: Array(text.utf8)) }

  private init?(tagged text: String) {
    guard text.hasPrefix(Self.mark) else { return nil }
    let parts = text.dropFirst(Self.mark.count).split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 64, let length = Int(parts[1]), length >= 0 else { return nil }
    var digest: [UInt8] = []
    var rest = parts[0].utf8[...]
    while let high = rest.popFirst(), let low = rest.popFirst() {
      guard let h = Self.nibble(high), let l = Self.nibble(low) else { return nil }
      digest.append(h << 4 | l)
    }
    self.digest = digest
    self.length = length
  }

  /// The form that `init(data:)` reads again.
  var tagged: String { "\(Self.mark)\(hex):\(length)" }

  /// `•••• (12 bytes, sha 3f…)`, with as many digits as it takes to tell it from `other`, at least two.
  func shown(against other: SecretTag?) -> String {
    var digits = 2
    let mine = Array(hex)
    if let other, other != self {
      let theirs = Array(other.hex)
      while digits < mine.count, mine[..<digits] == theirs[..<digits] { digits += 1 }
    }
    return "•••• (\(length) \(length == 1 ? "byte" : "bytes"), sha \(String(mine[..<digits]))…)"
  }

  private var hex: String {
    let alphabet = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest {
      text.append(alphabet[Int(byte >> 4)])
      text.append(alphabet[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static func withoutSpace(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 <= 0x20 }) else { return text }
    return String(decoding: text.utf8.filter { $0 > 0x20 }, as: UTF8.self)
  }
}
