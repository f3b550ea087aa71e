import Structured
import Testing

@testable import Demo

@Suite struct PatchTests {
  @Test(arguments: [
    (#"[{"op":"add","path":"/a/-","value":3}]"#, #"{"a":[1,2,3]}"#),
    (#"[{"op":"add","path":"/a/0","value":0}]"#, #"{"a":[0,1,2]}"#),
    (#"[{"op":"add","path":"/b","value":{"x":1}}]"#, #"{"a":[1,2],"b":{"x":1}}"#),
    (#"[{"op":"remove","path":"/a/0"}]"#, #"{"a":[2]}"#),
    (#"[{"op":"replace","path":"/a/1","value":9}]"#, #"{"a":[1,9]}"#),
    (#"[{"op":"test","path":"/a/0","value":1},{"op":"replace","path":"/a","value":[]}]"#, #"{"a":[]}"#),
    (#"[{"op":"copy","from":"/a/0","path":"/c~1d"}]"#, #"{"a":[1,2],"c/d":1}"#),
    (#"[{"op":"move","from":"/a/0","path":"/a/-"}]"#, #"{"a":[2,1]}"#),
  ])
  func jsonPatchesApply(_ patch: String, _ expected: String) throws {
    let result = try JSONPatch.apply(json(patch), to: json(#"{"a":[1,2]}"#), kind: Bench.configMaps)
    #expect(result == (try json(expected)))
  }

  @Test(arguments: [
    #"[{"op":"test","path":"/a/0","value":2}]"#, #"[{"op":"remove","path":"/none"}]"#,
    #"[{"op":"replace","path":"/a/7","value":1}]"#, #"[{"op":"add","path":"/x/y","value":1}]"#,
    #"[{"op":"add","path":"/a/9","value":1}]"#, #"[{"op":"fly","path":"/a"}]"#, #"[{"op":"add","path":"a"}]"#, "{}",
  ])
  func jsonPatchesThatDoNotFitAreRefused(_ patch: String) throws {
    let patch = try json(patch)
    #expect(throws: APIStatus.self) {
      try JSONPatch.apply(patch, to: try json(#"{"a":[1,2]}"#), kind: Bench.configMaps)
    }
  }

  @Test(arguments: [
    // Keyed lists merge by their key; new items follow.
    (
      #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"2"}]}}}}"#,
      #"[{"name":"a","image":"2","args":["x"]},{"name":"b","image":"1"}]"#
    ),
    (
      #"{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"1"}]}}}}"#,
      #"[{"name":"a","image":"1","args":["x"]},{"name":"b","image":"1"},{"name":"c","image":"1"}]"#
    ),
    (
      #"{"spec":{"template":{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}}}"#,
      #"[{"name":"b","image":"1"}]"#
    ),
    // Atomic lists and nulls.
    (
      #"{"spec":{"template":{"spec":{"containers":[{"name":"a","args":["y"],"image":null}]}}}}"#,
      #"[{"name":"a","args":["y"]},{"name":"b","image":"1"}]"#
    ),
    (
      #"{"spec":{"template":{"spec":{"containers":[{"$patch":"replace"},{"name":"z"}]}}}}"#, #"[{"name":"z"}]"#
    ),
    (
      #"{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"a"}]}}}}"#,
      #"[{"name":"a","image":"1","args":["x"]},{"name":"b","image":"1"}]"#
    ),
  ])
  func strategicPatchesMergeByTheSchema(_ patch: String, _ expected: String) throws {
    let original = try json(
      #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"1","args":["x"]},{"name":"b","image":"1"}]}}}}"#
    )
    let result = try Patch.strategic(json(patch)).applied(to: original, kind: Bench.deployments, catalog: .shared)
    #expect(result.value(at: "spec", "template", "spec", "containers") == (try json(expected)))
  }

  @Test func customResourcesHaveNoStrategicPatch() throws {
    let refused = status {
      _ = try Patch.strategic([:]).applied(to: [:], kind: Bench.kustomizations, catalog: .shared)
    }
    #expect(refused?.code == 415)
  }

  private func json(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }
}

@Suite struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func digestsAreSHA256(_ text: String, _ expected: String) {
    #expect(SHA256Digest.hex(Array(text.utf8)) == expected)
  }
}
