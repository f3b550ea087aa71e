import GitOps
import Structured
import Testing

@testable import Drift

@Suite struct SecretTests {
  static func secret(_ fields: String, metadata: String = "") -> String {
    #"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "shop"\#(metadata)}, \#(fields)}"#
  }

  @Test(arguments: [
    (#""stringData": {"a": "hunter2"}"#, #""data": {"a": "aHVudGVyMg=="}"#),
    (
      #""data": {"a": "eA==", "b": "eQ=="}, "stringData": {"a": "hunter2"}"#,
      #""data": {"a": "aHVudGVyMg==", "b": "eQ=="}, "type": "Opaque""#
    ),
    (#""data": {"a": "aHVu\ndGVyMg==\n"}"#, #""data": {"a": "aHVudGVyMg=="}"#),
    (#""data": {"a": null}"#, #""data": {"a": "eA=="}"#), (#""data": {"a": ""}"#, #""data": {"a": null}"#),
    (#""type": "", "data": {}"#, #""type": "Opaque""#),
  ])
  func sameBytesAreEqualInAnyForm(desired: String, live: String) throws {
    let git = try Fixture.desired(Self.secret(desired))
    let object = try Fixture.object(Self.secret(live))
    for left in [git, SecretValues.hashed(git)] {
      for right in [object, try SecretValues.hashed(object)] {
        let rows = driftRows(Fixture.input(.object(left), .present(right, labelled: true)), schema: Fixture.apps)
        #expect(rows.paths == [])
      }
    }
  }

  @Test func rowsShowLengthAndHashOnly() throws {
    let git = try Fixture.desired(Self.secret(#""stringData": {"password": "correct horse"}"#))
    let object = try Fixture.object(Self.secret(#""data": {"password": "aHVudGVyMg=="}"#))
    var shown: Set<String> = []
    for left in [git, SecretValues.hashed(git)] {
      for right in [object, try SecretValues.hashed(object)] {
        let rows = driftRows(Fixture.input(.object(left), .present(right, labelled: true)), schema: Fixture.apps)
        #expect(rows.paths == ["data.password"])
        shown.insert("\(rows.first?.desired ?? "") \(rows.first?.live ?? "")")
      }
    }
    #expect(shown == ["•••• (13 bytes, sha 41…) •••• (7 bytes, sha f5…)"])
  }

  @Test func anEmptyValueIsNotTheSameAsNoKey() throws {
    #expect(
      try Fixture.rows(Self.secret(#""data": {"a": ""}"#), Self.secret(#""data": {"b": "eA=="}"#)).paths == ["data.a"])
    #expect(try Fixture.rows(Self.secret(#""data": {"a": ""}"#), Self.secret(#""type": "Opaque""#)).paths == ["data"])
  }

  @Test func noRowOfASecretContainsAValue() throws {
    let marker = "TWFya2VyVmFsdWU="
    let fields = Fixture.owner("kubectl-edit", "Update", #"{"f:data":{"f:a":{},"f:b":{}}}"#, apiVersion: "v1")
    let sent = #"{\"data\":{\"a\":\"\#(marker)\"}}"#
    let live = Self.secret(
      #""data": {"a": "\#(marker)", "b": "\#(marker)"}"#,
      metadata:
        #", "managedFields": [\#(fields)], "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "\#(sent)"}"#
    )
    let head = Desired.object(try Fixture.desired(Self.secret(#""data": {"c": "\#(marker)"}"#)))
    var rows: [DriftRow] = []
    for desired in [
      #""data": {"a": "eA=="}"#, #""stringData": {"a": "MarkerValue2"}"#, #""type": "x""#,
      #""data": {"\#(marker)": {"x": 1}}"#,
    ] {
      rows += try Fixture.rows(Self.secret(desired), live) { $0.head = head }
      rows += try Fixture.rows(live, Self.secret(desired)) { $0.head = head }
    }
    rows += driftRows(
      Fixture.input(.unknown(reason: "-"), .present(try Fixture.object(live), labelled: true)), schema: Fixture.apps)
    #expect(rows.count > 8)
    for row in rows {
      for text in [row.desired, row.live, row.note].compactMap({ $0 }) {
        #expect(!text.contains(marker) && !text.contains("MarkerValue"), "\(text)")
      }
    }
  }

  @Test func hashedSecretsKeepNoValue() throws {
    let sent = #"{\"stringData\":{\"a\":\"hunter2\"}}"#
    let object = try Fixture.object(
      Self.secret(
        #""data": {"a": "aHVudGVyMg=="}, "stringData": {"b": "hunter2"}"#,
        metadata: #", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "\#(sent)"}"#))
    let text = String(decoding: try SecretValues.hashed(object).bytes, as: UTF8.self)
    #expect(!text.contains("hunter2") && !text.contains("aHVudGVyMg"))
    let other = try Fixture.object(Fixture.deployment())
    #expect(try SecretValues.hashed(other).bytes == other.bytes)
  }

  @Test func encryptedValuesAreUndeterminedButTheirKeysAreCompared() throws {
    let desired = Self.secret(
      #""stringData": {"a": "ENC[AES256_GCM,data:x]", "b": "ENC[AES256_GCM,data:y]"}, "sops": {"mac": "ENC[AES256_GCM,data:z]", "version": "3.9.0"}"#
    )
    let rows = try Fixture.rows(desired, Self.secret(#""data": {"a": "eA=="}"#))
    #expect(rows.paths == ["data.a", "data.b"])
    #expect(rows.map(\.driftClass) == [.undetermined, .drifted])
  }

  @Test func longValuesAreCutAroundTheirDifference() throws {
    let head = String(repeating: "é", count: 3000)
    let rows = try Fixture.rows(
      Fixture.widget(#"{"color": "\#(head)left"}"#), Fixture.widget(#"{"color": "\#(head)right and much more"}"#))
    let row = try #require(rows.first)
    #expect(row.desired?.hasSuffix("left") == true)
    #expect(row.live?.contains("right") == true)
    #expect(row.desired?.utf8.count ?? 9999 <= 1024)
    #expect(row.live?.utf8.count ?? 9999 <= 1024)
  }
}

/// Values that variables from Secrets put into other objects.
@Suite struct SecretVariableTests {
  private func desired(_ value: YAMLNode) throws -> DesiredObject {
    var object = try Fixture.desired(Fixture.deployment())
    object.root["spec"]?["paused"] = value
    return SecretValues.hashed(object)
  }

  private func rows(_ desired: DesiredObject, _ live: String) throws -> [DriftRow] {
    driftRows(
      Fixture.input(.object(desired), .present(try Fixture.object(live), labelled: true)), schema: SchemaTable())
  }

  @Test(arguments: [YAMLValue.string("hunter2"), .number("4711"), .bool(true)]) func areComparedAndNeverShown(
    _ value: YAMLValue
  )
    throws
  {
    let origin = Origin(file: 0, line: 7, layer: .secret)
    let desired = try desired(YAMLNode(value, origin: origin))
    let text = String(decoding: desired.root.json.encoded(), as: UTF8.self)
    #expect(!text.contains("hunter2") && !text.contains("4711"), "the plaintext is kept")
    let same = String(decoding: YAMLNode(value).json.encoded(), as: UTF8.self)
    #expect(try rows(desired, Fixture.deployment(extra: #", "paused": \#(same)"#)).isEmpty)
    let row = try #require(try rows(desired, Fixture.deployment(extra: #", "paused": "hunter3""#)).first)
    #expect(row.path == "spec.paused" && row.desired?.hasPrefix("•••• (") == true)
    #expect(row.live?.hasPrefix("•••• (7 bytes") == true)
  }

  @Test func neitherIsAnObjectThatHoldsOne() throws {
    let origin = Origin(file: 0, line: 7, layer: .secret)
    let list = YAMLNode(.list([YAMLNode(.string("hunter2"), origin: origin), YAMLNode(.string("b"))]))
    let row = try #require(try rows(try desired(list), Fixture.deployment(extra: #", "paused": ["old-secret"]"#)).first)
    #expect(row.desired == "•••• (2 values)" && row.live == "•••• (1 value)")
  }
}
