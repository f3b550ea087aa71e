import Testing

@testable import Rendering

/// go: regexp/syntax.
@Suite struct GoRegexTests {
  @Test(arguments: [
    ("^(?:web)$", "web", true), ("^(?:web)$", "webs", false), ("web", "a web b", true), ("w.b", "w\nb", false),
    ("(?s)w.b", "w\nb", true), ("(?i)WEB", "web", true), ("^a|b$", "ab", true), ("^(?:a|b)$", "ab", false),
    ("a{2,3}", "aa", true), ("^a{2}$", "aaa", false), ("^a{2,}$", "aaaa", true), ("a{x", "a{x", true),
    ("^[a-c]+$", "abcabc", true), ("^[^a-c]+$", "xyz", true), ("^[^a-c]+$", "xaz", false),
    ("^\\d+\\.\\w*$", "12.a_", true),
    ("^[\\d.]+$", "1.2", true), ("\\bweb\\b", "my web!", true), ("\\bweb\\b", "cobweb", false), ("^[]a]$", "]", true),
    ("^[[:alpha:]]+$", "abZ", true), ("^.*Deploy$", "myDeploy", true), ("^(?:)$", "", true), ("^(a*)*$", "aaaa", true),
    ("^(a|aa)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false), ("é+", "éé", true),
  ])
  func matchesAsGoDoes(pattern: String, text: String, expected: Bool) throws {
    #expect(try GoRegex(pattern, place: nil).matches(text) == expected)
  }

  @Test(arguments: ["[", "(", ")", "*a", "a**", "a{3,2}", "[b-a]", "\\", "(?z)", "a{1001}"])
  func whatGoRefusesFails(pattern: String) {
    let error = #expect(throws: RenderError.self) { try GoRegex(pattern, place: "k.yaml:3") }
    guard case .failed(_, place: "k.yaml:3")? = error else {
      Issue.record("\(pattern): \(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["\\p{Greek}", "[[:word:][:nothing:]]", "\\Q"])
  func whatIsNotReadIsUndetermined(pattern: String) {
    let error = #expect(throws: RenderError.self) { try GoRegex(pattern, place: nil) }
    guard case .undetermined? = error else {
      Issue.record("\(pattern): \(String(describing: error))")
      return
    }
  }

  /// A pattern that expands beyond every use is refused before it takes memory.
  @Test func aHugeProgramIsRefused() {
    #expect(throws: RenderError.self) { try GoRegex("((((a{1000}){1000}){1000}){1000})", place: nil) }
  }

  @Test func theLeftmostMatchWinsAndGroupsAreKept() throws {
    let match = try #require(try GoRegex("(b+)(c)?", place: nil).firstMatch(in: "abbd"))
    #expect(match.count == 3 && match[2] == nil)
    #expect(match[1].map { String("abbd"[$0]) } == "bb")
  }

  @Test func replacingNamesGroups() throws {
    let regex = try GoRegex("(\\w+)@(\\w+)", place: nil)
    #expect(regex.replacingAll(in: "a@b, c@d", with: "${2}.$1$$") == "b.a$, d.c$")
    #expect(try GoRegex("x*", place: nil).replacingAll(in: "ab", with: "-") == "-a-b-")
  }
}
