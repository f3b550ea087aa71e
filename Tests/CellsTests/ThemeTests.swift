import Cells
import Foundation
import Testing

@Suite struct ThemeTests {
  static let themes: URL = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "themes")

  /// Theme files are flat maps of plain or quoted strings; this reads just those.
  static func load(_ name: String) throws -> Theme {
    let text = try String(contentsOf: themes.appending(path: name), encoding: .utf8)
    var entries: [String: String] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      entries[String(line[..<colon])] = value.trimmingCharacters(in: ["\""])
    }
    return Theme(name: name, entries: entries)
  }

  static var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: themes.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.sorted()
  }

  @Test func shipsTheFirstThemes() {
    #expect(Set(Self.names).isSuperset(of: ["glass.yaml", "terminal.yaml", "mono.yaml"]))
  }

  @Test(arguments: names) func everyRoleIsResolved(name: String) throws {
    let theme = try Self.load(name)
    #expect(theme.problems.isEmpty, "\(theme.problems)")
    #expect(theme.unresolved.isEmpty, "\(theme.unresolved)")
  }

  @Test(arguments: names) func colouredTextIsReadable(name: String) throws {
    let theme = try Self.load(name)
    for role in Role.allCases {
      for attributes in [[], .selected] as [Attributes] {
        let look = theme.appearance(role, attributes, depth: .trueColour)
        guard let front = look.foreground.components, let back = look.background.components else { continue }
        let lines: [Role] = [.border, .dialogBorder]
        let wanted = lines.contains(role) ? 1.3 : attributes.isEmpty ? 4.5 : 3.5
        let ratio = contrast(front, back)
        #expect(ratio >= wanted, "\(name): \(role) \(attributes) has \(ratio)")
      }
    }
  }

  private func contrast(
    _ a: (red: Int, green: Int, blue: Int), _ b: (red: Int, green: Int, blue: Int)
  ) -> Double {
    func luminance(_ colour: (red: Int, green: Int, blue: Int)) -> Double {
      func linear(_ value: Int) -> Double {
        let part = Double(value) / 255
        return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue)
    }
    let (one, two) = (luminance(a), luminance(b))
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)
  }

  @Test func rolesFallBackByTheirDots() {
    let theme = Theme(
      name: "t", entries: ["text": "#aaaaaa on #111111", "health": "blue bold", "health.failed": "red"])
    let failed = theme.appearance(.healthFailed, depth: .trueColour)
    #expect(failed == .init(foreground: .indexed(1), background: .rgb(17, 17, 17)))
    #expect(theme.appearance(.healthReady, depth: .trueColour).foreground == .indexed(4))
    #expect(theme.appearance(.healthReady, depth: .trueColour).attributes == .bold)
    #expect(theme.appearance(.git, depth: .trueColour).foreground == .rgb(170, 170, 170))
    #expect(theme.unresolved.contains(.git))
    #expect(!theme.unresolved.contains(.healthReady))
  }

  @Test(arguments: [
    "purpel", "999", "-1", "#12345", "#gggggg", "on", "red on", "red blue", "red on blue on green", "red on red",
    "bold on bold",
    "256", String(repeating: "bold ", count: 100),
  ])
  func aBadEntryIsReportedAndLeftOutEC04(value: String) {
    let theme = Theme(name: "t", entries: ["text": "white on black", "health.failed": value])
    #expect(theme.problems.map(\.entry.string) == ["health.failed"])
    #expect(theme.appearance(.healthFailed, depth: .trueColour).foreground == .indexed(7))
  }

  @Test func unknownRolesAreReportedAndHugeThemesSurviveEC04() {
    #expect(Theme(name: "t", entries: ["helth": "red\u{1B}"]).problems.map(\.reason.string) == ["no such role"])
    let huge = Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("role\($0)", "red") })
    #expect(Theme(name: "t", entries: huge).problems.count == 1)
    let many = Dictionary(uniqueKeysWithValues: (0..<900).map { ("role\($0)", "red") })
    #expect(Theme(name: "t", entries: many).problems.count == Theme.problemLimit)
  }

  @Test func coloursAreReducedToWhatTheTerminalHas() {
    #expect(Colour.rgb(255, 0, 0).reduced(to: .trueColour) == .rgb(255, 0, 0))
    #expect(Colour.rgb(255, 0, 0).reduced(to: .indexed) == .indexed(196))
    #expect(Colour.rgb(255, 114, 129).reduced(to: .sixteen) == .indexed(1))
    #expect(Colour.rgb(126, 203, 152).reduced(to: .sixteen) == .indexed(2))
    #expect(Colour.rgb(255, 180, 84).reduced(to: .sixteen) == .indexed(3))
    #expect(Colour.rgb(109, 184, 255).reduced(to: .sixteen) == .indexed(6))
    #expect(Colour.rgb(70, 90, 255).reduced(to: .sixteen) == .indexed(12))
    #expect(Colour.rgb(30, 30, 30).reduced(to: .indexed) == .indexed(234))
    #expect(Colour.indexed(3).reduced(to: .indexed) == .indexed(3))
    #expect(Colour.rgb(255, 0, 0).reduced(to: .mono) == .standard)
  }

  @Test func monochromeTerminalsShowSelectionAndGroundsB20() {
    let theme = Theme(
      name: "t", entries: ["text": "#ffffff on #000000", "selection": "on #333333", "demo": "#000000 on #ffcc00"])
    #expect(theme.appearance(.text, .selected, depth: .mono).attributes == .reverse)
    #expect(theme.appearance(.demo, depth: .mono).attributes == .reverse)
    #expect(theme.appearance(.text, depth: .mono) == .init())
  }

  @Test func sixteenColoursKeepMeaningsApart() throws {
    let glass = try Self.load("glass.yaml")
    func look(_ role: Role, _ attributes: Attributes = []) -> Theme.Appearance {
      glass.appearance(role, attributes, depth: .sixteen)
    }
    #expect(look(.text) == .init())
    #expect(look(.dim) == .init(attributes: .dim))
    #expect(look(.healthFailed) == .init(foreground: .indexed(1), attributes: .bold))
    #expect(look(.healthReady) == .init(foreground: .indexed(2)))
    #expect(look(.driftDrifted) == .init(foreground: .indexed(3), attributes: .bold))
    #expect(look(.driftContested).foreground == .indexed(5))
    #expect(look(.healthReady, .selected) == .init(attributes: .reverse))
    #expect(look(.demo) == .init(foreground: .indexed(0), background: .indexed(12)))
    #expect(look(.dialogDanger) == .init(foreground: .indexed(15), background: .indexed(1), attributes: .bold))
  }

  @Test func foregroundAndBackgroundNeverMeet() throws {
    for name in Self.names {
      let theme = try Self.load(name)
      for depth in [ColourDepth.mono, .sixteen, .indexed, .trueColour] {
        for role in Role.allCases {
          for attributes in [[], .selected] as [Attributes] {
            let look = theme.appearance(role, attributes, depth: depth)
            #expect(look.foreground == .standard || look.foreground != look.background)
          }
        }
      }
    }
  }
}
