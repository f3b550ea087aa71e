/// Text that may be drawn. Its only sources are literals of this program and the sanitiser, so nothing from outside reaches the
/// terminal as a control (requirements B1, B2).
///
/// Interpolation takes safe texts, integers, and `untrusted:` strings, which it sanitises:
/// `let line: SafeText = "\(count) failed in \(untrusted: name)"`.
public struct SafeText: Hashable, Sendable, ExpressibleByStringInterpolation {
  /// The sanitised text. It may hold TAB and LF and no other control.
  public let string: String
  /// Cells that the text takes on one line, with TAB and LF drawn as a space each.
  public let width: Int
  /// Whether every scalar is ASCII, so that columns equal bytes.
  public let isASCII: Bool

  public static let empty: SafeText = ""

  /// Sanitises a string from outside, at most its first `limit` scalars.
  public init(untrusted string: String, limit: Int = .max) {
    var sanitiser = Sanitiser()
    sanitiser.append(string, limit: limit)
    self.init(sanitiser)
  }

  /// Sanitises bytes from outside; what is not UTF-8 becomes U+FFFD.
  public init(untrusted bytes: some Collection<UInt8>, limit: Int = .max) {
    self.init(untrusted: String(decoding: bytes, as: UTF8.self), limit: limit)
  }

  public init(_ number: some BinaryInteger) {
    self.init(untrusted: String(number))
  }

  public init(stringLiteral value: StaticString) {
    self.init(untrusted: value.description)
  }

  public init(stringInterpolation: Interpolation) {
    self.init(stringInterpolation.sanitiser)
  }

  init(_ sanitiser: Sanitiser) {
    string = sanitiser.output
    width = sanitiser.width
    isASCII = sanitiser.isASCII
  }

  /// A part of an already safe text. `string` must not begin with a mark unless the caller just cut a whole cluster.
  init(part string: String, width: Int, isASCII: Bool) {
    self.string = string
    self.width = width
    self.isASCII = isASCII
  }

  public var isEmpty: Bool { string.isEmpty }

  public static func + (left: SafeText, right: SafeText) -> SafeText {
    SafeText(
      part: left.string + right.string, width: left.width + right.width, isASCII: left.isASCII && right.isASCII)
  }

  public static func += (left: inout SafeText, right: SafeText) {
    left = left + right
  }

  public struct Interpolation: StringInterpolationProtocol {
    var sanitiser = Sanitiser()

    public init(literalCapacity: Int, interpolationCount: Int) {
      sanitiser.output.reserveCapacity(literalCapacity + 8 * interpolationCount)
    }

    public mutating func appendLiteral(_ literal: StaticString) {
      sanitiser.append(literal.description)
    }

    public mutating func appendInterpolation(_ text: SafeText) {
      sanitiser.append(text.string)
    }

    public mutating func appendInterpolation(_ number: some BinaryInteger) {
      sanitiser.append(String(number))
    }

    public mutating func appendInterpolation(untrusted string: String) {
      sanitiser.append(string)
    }
  }
}

extension [SafeText] {
  /// The texts with `separator` between them.
  public func joined(separator: SafeText = "") -> SafeText {
    var result = SafeText.empty
    for (index, text) in enumerated() {
      result = index == 0 ? text : result + separator + text
    }
    return result
  }
}
