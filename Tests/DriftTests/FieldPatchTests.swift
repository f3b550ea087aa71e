import GitOps
import Structured
import Testing

@testable import Drift

/// What puts one field back (RFC 6902).
@Suite struct FieldPatchTests {
  private func patches(_ desired: String, _ live: String, _ kind: String = "ConfigMap") throws -> [String: String] {
    func object(_ rest: String) -> String {
      #"{"apiVersion":"v1","kind":"\#(kind)","metadata":{"name":"a","namespace":"shop"},\#(rest)}"#
    }
    let input = Fixture.input(
      .object(try Fixture.desired(object(desired))), .present(try Fixture.object(object(live)), labelled: true))
    let rows = driftRows(input, schema: BuiltinSchema.schema)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.pointer, $0.patch ?? "none") })
  }

  @Test func aChangedFieldIsTestedAndReplaced() throws {
    let found = try patches(#""data":{"a/b":"1"}"#, #""data":{"a/b":"it's"}"#)
    #expect(
      found == [
        "/data/a~1b":
          #"[{"op":"test","path":"/data/a~1b","value":"it's"},{"op":"replace","path":"/data/a~1b","value":"1"}]"#
      ])
  }

  @Test func aMissingFieldIsAdded() throws {
    let found = try patches(#""data":{"a":"1","b":"2"}"#, #""data":{"a":"1"}"#)
    #expect(found == ["/data/b": #"[{"op":"add","path":"/data/b","value":"2"}]"#])
  }

  @Test func anElementThatLiveLacksHasNone() throws {
    let found = try patches(
      #""spec":{"ports":[{"port":80},{"port":81}]}"#, #""spec":{"ports":[{"port":80,"protocol":"TCP"}]}"#, "Service")
    #expect(found.count == 1 && found.values.first == "none")
  }

  @Test func secretsAndLargeValuesHaveNone() throws {
    #expect(try patches(#""data":{"a":"eA=="}"#, #""data":{"a":"eQ=="}"#, "Secret") == ["/data/a": "none"])
    let large = String(repeating: "x", count: 3000)
    #expect(try patches(#""data":{"a":"1"}"#, #""data":{"a":"\#(large)"}"#) == ["/data/a": "none"])
  }
}
