/// A colour as a theme names it.
public enum Colour: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case standard
  /// 0-15: the terminal's named colours; 16-255: the xterm palette.
  case indexed(UInt8)
  case rgb(UInt8, UInt8, UInt8)

  private static let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

  /// Reads `default`, `red`, `bright-red`, `grey`, a number from 0 to 255, or `#rrggbb`; nil for anything else.
  public init?(_ text: String) {
    let text = text.lowercased()
    if text == "default" {
      self = .standard
    } else if text == "grey" || text == "gray" {
      self = .indexed(8)
    } else if text.hasPrefix("#") {
      let digits = text.dropFirst()
      guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
        return nil
      }
      self = .rgb(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
    } else if let index = Colour.names.firstIndex(of: text) {
      self = .indexed(UInt8(index))
    } else if text.hasPrefix("bright-"), let index = Colour.names.firstIndex(of: String(text.dropFirst(7))) {
      self = .indexed(UInt8(index + 8))
    } else if text.allSatisfy(\.isNumber), let number = UInt8(text) {
      self = .indexed(number)
    } else {
      return nil
    }
  }

  /// The nearest colour that a terminal of the given depth shows.
  public func reduced(to depth: ColourDepth) -> Colour {
    switch (self, depth) {
    case (.standard, _), (_, .mono): .standard
    case (_, .trueColour): self
    case (.indexed(let index), .indexed) where index < 16: .indexed(index)
    case (.indexed, .indexed): self
    case (.indexed(let index), .sixteen) where index < 16: self
    case (_, .indexed): .indexed(Palette.nearest(components, in: 16...255))
    case (_, .sixteen): Palette.named(components)
    }
  }

  /// Whether a terminal of sixteen colours does not have it by name.
  var needsReduction: Bool {
    switch self {
    case .standard: false
    case .indexed(let index): index >= 16
    case .rgb: true
    }
  }

  /// Whether it has too little colour, or too little light, for one of the six named hues.
  var isGrey: Bool {
    guard let (red, green, blue) = components else { return true }
    let most = max(red, green, blue)
    return most < 100 || (most - min(red, green, blue)) * 10 < most * 3
  }

  /// Perceived brightness from 0 to 255.
  var brightness: Int? {
    components.map { (299 * $0.red + 587 * $0.green + 114 * $0.blue) / 1000 }
  }

  /// Red, green and blue from 0 to 255; nil for the terminal's own colours, whose value nobody knows.
  public var components: (red: Int, green: Int, blue: Int)? {
    switch self {
    case .standard: nil
    case .indexed(let index): Palette.components(index)
    case .rgb(let red, let green, let blue): (Int(red), Int(green), Int(blue))
    }
  }
}

/// How many colours a terminal shows.
public enum ColourDepth: Int, Hashable, Sendable, Comparable {
  case mono, sixteen, indexed, trueColour

  public static func < (left: ColourDepth, right: ColourDepth) -> Bool { left.rawValue < right.rawValue }
}

/// The xterm palette of 256 colours.
enum Palette {
  private static let named: [(Int, Int, Int)] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
  ]

  static func components(_ index: UInt8) -> (red: Int, green: Int, blue: Int) {
    let index = Int(index)
    if index < 16 { return named[index] }
    if index >= 232 {
      let level = 8 + 10 * (index - 232)
      return (level, level, level)
    }
    func level(_ step: Int) -> Int { step == 0 ? 0 : 55 + 40 * step }
    let cube = index - 16
    return (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
  }

  /// The named colour of the same hue; black or white for greys.
  ///
  /// Distances would turn every pastel into grey. The plain colours read on dark and light grounds alike, but for blue.
  static func named(_ wanted: (red: Int, green: Int, blue: Int)?) -> Colour {
    guard let (red, green, blue) = wanted else { return .standard }
    let colour = Colour.rgb(UInt8(clamping: red), UInt8(clamping: green), UInt8(clamping: blue))
    if colour.isGrey { return .indexed((colour.brightness ?? 0) > 127 ? 15 : 0) }
    let most = max(red, green, blue)
    let least = min(red, green, blue)
    // A part counts when it lies in the upper half between the weakest and the strongest.
    func counts(_ part: Int) -> Bool { 2 * (part - least) > most - least }
    let index = (counts(red) ? 1 : 0) + (counts(green) ? 2 : 0) + (counts(blue) ? 4 : 0)
    return .indexed(index == 4 ? 12 : UInt8(clamping: index))
  }

  /// The nearest palette entry, by a distance that follows the eye's unequal sense of red, green and blue.
  static func nearest(_ wanted: (red: Int, green: Int, blue: Int)?, in range: ClosedRange<UInt8>) -> UInt8 {
    guard let wanted else { return range.lowerBound }
    var best = range.lowerBound
    var bestDistance = Int.max
    for index in range {
      let entry = components(index)
      let mean = (wanted.red + entry.red) / 2
      let red = wanted.red - entry.red
      let green = wanted.green - entry.green
      let blue = wanted.blue - entry.blue
      let distance = (512 + mean) * red * red + 1024 * green * green + (767 - mean) * blue * blue
      if distance < bestDistance {
        best = index
        bestDistance = distance
      }
    }
    return best
  }
}
