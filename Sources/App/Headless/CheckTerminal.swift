import Cells
import Structured
import Terminal

/// What a terminal's report means for the dashboard.
struct CheckTerminal {
  let report: TerminalReport
  /// `mouse:` of the configuration.
  let wantsMouse: Bool

  /// The dashboard shows everything from here on (`product.md`, Sizes).
  static let full = Size(width: 80, height: 24)
  /// Below it only a notice.
  static let smallest = Size(width: 40, height: 10)

  var subject: CheckSubject {
    guard report.isTerminal else {
      let detail = "standard input or output is no terminal: the dashboard needs one, other commands do not"
      return CheckSubject(kind: .terminal, findings: [.ok("terminal", detail, facts: ["isTerminal": false])])
    }
    if let problem = report.problem {
      return CheckSubject(
        kind: .terminal,
        findings: [.failed("type", problem.problem, remedy: problem.advice, paste: "export TERM=xterm-256color")])
    }
    return CheckSubject(kind: .terminal, findings: [type, size, colours, characters, mouse])
  }

  private var type: CheckFinding {
    .ok("type", report.name, facts: ["isTerminal": true, "term": .string(report.name)])
  }

  private var size: CheckFinding {
    let (columns, rows) = (report.size.width, report.size.height)
    let facts: JSON = ["columns": .integer(columns), "rows": .integer(rows)]
    let shown = "\(columns)x\(rows)"
    let remedy = "make the window at least \(Self.full.width)x\(Self.full.height)"
    if columns < Self.smallest.width || rows < Self.smallest.height {
      let detail = "\(shown): too small, the dashboard shows a notice only"
      return .warning("size", detail, remedy: remedy, facts: facts)
    }
    if columns < Self.full.width || rows < Self.full.height {
      return .warning("size", "\(shown): panes are cut", remedy: remedy, facts: facts)
    }
    return .ok("size", shown, facts: facts)
  }

  private var colours: CheckFinding {
    let word =
      switch report.depth {
      case .mono: "none"
      case .sixteen: "16"
      case .indexed: "256"
      case .trueColour: "true colour"
      }
    return .ok("colours", "\(word): \(report.depthReason)", facts: ["colours": .string(word)])
  }

  private var characters: CheckFinding {
    if report.repertoire == .unicode {
      return .ok("characters", "UTF-8: \(report.locale ?? "the default locale")", facts: ["repertoire": "unicode"])
    }
    let reason =
      switch (report.locale, report.codeset) {
      case (let locale?, nil): "\(locale) is not installed here"
      case (let locale?, let set?): "\(locale) means \(set)"
      case (nil, _): "neither LC_ALL, LC_CTYPE nor LANG is set"
      }
    return .warning(
      "characters", "ASCII forms are drawn: \(reason)", remedy: "choose a UTF-8 locale", paste: "export LC_ALL=C.UTF-8",
      facts: ["repertoire": "ascii"])
  }

  private var mouse: CheckFinding {
    let mouse = wantsMouse ? report.hasMouse ? "reported" : "the terminal has none" : "off (mouse: false)"
    let clipboard = report.setsClipboard ? "can be set (OSC 52)" : "not announced (OSC 52)"
    return .ok(
      "mouse", "\(mouse); clipboard: \(clipboard)",
      facts: ["mouse": .bool(wantsMouse && report.hasMouse), "clipboard": .bool(report.setsClipboard)])
  }
}
