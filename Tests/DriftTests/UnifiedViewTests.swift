import GitOps
import Structured
import Testing

@testable import Drift

/// An object reduced to what differs.
@Suite struct UnifiedViewTests {
  private func lines(_ desired: String, _ live: String, schema: SchemaTable = Fixture.apps) throws -> [String] {
    let input = Fixture.input(.object(try Fixture.desired(desired)), .present(try Fixture.object(live), labelled: true))
    let rows = driftRows(input, schema: schema)
    return UnifiedView.lines(rows, input, schema: schema).map { line in
      let sign =
        switch line.sign {
        case .context: " "
        case .live: "-"
        case .git: "+"
        case .fold: "~"
        }
      return sign + line.text + (line.row == nil ? "" : "  <")
    }
  }

  @Test func whatLeadsToADifferenceStaysAndTheRestIsCounted() throws {
    let edit = Fixture.owner(
      "kubectl-edit", "Update",
      #"{"f:metadata":{"f:annotations":{"f:by":{}}},"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"side\"}":{".":{},"f:name":{},"f:image":{}},"k:{\"name\":\"app\"}":{"f:image":{}}}}}}}"#
    )
    let live = Fixture.deployment(image: "podinfo:7", owners: [Fixture.flux, edit], annotations: #""by": "hand""#)
      .replacingOccurrence(of: #""containers": ["#, with: #""containers": [{"name": "side", "image": "side:1"},"#)
    #expect(
      try lines(Fixture.deployment(), live) == [
        "~… 2 unchanged fields", " metadata:", "~  … 3 unchanged fields", "   annotations:", "-    by: hand  <",
        " spec:", "~  … 1 unchanged field", "   template:", "     spec:", "       containers:",
        "         - name: app", "-          image: podinfo:7  <",
        "+          image: podinfo:6.5.4", "~          … 1 unchanged field", "-        - name: side  <",
        "-          image: side:1",
      ])
  }

  private func map(_ text: String) -> String {
    #"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "namespace": "shop"}, "data": {"a.conf": "\#(text)"}}"#
  }

  @Test func ofALongTextOnlyTheLinesAroundAChangeAreShown() throws {
    let old = (1...20).map { "line \($0)" }.joined(separator: #"\n"#)
    let new = old.replacingOccurrence(of: "line 10", with: "line ten")
    #expect(
      try lines(map(new), map(old)) == [
        "~… 3 unchanged fields", " data:", "   a.conf: |  <", "~    … 6 unchanged lines", "     line 7", "     line 8",
        "     line 9", "-    line 10", "+    line ten", "     line 11", "     line 12", "     line 13",
        "~    … 7 unchanged lines",
      ])
  }

  @Test func aHugeValueIsNotLaidOut() throws {
    let huge = String(repeating: "x", count: 3 << 20)
    let lines = try lines(Fixture.widget(#"{"color": "red"}"#), Fixture.widget(#"{"color": "\#(huge)"}"#))
    #expect(lines.suffix(2) == ["-  color: … 3072 KB, not shown  <", "+  color: red"])
    let many = (0..<5000).map { #""k\#($0)": \#($0)"# }.joined(separator: ",")
    let long = try self.lines(Fixture.widget(#"{"free": 1}"#), Fixture.widget(#"{"free": {\#(many)}}"#))
    #expect(long.count < 420 && long.contains { $0.hasPrefix("~") && $0.hasSuffix("more lines") })
  }

  @Test func aSecretShowsNoValue() throws {
    let desired = try Fixture.desired(
      #"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "shop"}, "stringData": {"p": "opensesame"}}"#
    )
    let live = try Fixture.object(
      #"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "shop"}, "data": {"p": "b3RoZXI="}}"#
    )
    let input = Fixture.input(
      .object(SecretValues.hashed(desired)), .present(try SecretValues.hashed(live), labelled: true))
    let rows = driftRows(input, schema: Fixture.apps)
    let text = UnifiedView.lines(rows, input, schema: Fixture.apps).map(\.text).joined(separator: "\n")
    #expect(text.contains("•••• (5 bytes") && !text.contains("opensesame") && !text.contains("b3RoZXI"))
  }

  @Test(arguments: [
    ("a\nb\nc", "a\nc"), ("", "x\ny"), ("a", "a"), ("a\nb", "b\na"), ("1\n2\n3\n4", "0\n2\n5\n4\n6"),
  ])
  func theLinesOfBothTextsAreAllThere(_ old: String, _ new: String) {
    let parts = LineChanges(old, new).parts(context: 100)
    var (before, after): ([String], [String]) = ([], [])
    for part in parts {
      switch part {
      case .same(let line):
        before.append(line)
        after.append(line)
      case .old(let line): before.append(line)
      case .new(let line): after.append(line)
      case .left: #expect(old == new)
      }
    }
    guard old != new else { return }
    #expect(before.joined(separator: "\n") == old && after.joined(separator: "\n") == new)
  }
}
