/// How a cell stands out besides its role.
public struct Attributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let bold = Attributes(rawValue: 1)
  public static let dim = Attributes(rawValue: 2)
  public static let underline = Attributes(rawValue: 4)
  public static let reverse = Attributes(rawValue: 8)
  /// The cell lies in the selected row: it keeps its role's foreground on the background of the role `selection`.
  public static let selected = Attributes(rawValue: 16)
}

/// A role with attributes: everything a caller says about the looks of text.
public struct Style: Hashable, Sendable {
  public var role: Role
  public var attributes: Attributes

  public init(_ role: Role, _ attributes: Attributes = []) {
    self.role = role
    self.attributes = attributes
  }

  public static let text = Style(.text)
  public static let dim = Style(.dim)
  public static let title = Style(.title)
  public static let border = Style(.border)
}

/// A piece of text in one style. Several of them make a line.
public struct Span: Hashable, Sendable {
  public var text: SafeText
  public var style: Style

  public init(_ text: SafeText, _ style: Style = .text) {
    self.text = text
    self.style = style
  }

  public init(_ text: SafeText, _ role: Role, _ attributes: Attributes = []) {
    self.init(text, Style(role, attributes))
  }
}
