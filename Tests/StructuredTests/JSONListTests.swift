import Testing

@testable import Structured

@Suite struct JSONListTests {
  private func texts(_ items: [[UInt8]]) -> [String] { items.map { String(decoding: $0, as: UTF8.self) } }

  @Test func cutsItemsAndReadsTheListsMetadata() throws {
    let list = try JSONList(
      parsing: Array(
        #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"12","continue":"abc","remainingItemCount":7},"items":[{"a":"}]"},{"b":[{}]}]}"#
          .utf8))
    #expect(list.kind == "PodList")
    #expect(list.apiVersion == "v1")
    #expect(list.resourceVersion == "12")
    #expect(list.continueToken == "abc")
    #expect(list.remaining == 7)
    #expect(texts(list.items) == [#"{"a":"}]"}"#, #"{"b":[{}]}"#])
  }

  @Test func makesItemsCompact() throws {
    let list = try JSONList(
      parsing: Array("{ \"items\" : [\n { \"a b\" : [ 1 , \" x \\\" y \" ] } ,{\"c\":1}\n] }".utf8))
    #expect(texts(list.items) == [#"{"a b":[1," x \" y "]}"#, #"{"c":1}"#])
    #expect(list.resourceVersion.isEmpty)
  }

  @Test(arguments: [#"{"items":null,"metadata":null}"#, #"{"items":[]}"#, #"{"items":[{}],"items":[]}"#])
  func anEmptyListHasNoItems(_ text: String) throws {
    #expect(try JSONList(parsing: Array(text.utf8)).items.isEmpty)
  }

  @Test func theLastOfEqualKeysCounts() throws {
    let text = #"{"kind":"A","items":[{"a":1}],"k\u0069nd":"B","\u0069tems":[{"b":2},{"b":3}]}"#
    let list = try JSONList(parsing: Array(text.utf8))
    #expect(list.kind == "B")
    #expect(texts(list.items) == [#"{"b":2}"#, #"{"b":3}"#])
  }

  @Test(
    arguments: [
      #"{"kind":"Status","code":"410"}"#, #"{"items":{}}"#, #"{"items":"x"}"#, #"{"items":[{},null]}"#,
      #"{"items":[1]}"#,
      #"[]"#, #""x""#,
    ])
  func whatIsNoListHasTheWrongShape(_ text: String) {
    let error = #expect(throws: ParseError.self) { try JSONList(parsing: Array(text.utf8)) }
    if case .shape? = error?.reason {} else { Issue.record("\(text): \(String(describing: error))") }
  }

  @Test(
    arguments: [
      "", "{", #"{"items":[{}"#, #"{"items":[{}]"#, #"{"items":[{]}]}"#, #"{"items":[{}]} {}"#, #"{"items":[,]}"#,
      #"{"items":nul}"#, "<html>sign in</html>", #"{"items":[{}{}]}"#, #"{"items" [{}]}"#, #"{"items":}"#,
    ])
  func brokenPagesAreRefused(_ text: String) {
    #expect(throws: ParseError.self) { try JSONList(parsing: Array(text.utf8)) }
  }

  @Test func deepItemsAreRefused() {
    let text = #"{"items":[{"a":"# + String(repeating: "[", count: 300) + String(repeating: "]", count: 300) + "}]}"
    let error = #expect(throws: ParseError.self) { try JSONList(parsing: Array(text.utf8)) }
    if case .limit? = error?.reason {} else { Issue.record("\(String(describing: error))") }
  }

  @Test func everyPrefixOfAPageIsRefused() throws {
    let text = Array(#"{"kind":"L","metadata":{"resourceVersion":"1"},"items":[{"a":"x"},{"b":[1,{}]}]}"#.utf8)
    _ = try JSONList(parsing: text)
    for count in 0..<text.count {
      #expect(throws: ParseError.self, "\(count)") { try JSONList(parsing: Array(text[..<count])) }
    }
  }

  @Test func readsAWatchLine() throws {
    let line = try JSONWatchLine(parsing: Array("{\"type\":\"ADDED\", \"object\":{\"a\": 1}}\n".utf8))
    #expect(line.type == "ADDED")
    #expect(texts([line.object]) == [#"{"a":1}"#])
  }

  @Test func theLastTypeOfAWatchLineCounts() throws {
    let text = #"{"type":"ADDED","object":{"a":1},"type":"DELETED","object":{"b":1}}"#
    let line = try JSONWatchLine(parsing: Array(text.utf8))
    #expect(line.type == "DELETED")
    #expect(texts([line.object]) == [#"{"b":1}"#])
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
