import Cells
import Testing

@Suite struct GoldenTests {
  func sample() -> Surface {
    var surface = Surface(Size(width: 12, height: 2))
    surface.text("Title", x: 1, y: 0, .title)
    surface.text("日x", x: 0, y: 1, Style(.healthFailed))
    return surface
  }

  @Test func showsTextRolesAndLegend() {
    #expect(
      Golden.text(sample()) == """
        == 12x2
         Title
        日x
        == roles
         ttttt
        fff
        == legend t title  f healthFailed

        """)
  }

  @Test func recordingAlwaysFails() {
    var saved = ""
    let failure = Golden.check(sample(), recorded: nil, isRecording: true) { saved = $0 }
    #expect(failure != nil)
    let compared = Golden.check(sample(), recorded: saved, isRecording: false) { _ in }
    #expect(compared == nil)
    let recordedAgain = Golden.check(sample(), recorded: saved, isRecording: true) { _ in }
    #expect(recordedAgain == nil)
  }

  @Test func namesTheLinesThatDiffer() {
    let recorded = Golden.text(sample())
    var changed = sample()
    changed.text("Tidal", x: 1, y: 0, .title)
    let failure = Golden.check(changed, recorded: recorded, isRecording: false) { _ in }
    #expect(failure?.hasPrefix("1 lines differ\nline 2\n-  Title\n+  Tidal") == true)
  }

  @Test func everyRoleHasItsOwnLetter() {
    let roles = Role.allCases.filter { $0 != .text }
    var surface = Surface(Size(width: roles.count, height: 1))
    for (x, role) in roles.enumerated() {
      surface.text("x", in: Rect(x: x, y: 0, width: 1, height: 1), Style(role))
    }
    let line = Golden.text(surface).split(separator: "\n")[3]
    #expect(Set(line).count == roles.count)
    #expect(!line.contains("?"))
  }
}
