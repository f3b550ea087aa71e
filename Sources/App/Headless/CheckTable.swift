import Cells

/// The table of `driftglass check`: a title a subject, a line a finding, and below it what to do, so that it can be read
/// in 80 columns and what is to be pasted is never broken.
struct CheckTable {
  /// Columns of the terminal; nil breaks no line.
  let width: Int?
  let repertoire: Repertoire

  private static let whatWidth = 13
  private static let stateWidth = 11
  private static let indent = whatWidth + stateWidth
  private static let unbroken = 1 << 20

  var headings: String { line("WHAT", "STATE", "DETAIL") }

  func lines(of subject: CheckSubject) -> [String] {
    [plain(subject.title)] + subject.findings.flatMap(lines)
  }

  /// A sentence over the whole width.
  func lines(of sentence: String) -> [String] { wrapped(sentence, room: width.map { max(30, $0) }) }

  private func lines(of finding: CheckFinding) -> [String] {
    let detail = wrapped(finding.detail)
    var lines = [line("  \(plain(finding.what))", state(finding.state), detail.first ?? "")]
    lines += detail.dropFirst().map { line("", "", $0) }
    if let remedy = finding.remedy {
      let arrow = repertoire == .unicode ? "→ " : "> "
      for (index, part) in wrapped(remedy, less: 2).enumerated() {
        lines.append(line("", "", (index == 0 ? arrow : "  ") + part))
      }
    }
    if let paste = finding.paste { lines += self.paste(paste.split(separator: "\n").map { plain(String($0)) }) }
    return lines
  }

  func state(_ state: CheckFinding.State) -> String { "\(sign(state)) \(state.rawValue)" }

  private func sign(_ state: CheckFinding.State) -> String {
    let sign =
      switch state {
      case .ok: "●"
      case .warning: "▲"
      case .failed: "✕"
      }
    return plain(sign)
  }

  private func line(_ what: String, _ state: String, _ detail: String) -> String {
    var text = what
    text += String(repeating: " ", count: max(1, Self.whatWidth + 2 - text.count))
    text += state
    text += String(repeating: " ", count: max(1, Self.indent + 2 - text.count))
    text += detail
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Beside the details when it fits there, else further left: a terminal's own line break cannot be pasted.
  private func paste(_ texts: [String]) -> [String] {
    let wanted = Self.indent + 4
    let longest = texts.map(\.count).max() ?? 0
    let left = width.map { max(0, $0 - longest) } ?? wanted
    return texts.map { String(repeating: " ", count: min(wanted, left)) + $0 }
  }

  /// At least so wide that words stay whole on narrow terminals.
  private func wrapped(_ text: String, less: Int = 0) -> [String] {
    wrapped(text, room: width.map { max(30, $0 - Self.indent - 2 - less) })
  }

  private func wrapped(_ text: String, room: Int?) -> [String] {
    let lines = Paragraph(SafeText(untrusted: text)).wrapped(to: room ?? Self.unbroken, repertoire: repertoire)
    return lines.map { spans in spans.map(\.text.string).joined() }
  }

  private func plain(_ text: String) -> String {
    wrapped(text, room: nil).joined(separator: " ")
  }
}
