import Testing

@testable import Structured

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test func membersAreSetAndRemoved() {
    var json: JSON = ["a": 1, "b": ["c": "d"]]
    json["b"]?["e"] = true
    json["a"] = nil
    json["f"] = .null
    #expect(json == ["b": ["c": "d", "e": true], "f": .null])
    var text: JSON = "x"
    text["a"] = nil
    #expect(text == "x")
    text["a"] = 1
    #expect(text == ["a": 1])
  }

  @Test func equalityIgnoresOrderAndOutputKeepsIt() {
    let a: JSON = ["x": 1, "y": [2.5, "z"]]
    let b: JSON = ["y": [2.5, "z"], "x": 1]
    #expect(a == b)
    #expect(a.hashValue == b.hashValue)
    #expect(String(decoding: b.encoded(), as: UTF8.self) == #"{"y":[2.5,"z"],"x":1}"#)
  }

  @Test func prettyOutputIsIndentedByTwo() {
    let json: JSON = ["a": ["b": [1, 2]], "c": [:], "d": []]
    #expect(
      String(decoding: json.encoded(pretty: true), as: UTF8.self) == """
        {
          "a": {
            "b": [
              1,
              2
            ]
          },
          "c": {},
          "d": []
        }
        """)
  }

  @Test func whatWasWrittenIsReadBack() throws {
    let json: JSON = ["t\u{0}\u{1F}\"\\\n": "é😀\u{7F}\u{2028}", "n": [.null, false, .number("1e400"), .integer(.min)]]
    #expect(try JSON(parsing: json.encoded()) == json)
    #expect(try JSON(parsing: json.encoded(pretty: true)) == json)
  }

  /// The examples of RFC 7386, appendix A.
  @Test(
    arguments: [
      (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
      (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
      (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
      (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
      (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
      (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"), (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
      (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
      (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
  func mergePatchesAsTheStandardSays(_ target: String, _ patch: String, _ result: String) throws {
    #expect(try parse(target).merging(patch: parse(patch)) == parse(result))
  }

  @Test func followsPaths() throws {
    let json = try parse(#"{"a":[{"b":1},{"b":2}]}"#)
    #expect(json.value(at: "a", "1", "b")?.int == 2)
    #expect(json.value(at: "a", "2") == nil)
    #expect(json["a"]?[0]?["b"] == 1)
  }

  @Test func aMapStaysConsistentBeyondItsLinearSize() {
    var map = OrderedMap<Int>()
    for i in 0..<100 { map["k\(i)"] = i }
    for i in stride(from: 0, to: 100, by: 2) { map["k\(i)"] = nil }
    map["k1"] = -1
    #expect(map.count == 50)
    #expect(map["k1"] == -1)
    #expect(map["k2"] == nil)
    #expect(map["k99"] == 99)
    #expect(map.keys.first == "k1")
    for i in 3..<100 { map["k\(i)"] = nil }
    #expect(map.keys == ["k1"])
    #expect(map["k1"] == -1)
  }
}
