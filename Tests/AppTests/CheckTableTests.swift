import Cells
import Structured
import Testing

@testable import App

@Suite struct CheckTableTests {
  private let subject = CheckSubject(
    kind: .cluster, name: "prod-eu",
    findings: [
      .ok("server", "v1.34.1 (eks), 3.2 ms, https://api.prod-eu.example.com:443"),
      .failed(
        "credentials", "helper aws: it expired on 2026-08-01 10:00 UTC (2h ago)", remedy: "log in with its helper",
        paste: "AWS_PROFILE=prod aws --region eu-west-1 eks get-token --cluster-name prod-eu --output json"),
    ])

  @Test func fitsIntoEightyColumnsAndBreaksNothingThatIsPasted() {
    let table = CheckTable(width: 80, repertoire: .unicode)
    let lines = [table.headings] + table.lines(of: subject)
    #expect(
      lines == [
        "WHAT           STATE      DETAIL",
        "cluster prod-eu",
        "  server       ● ok       v1.34.1 (eks), 3.2 ms,",
        "                          https://api.prod-eu.example.com:443",
        "  credentials  ✕ failed   helper aws: it expired on 2026-08-01 10:00 UTC (2h",
        "                          ago)",
        "                          → log in with its helper",
        "AWS_PROFILE=prod aws --region eu-west-1 eks get-token --cluster-name prod-eu --output json",
      ])
    #expect(lines.dropLast().allSatisfy { $0.count <= 80 })
  }

  @Test func breaksNoLineWhereNobodyReadsOnAScreen() {
    let lines = CheckTable(width: nil, repertoire: .ascii).lines(of: subject)
    #expect(
      lines[1] == "  server       * ok       v1.34.1 (eks), 3.2 ms, https://api.prod-eu.example.com:443")
    #expect(lines[2].hasPrefix("  credentials  x failed   helper aws"))
    #expect(lines[3] == "                          > log in with its helper")
    #expect(lines[4].hasPrefix("                            AWS_PROFILE=prod aws"))
  }

  @Test func linesOfAFileKeepTheirIndents() {
    let finding = CheckFinding.failed(
      "reference", "refused", remedy: "name it", paste: "repos:\n  - { match: \"https://git.example.com/x.git\" }")
    let lines = CheckTable(width: 60, repertoire: .unicode).lines(
      of: CheckSubject(kind: .repository, name: "x", findings: [finding]))
    #expect(
      lines.suffix(2) == [
        "              repos:", "                - { match: \"https://git.example.com/x.git\" }",
      ])
  }

  @Test func E_K08_namesFromOutsideMoveNoCursor() {
    let hostile = CheckSubject(
      kind: .cluster, name: "a\u{1B}[2J\nb\u{202E}", findings: [.ok("server", "x\u{9B}31m\r\ny")])
    for line in CheckTable(width: 80, repertoire: .unicode).lines(of: hostile) {
      #expect(
        line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x202E })
    }
  }

  @Test func theLastLineSaysHowManyAndWhere() {
    let fine = CheckSubject(
      kind: .repository, name: "https://git.example.com/fleet.git", findings: [.ok("reference", "main")])
    let warned = CheckSubject(kind: .configuration, findings: [.warning("file", "line 2", remedy: "correct it")])
    #expect(CheckSummary(subjects: [fine]).sentence == "all fine: 0 clusters, 1 repository")
    #expect(
      CheckSummary(subjects: [warned, subject, fine]).sentence
        == "1 failed, 1 warning (1 cluster, 1 repository): cluster prod-eu, configuration")
    #expect(CheckSummary(subjects: [fine]).exitCode == 0)
    #expect(CheckSummary(subjects: [warned]).exitCode == 1)
    #expect(CheckSummary(subjects: [subject]).exitCode == 1)
    #expect(CheckSummary(subjects: [subject], couldNotStart: true).exitCode == 2)
  }

  @Test func jsonHasTheSameRowsAndNamesWhatCannotBeTold() throws {
    var silent = subject
    silent.incomplete = "connection refused"
    let json = CheckSummary(subjects: [silent]).json
    let items = try #require(json["items"]?.array)
    #expect(items.count == 2)
    #expect(
      items[0].object?.keys == ["subject", "name", "what", "state", "detail", "remedy", "paste", "facts"])
    #expect(items[0]["remedy"] == .null)
    #expect(items[1]["state"] == "failed")
    #expect(json["incomplete"] == [["cluster": "prod-eu", "reason": "connection refused"]])
  }
}
