import Testing

@testable import Structured

@Suite struct JSONDocumentTests {
  private func parse(_ text: String, limits: JSONLimits = .object) throws(ParseError) -> JSONNode {
    try JSONDocument(parsing: Array(text.utf8), limits: limits).root
  }

  @Test func keepsTheExactTextOfNumbers() throws {
    let text = #"{"a":1e400,"b":123456789012345678901234567890,"c":1.10,"d":-0}"#
    let root = try parse(text)
    #expect(root["a"]?.number == "1e400")
    #expect(root["b"]?.number == "123456789012345678901234567890")
    #expect(root["b"]?.int == nil)
    #expect(root["c"]?.number == "1.10")
    #expect(root.bytes() == Array(text.utf8))
    #expect(JSON(root).encoded() == Array(text.utf8))
  }

  @Test(arguments: [
    ("3", 3), ("-7", -7), ("3.0", 3), ("3e2", 300), ("3.5", nil), ("1e400", nil), ("9223372036854775808", nil),
  ])
  func readsWholeNumbersThatFit(_ text: String, _ expected: Int?) throws {
    #expect(try parse(text).int == expected)
  }

  @Test func navigatesWithoutMindingSubtrees() throws {
    let root = try parse(#"{"a":{"x":[1,{"y":[2,3]}],"z":true},"b":[[],{},null,"s"],"c":false}"#)
    #expect(root.kind == .object)
    #expect(root.count == 3)
    #expect(root["c"]?.bool == false)
    #expect(root.value(at: "a", "x", "1", "y", "1")?.int == 3)
    #expect(root["a"]?["z"]?.bool == true)
    #expect(root["b"]?.elements?.map(\.kind) == [.array, .object, .null, .string])
    #expect(root["b"]?[3]?.string == "s")
    #expect(root["b"]?[4] == nil)
    #expect(root["b"]?[-1] == nil)
    #expect(root["a"]?.members?.map(\.key) == ["x", "z"])
    #expect(root["missing"] == nil)
    #expect(root["b"]?["x"] == nil)
    #expect(root["b"]?[2]?.isNull == true)
    #expect(root["c"]?.elements == nil)
  }

  @Test(arguments: [2, 5, 40])
  func theLastOfEqualKeysCounts(_ others: Int) throws {
    let padding = (0..<others).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
    let root = try parse(#"{"kind":"A",\#(padding),"k\u0069nd":"B","k1":"again","kind":{"x":1}}"#)
    #expect(root["kind"]?["x"]?.int == 1)
    #expect(root["k1"]?.string == "again")
    #expect(root.count == others + 1)
    #expect(root.members?.filter { $0.key == "kind" }.count == 1)
    #expect(JSON(root)["kind"] == ["x": 1])
    #expect(try JSONDocument(parsing: root.bytes()).root.count == others + 1)
  }

  @Test func decodesEscapes() throws {
    let root = try parse(
      #"{"a\n":"\"\\\/\b\f\r\t\u0041\u00e9\u20ac\ud83d\ude00","lone":"\ud83dx\udc00","nul":"\u0000"}"#)
    #expect(root["a\n"]?.string == "\"\\/\u{8}\u{C}\r\tAé€😀")
    #expect(root["lone"]?.string == "\u{FFFD}x\u{FFFD}")
    #expect(root["nul"]?.string == "\u{0}")
    #expect(try JSONDocument(parsing: root.bytes()).root["a\n"]?.string == root["a\n"]?.string)
  }

  @Test(
    arguments: [
      ("", nil, "empty"), ("  \n ", nil, "empty"), ("{\"a\":1} x", 8, "more follows"), ("{} {}", 3, "more follows"),
      ("\u{FEFF}{}", 0, "byte order mark"), ("{\"a\":NaN}", 5, "invalid JSON"), ("[1,]", 3, "invalid JSON"),
      ("{\"a\":1,}", 7, "key"), ("{1:2}", 1, "key"), ("{\"a\" 1}", 5, "colon"), ("[1 2]", 3, "comma"),
      ("[1}", 2, "comma"),
      ("[01]", 1, "number"), ("[-]", 1, "number"), ("[1.]", 1, "number"), ("[.5]", 1, "invalid JSON"),
      ("[+1]", 1, "invalid JSON"), ("[0x10]", 1, "number"), ("[1e]", 1, "number"), ("[tru]", 1, "invalid JSON"),
      ("[true1]", 1, "invalid JSON"), ("[\"a\"b]", 4, "comma"), ("[true\"b\"]", 1, "invalid JSON"),
      ("[\"a\u{1}\"]", 3, "control character"), ("[\"a", 1, "without end"), ("[\"\\x\"]", 1, "escape"),
      ("[\"\\u12g4\"]", 1, "escape"), ("{\"a\":", 5, "too early"), ("[", 1, "too early"), ("{\"a\"", 4, "too early"),
      ("]", 0, "invalid JSON"), (",", 0, "invalid JSON"), ("{}\u{0}", 2, "more follows"),
      ("{\"a\":1 \u{0}}", 7, "comma"),
    ] as [(String, Int?, String)])
  func refusesWhatIsNoJSON(_ text: String, _ offset: Int?, _ words: String) {
    let error = #expect(throws: ParseError.self) { try parse(text) }
    #expect(error?.offset == offset, "\(text)")
    #expect(error?.description.contains(words) == true, "\(text): \(error?.description ?? "")")
    if case .syntax? = error?.reason {} else { Issue.record("\(text) is a syntax error") }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
    ] as [[UInt8]])
  func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
    let error = #expect(throws: ParseError.self) { try JSONDocument(parsing: bytes) }
    #expect(error == ParseError(reason: .syntax("invalid JSON: not UTF-8"), offset: 1))
  }

  @Test func refusesUTF16() {
    let error = #expect(throws: ParseError.self) { try JSONDocument(parsing: [0xFF, 0xFE, 0x7B, 0, 0x7D, 0]) }
    #expect(error?.description.contains("byte order mark") == true)
  }

  @Test func stopsAtTheDepthLimit() throws {
    let limits = JSONLimits(bytes: 1 << 20, depth: 200)
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(try parse(nested(200), limits: limits).kind == .array)
    for depth in [201, 100_000] {
      let error = #expect(throws: ParseError.self) { try parse(nested(depth), limits: limits) }
      #expect(error == ParseError(reason: .limit("JSON nested deeper than 200"), offset: 200))
    }
  }

  @Test func stopsAtTheByteLimit() {
    let error = #expect(throws: ParseError.self) { try parse("[1,2,3]", limits: JSONLimits(bytes: 6, depth: 9)) }
    #expect(error == ParseError(reason: .limit("JSON of 7 bytes is over the limit of 6 bytes")))
  }

  @Test func everyPrefixOfADocumentIsRefused() throws {
    let text = Array(#"{"a":[1,-2.5e3,true,null,"x\ty"],"b":{"c":"é","c":{}},"d":"\ud83d\ude00"}"#.utf8)
    _ = try JSONDocument(parsing: text)
    for count in 0..<text.count {
      #expect(throws: ParseError.self, "\(count)") { try JSONDocument(parsing: Array(text[..<count])) }
    }
  }

  @Test func anyChangedByteIsParsedOrRefused() throws {
    let text = Array(#"{"a":[1,-2.5e3,true,null,"x\ty"],"b":{"c":"é","c":{}},"d":"\ud83d\ude00"}"#.utf8)
    for index in text.indices {
      for byte in [0, 0x22, 0x5C, 0x7B, 0x5D, 0x2C, 0x3A, 0x80, 0xFF, 0x31] as [UInt8] {
        var changed = text
        changed[index] = byte
        guard let document = try? JSONDocument(parsing: changed) else { continue }
        // What was accepted can be written and read again.
        #expect(try JSON(JSONDocument(parsing: document.root.bytes()).root) == JSON(document.root))
      }
    }
  }

  @Test func readsSlicesAndBuffersWithoutPadding() throws {
    for padding in 0..<130 {
      let text = Array("[\"\(String(repeating: "x", count: padding))\"]".utf8)
      let framed = [0x22] + text + [0x22, 0x5D]
      #expect(try JSONDocument(parsing: framed[1..<(1 + text.count)]).root[0]?.string?.count == padding)
      let fromBuffer = try text.withUnsafeBytes { buffer in
        try JSONDocument(parsing: buffer).root[0]?.string?.count
      }
      #expect(fromBuffer == padding)
    }
  }

  @Test func aLargeDocumentLeavesTheNextOneIntact() throws {
    let large = "[" + (0..<300_000).map { "\($0)" }.joined(separator: ",") + "]"
    #expect(try parse(large).count == 300_000)
    #expect(try parse(large)[299_999]?.int == 299_999)
    #expect(try parse(#"{"a":"\n"}"#)["a"]?.string == "\n")
  }
}
