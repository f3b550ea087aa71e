import GitOps
import Structured
import Testing

@testable import Drift

/// Values that depend on a variable nobody here can read.
@Suite struct UnknownValueTests {
  private func rows(_ live: String) throws -> [DriftRow] {
    var desired = try Fixture.desired(Fixture.widget(#"{"color": "${c}", "size": 3}"#))
    let origin = Origin(file: 0, line: 14, layer: .undetermined)
    desired.root["spec"]?["color"] = YAMLNode(.string("${c}"), origin: origin)
    return driftRows(
      Fixture.input(.object(desired), .present(try Fixture.object(Fixture.widget(live)), labelled: true)),
      schema: Fixture.apps)
  }

  @Test func whatIsNotKnownIsUndeterminedAndTheRestIsCompared() throws {
    let rows = try rows(#"{"color": "red", "size": 4}"#)
    #expect(rows.map(\.path) == ["spec.color", "spec.size"])
    #expect(rows.map(\.driftClass) == [.undetermined, .drifted])
    #expect(rows[0].cause.word.contains("${c}"), "\(rows[0].cause)")
  }

  /// The variable may be empty, and an empty value is no value.
  @Test func itMayBeMissing() throws {
    let rows = try rows(#"{"size": 3}"#)
    #expect(rows.map(\.driftClass) == [.undetermined])
  }
}
