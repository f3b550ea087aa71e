import Testing

@testable import Structured

/// A page read at once.
private struct Page {
  var head: JSONListReader.Head
  var items: [JSONListReader.Item] = []

  /// - Parameter piece: bytes that arrive together.
  init(_ text: [UInt8], piece: Int = .max) throws {
    var reader = JSONListReader()
    var items: [JSONListReader.Item] = []
    var rest = text[...]
    while !rest.isEmpty {
      try reader.read(Array(rest.prefix(piece))) { items.append($0) }
      rest = rest.dropFirst(piece)
    }
    for item in items { _ = try JSONDocument(parsing: item.bytes) }
    head = try reader.finish()
    self.items = items
  }

  init(_ text: String, piece: Int = .max) throws { try self.init(Array(text.utf8), piece: piece) }

  var texts: [String] { items.map { String(decoding: $0.bytes, as: UTF8.self) } }
}

@Suite struct JSONListReaderTests {
  @Test(arguments: [1, 2, 3, 7, 50, .max])
  func cutsItemsAndReadsTheListsMetadata(piece: Int) throws {
    let list = try Page(
      #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"12","continue":"abc","remainingItemCount":7},"items":[{"a":"}]\\\""},{"b":[{}]}]}"#,
      piece: piece)
    #expect(list.head.kind == "PodList")
    #expect(list.head.apiVersion == "v1")
    #expect(list.head.resourceVersion == "12")
    #expect(list.head.continueToken == "abc")
    #expect(list.head.remaining == 7)
    #expect(list.texts == [#"{"a":"}]\\\""}"#, #"{"b":[{}]}"#])
    #expect(list.items.map(\.offset) == [121, 136])
  }

  @Test(arguments: [1, 4, .max])
  func makesItemsCompact(piece: Int) throws {
    let list = try Page(
      "{ \"items\" : [\n { \"a b\" : [ 1 , \" x \\\" y \" ] } ,{\"c\":1}\n] }", piece: piece)
    #expect(list.texts == [#"{"a b":[1," x \" y "]}"#, #"{"c":1}"#])
    #expect(list.head.resourceVersion.isEmpty)
  }

  @Test(arguments: [#"{"items":null,"metadata":null}"#, #"{"items":[]}"#, #"{"metadata":{"items":[{}]},"items":[]}"#])
  func anEmptyListHasNoItems(_ text: String) throws {
    #expect(try Page(text).items.isEmpty)
  }

  @Test func theLastOfEqualKeysCounts() throws {
    let list = try Page(#"{"kind":"A","items":[{"b":2},{"b":3}],"k\u0069nd":"B"}"#)
    #expect(list.head.kind == "B")
    #expect(list.texts == [#"{"b":2}"#, #"{"b":3}"#])
  }

  @Test(
    arguments: [
      #"{"kind":"Status","code":"410"}"#, #"{"items":{}}"#, #"{"items":"x"}"#, #"{"items":[{},null]}"#,
      #"{"items":[1]}"#, #"{"items":[{"a":1}],"items":[{"b":2}]}"#, #"{"items":[{}],"\u0069tems":[{},{}]}"#,
      #"{"\u0069tems":[{}]}"#,
      #"[]"#, #""x""#,
    ])
  func whatIsNoListHasTheWrongShape(_ text: String) {
    let error = #expect(throws: ParseError.self) { try Page(text) }
    if case .shape? = error?.reason {} else { Issue.record("\(text): \(String(describing: error))") }
  }

  @Test(
    arguments: [
      "", "{", #"{"items":[{}"#, #"{"items":[{}]"#, #"{"items":[{]}]}"#, #"{"items":[{}]} {}"#, #"{"items":[,]}"#,
      #"{"items":nul}"#, "<html>sign in</html>", #"{"items":[{}{}]}"#, #"{"items" [{}]}"#, #"{"items":}"#,
    ])
  func brokenPagesAreRefused(_ text: String) {
    #expect(throws: ParseError.self) { try Page(text) }
  }

  @Test func deepItemsAreRefused() {
    let text = #"{"items":[{"a":"# + String(repeating: "[", count: 300) + String(repeating: "]", count: 300) + "}]}"
    let error = #expect(throws: ParseError.self) { try Page(text) }
    if case .limit? = error?.reason {} else { Issue.record("\(String(describing: error))") }
  }

  @Test func everyPrefixOfAPageIsRefused() throws {
    let text = Array(#"{"kind":"L","metadata":{"resourceVersion":"1"},"items":[{"a":"x"},{"b":[1,{}]}]}"#.utf8)
    _ = try Page(text)
    for count in 0..<text.count {
      #expect(throws: ParseError.self, "\(count)") { try Page(Array(text[..<count])) }
    }
  }

  @Test(arguments: [
    (#"x{"items":[{}]}"#, 0 as Int?), (#"{"kind":tru,"items":[]}"#, 8), (#"{"items":[{"a":1},{}],"kind":tru}"#, 29),
    (#"{"items":[{"a":1},{}]} {}"#, 23), (#"{"items":[{"a":1} {}]}"#, nil),
  ])
  func saysWhereAPageIsBroken(text: String, offset: Int?) {
    let error = #expect(throws: ParseError.self) { try Page(text, piece: 5) }
    #expect(error?.offset == offset)
  }

  @Test func stopsAtTheByteLimit() throws {
    var reader = JSONListReader(limits: JSONLimits(bytes: 10, depth: 10))
    try reader.read(Array("{\"items\":[".utf8.prefix(10))) { _ in }
    let error = #expect(throws: ParseError.self) { try reader.read([0x5B]) { _ in } }
    if case .limit? = error?.reason {} else { Issue.record("\(String(describing: error))") }
  }

  @Test func editsMembersInPlace() throws {
    let text = #"{"a":{"x":"\"}","y":[1,{"z":"]"}]},"b":null,"c":"\\","d":12}"#
    let document = try JSONDocument(parsing: Array(text.utf8))
    func edited(_ edits: [JSONEdit]) -> String { String(decoding: document.bytes(edits), as: UTF8.self) }
    let root = document.root
    #expect(edited([]) == text)
    let x = try #require(root.value(at: "a", "x"))
    let y = try #require(root.value(at: "a", "y"))
    let c = try #require(root["c"])
    let d = try #require(root["d"])
    #expect(edited([.remove(x)]) == #"{"a":{"y":[1,{"z":"]"}]},"b":null,"c":"\\","d":12}"#)
    #expect(edited([.remove(y), .remove(d)]) == #"{"a":{"x":"\"}"},"b":null,"c":"\\"}"#)
    #expect(
      edited([.replace(c, with: "7"), .replace(y, with: "{}")]) == #"{"a":{"x":"\"}","y":{}},"b":null,"c":7,"d":12}"#)
    let spaced = try JSONDocument(parsing: Array(#"{"a" : "\""}"#.utf8))
    #expect(spaced.bytes([.remove(try #require(spaced.root["a"]))]) == spaced.bytes)
  }

  @Test func readsAWatchLine() throws {
    let line = try JSONWatchLine(parsing: Array("{\"type\":\"ADDED\", \"object\":{\"a\": 1}}\n".utf8))
    #expect(line.type == "ADDED")
    #expect([String(decoding: line.object, as: UTF8.self)] == [#"{"a":1}"#])
  }

  @Test func theLastTypeOfAWatchLineCounts() throws {
    let text = #"{"type":"ADDED","object":{"a":1},"type":"DELETED","object":{"b":1}}"#
    let line = try JSONWatchLine(parsing: Array(text.utf8))
    #expect(line.type == "DELETED")
    #expect([String(decoding: line.object, as: UTF8.self)] == [#"{"b":1}"#])
  }

  @Test(
    arguments: [
      "", "{}", #"{"type":"ADDED"}"#, #"{"object":{}}"#, #"{"type":1,"object":{}}"#, #"{"type":"ADDED","object":null}"#,
      #"{"type":"ADDED","object":[]}"#, #"{"type":"ADDED","object":{}"#, "garbage",
    ])
  func whatIsNoWatchLineIsRefused(_ text: String) {
    #expect(throws: ParseError.self) { try JSONWatchLine(parsing: Array(text.utf8)) }
  }
}
