import Cells
import Terminal
import Testing

@testable import App

@Suite struct CheckTerminalTests {
  private func subject(_ change: (inout TerminalReport) -> Void) -> CheckSubject {
    var report = TerminalReport()
    report.isTerminal = true
    report.name = "xterm-256color"
    report.size = Size(width: 120, height: 36)
    report.depth = .indexed
    report.depthReason = "its description has 256 colours"
    report.repertoire = .unicode
    report.locale = "LANG=C.UTF-8"
    report.codeset = "UTF-8"
    report.hasMouse = true
    change(&report)
    return CheckTerminal(report: report, wantsMouse: true).subject
  }

  @Test func aGoodTerminalIsFine() {
    let subject = subject { _ in }
    #expect(subject.findings.map(\.what) == ["type", "size", "colours", "characters", "mouse"])
    #expect(subject.count(.ok) == 5)
    #expect(subject.findings[2].detail == "256: its description has 256 colours")
  }

  @Test(arguments: [
    (80, 24, CheckFinding.State.ok, "80x24"), (79, 24, .warning, "79x24: panes are cut"),
    (80, 23, .warning, "80x23: panes are cut"), (40, 10, .warning, "40x10: panes are cut"),
    (39, 50, .warning, "39x50: too small, the dashboard shows a notice only"),
    (200, 9, .warning, "200x9: too small, the dashboard shows a notice only"),
  ])
  func theSizeSaysWhatWillBeSeen(_ width: Int, _ height: Int, _ state: CheckFinding.State, _ detail: String) {
    let finding = subject { $0.size = Size(width: width, height: height) }.findings[1]
    #expect(finding.state == state)
    #expect(finding.detail == detail)
    #expect((finding.remedy == nil) == (state == .ok))
  }

  @Test func ASCIIIsExplainedByTheLocale() {
    let unset = subject {
      ($0.repertoire, $0.locale, $0.codeset) = (.ascii, nil, "ANSI_X3.4-1968")
    }.findings[3]
    #expect(unset.detail == "ASCII forms are drawn: neither LC_ALL, LC_CTYPE nor LANG is set")
    #expect(unset.paste == "export LC_ALL=C.UTF-8")
    let missing = subject { ($0.repertoire, $0.locale, $0.codeset) = (.ascii, "LANG=xx_YY.UTF-8", nil) }.findings[3]
    #expect(missing.detail == "ASCII forms are drawn: LANG=xx_YY.UTF-8 is not installed here")
    let other = subject { ($0.repertoire, $0.locale, $0.codeset) = (.ascii, "LC_ALL=C", "ANSI_X3.4-1968") }.findings[3]
    #expect(other.detail == "ASCII forms are drawn: LC_ALL=C means ANSI_X3.4-1968")
  }

  @Test func noTerminalIsSaidAndNoFailure() {
    let subject = CheckTerminal(report: TerminalReport(), wantsMouse: true).subject
    #expect(subject.findings.map(\.state) == [.ok])
    #expect(subject.findings[0].detail.contains("no terminal"))
  }
}
