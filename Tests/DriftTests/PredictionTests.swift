import FoundationEssentials
import GitOps
import Structured
import Testing

@testable import Drift

/// What a dry run says of rows (`drift.md` B.5).
@Suite struct PredictionTests {
  private static let text = """
    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},
    "spec":{"replicas":3,"paused":true,"minReadySeconds":5}}
    """

  private func live(_ spec: String) throws -> Object {
    try Fixture.object(
      """
      {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","uid":"u",
      "resourceVersion":"7"},"spec":\(spec)}
      """)
  }

  private func confirmed(live spec: String, predicted: String) throws -> [String: DriftRow] {
    let desired = try Fixture.desired(Self.text)
    let input = Fixture.input(.object(desired), .present(try live(spec), labelled: true))
    let rows = driftRows(input, schema: BuiltinSchema.schema)
    let answer = try Prediction.rows(of: try live(predicted), input, schema: BuiltinSchema.schema)
    let all = Prediction.confirmed(rows, by: answer)
    return Dictionary(uniqueKeysWithValues: all.map { ($0.pointer, $0) })
  }

  @Test func whatAnApplyWouldChangeIsCertainAndWhatItWouldNotIsTheServersOwn() throws {
    let rows = try confirmed(
      live: #"{"replicas":5,"paused":true,"minReadySeconds":6}"#,
      predicted: #"{"replicas":3,"paused":true,"minReadySeconds":6}"#)
    #expect(rows.count == 2)
    let replicas = try #require(rows["/spec/replicas"])
    #expect(replicas.driftClass == .drifted && replicas.certainty == .certain)
    let seconds = try #require(rows["/spec/minReadySeconds"])
    #expect(seconds.driftClass == .mutated && seconds.note == "a server-side dry run changes nothing here")
  }

  @Test func whatOnlyTheServerKnowsOfIsAdded() throws {
    let rows = try confirmed(
      live: #"{"replicas":5,"paused":true,"minReadySeconds":5,"revisionHistoryLimit":2}"#,
      predicted: #"{"replicas":3,"paused":true,"minReadySeconds":5,"revisionHistoryLimit":4}"#)
    #expect(rows["/spec/replicas"]?.driftClass == .drifted)
    let limit = try #require(rows["/spec/revisionHistoryLimit"])
    #expect(limit.driftClass.isCounted && limit.desired == "4" && limit.live == "2")
    #expect(limit.note == "found by a server-side dry run")
  }

  @Test func nothingSecretAndNothingUnknownIsSent() throws {
    var desired = try Fixture.desired(Self.text)
    #expect(Prediction.isPossible(for: desired))
    let secret = Origin(file: 0, line: 1, layer: .secret)
    desired.root["spec"]?["paused"] = YAMLNode(.string("x"), origin: secret)
    #expect(!Prediction.isPossible(for: desired))
    desired = try Fixture.desired(Self.text)
    desired.undetermined = [UndeterminedField(path: ["spec"], reason: "encrypted")]
    #expect(!Prediction.isPossible(for: desired))
    #expect(
      !Prediction.isPossible(
        for: try Fixture.desired(#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"eA=="}}"#)))
  }
}
