import Testing

@testable import Structured

@Suite struct JSONDocumentTests {
  @Test func keepsTheExactTextOfNumbers() throws {
    let text = #"{"a":1e400,"b":123456789012345678901234567890,"c":1.10,"d":-0}"#
    let root = try JSONDocument(parsing: Array(text.utf8)).root
    #expect(root["a"]?.number == "1e400")
    #expect(root["b"]?.number == "123456789012345678901234567890")
    #expect(root["b"]?.int == nil)
    #expect(root["c"]?.number == "1.10")
    #expect(root.bytes() == Array(text.utf8))
  }
}
