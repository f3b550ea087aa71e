import Testing

@testable import Rendering

@Suite struct IgnorePatternTests {
  @Test(
    arguments: [
      ("*.md", "a.md", true), ("*.md", "x/y/a.md", true), ("*.md", "a.mdx", false), ("/a.yaml", "a.yaml", true),
      ("/a.yaml", "x/a.yaml", false), ("x/a.yaml", "x/a.yaml", true), ("x/a.yaml", "y/x/a.yaml", false),
      ("x", "x/deep/a.yaml", true), ("x/", "x/a.yaml", true), ("x/", "x", false), ("x/*", "x/a.yaml", true),
      ("/*", "a.yaml", true), ("**/a.yaml", "a.yaml", true), ("**/a.yaml", "x/y/a.yaml", true),
      ("x/**", "x/y/a.yaml", true),
      ("x/**/a.yaml", "x/y/z/a.yaml", true), ("a?c", "abc", true), ("a[b-d]e", "ace", true), ("a[^b]c", "abc", false),
      ("a\\*", "a*", true), ("a\\*", "ab", false), ("trail  ", "trail", true), ("a[", "a[", false),
      ("a**b", "aXb", true),
      ("x/a**b", "x/aXb", false),
    ])
  func aPatternExcludes(_ pattern: String, _ path: String, _ expected: Bool) {
    let parts = path.split(separator: "/").map(String.init)
    #expect((IgnorePattern.outcome(IgnorePattern.read(pattern, domain: []), file: parts) == .exclude) == expected)
  }

  @Test func theLastPatternThatMatchesCounts() {
    let patterns = IgnorePattern.read("/*\n!/apps\n# apps\n\napps/secret.yaml\r\n", domain: [])
    func excludes(_ path: String) -> Bool {
      IgnorePattern.outcome(patterns, file: path.split(separator: "/").map(String.init)) == .exclude
    }
    #expect(excludes("infra/a.yaml"))
    #expect(!excludes("apps/a.yaml"))
    #expect(excludes("apps/secret.yaml"))
  }

  @Test func aPatternSpeaksOfItsDirectoryOnly() {
    let patterns = IgnorePattern.read("a.yaml", domain: ["x"])
    #expect(IgnorePattern.outcome(patterns, file: ["x", "a.yaml"]) == .exclude)
    #expect(IgnorePattern.outcome(patterns, file: ["a.yaml"]) == nil)
    #expect(IgnorePattern.outcome(patterns, file: ["y", "a.yaml"]) == nil)
  }

  @Test func manyStarsDoNotTakeForever() {
    let pattern = String(repeating: "*a", count: 30) + "b"
    #expect(!Glob.matches(pattern, String(repeating: "a", count: 2000)))
  }
}

@Suite struct TreePathTests {
  @Test(
    arguments: [
      ("a.yaml", "x/y", "x/y/a.yaml"), ("../a", "x/y", "x/a"), ("../../a", "x/y", "a"), ("../../..", "x/y", nil),
      ("/a", "", nil),
      (".//b/./c/", "x", "x/b/c"), ("..", "x", ""), ("../\u{301}../..", "x", ""), ("", "x", "x"),
    ] as [(String, String, String?)])
  func pathsResolveInsideTheRoot(_ path: String, _ directory: String, _ expected: String?) {
    #expect(TreePath.resolve(path, from: directory) == expected)
  }
}
