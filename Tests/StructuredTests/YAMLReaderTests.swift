import Testing

@testable import Structured

@Suite struct YAMLReaderTests {
  private func read(
    _ text: String, rules: ScalarRules = .kustomize, limits: YAMLLimits = .file
  ) throws(ParseError) -> [YAMLNode] {
    try YAMLReader.documents(in: Array(text.utf8), file: 3, rules: rules, limits: limits)
  }

  private func problem(_ text: String, limits: YAMLLimits = .file) -> ParseError? {
    do throws(ParseError) {
      _ = try read(text, limits: limits)
      return nil
    } catch { return error }
  }

  @Test func everyValueKnowsItsFileAndLine() throws {
    let root = try #require(try read("# note\na: 1\nb:\n  - x\n  - y: |\n      text\nc: {d: e,\n  f: g}\n").first)
    func line(_ path: String...) -> UInt32? { root.value(at: path)?.origin.line }
    #expect(root.origin == Origin(file: 3, line: 2))
    #expect(line("a") == 2)
    #expect(line("b") == 4)
    #expect(line("b", "0") == 4)
    #expect(line("b", "1", "y") == 5)
    #expect(line("c", "d") == 7)
    #expect(line("c", "f") == 8)
  }

  @Test func emptyDocumentsAreLeftOut() throws {
    #expect(try read("").isEmpty)
    #expect(try read("# only a comment\n").isEmpty)
    #expect(try read("---\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n").count == 2)
  }

  @Test func aliasesAndMergesAreExpanded() throws {
    let root = try #require(
      try read(
        """
        base: &base {a: 1, b: 2}
        more: &more {b: 3, c: 4}
        one: {<<: *base, b: own}
        two: {a: own, <<: [*base, *more]}
        list: [*base]
        "<<": text
        """
      ).first)
    #expect(root["one"] == YAMLNode(json: ["a": 1, "b": "own"]))
    #expect(root["two"] == YAMLNode(json: ["a": "own", "b": 2, "c": 4]))
    #expect(root["list"]?[0]?["b"]?.int == 2)
    #expect(root["list"]?[0]?["b"]?.origin.line == 1)
    #expect(root["<<"]?.string == "text")
  }

  @Test func aMergeInGoYAML2CountsFromItsPlaceOn() throws {
    let root = try #require(try read("base: &b {a: 1}\none: {a: own, <<: *b}\n", rules: .goYAML2).first)
    #expect(root["one"]?["a"]?.int == 1)
  }

  @Test func repeatedKeysAreAnErrorWithTheirLines() {
    #expect(
      problem("a: 1\nb: 2\na: 3\n")
        == ParseError(reason: .syntax("mapping key \"a\" is repeated, first on line 1"), line: 3))
    #expect(problem("x: {<<: {a: 1}, <<: {b: 1}}\n")?.line == 1)
  }

  @Test func theLastOfRepeatedKeysCountsWhereThatIsAsked() throws {
    let root = try YAMLReader.documents(in: Array("a: 1\na: 2\n".utf8), rules: .goYAML2, repeatedKeys: .lastCounts)
    #expect(root == [YAMLNode(json: ["a": 2])])
  }

  @Test func keysAreText() throws {
    #expect(try read("1: a\ntrue: b\n0x1F: c\nyes: d\n").first?.map?.keys == ["1", "true", "0x1F", "yes"])
    #expect(try read("1: a\nyes: b\n0x1F: c\n", rules: .goYAML2).first?.map?.keys == ["1", "true", "31"])
    #expect(problem("? [a, b]\n: c\n")?.description == "line 1: a list or map as a key")
  }

  @Test(
    arguments: [
      ("a: *b\n", 1, "unknown anchor"), ("a: &a\n  b: *a\n", 2, "contains itself"), ("a:\n\t- b\n", 2, "invalid YAML"),
      ("a: b\n  c: d\n", 2, "invalid YAML"), ("a: [b\n", 2, "invalid YAML"), ("a: 'b\n", 2, "invalid YAML"),
      ("<<: [1]\n", 1, "list of maps"), ("<<: x\n", 1, "list of maps"), ("a: b: c\n", 1, "invalid YAML"),
      ("a: {{ .Values.x }}\n", 1, "as a key"), ("- a\nb: c\n", 2, "invalid YAML"), ("a: \"\\x\"\n", 1, "invalid YAML"),
    ])
  func whatIsNoYAMLIsRefusedWithItsLine(_ text: String, _ line: Int, _ words: String) {
    let error = problem(text)
    #expect(error?.line == line, "\(text): \(error?.description ?? "")")
    #expect(error?.description.contains(words) == true, "\(text): \(error?.description ?? "")")
    if case .syntax? = error?.reason {} else { Issue.record("\(text) is a syntax error") }
  }

  @Test func bytesThatAreNoTextAreRefused() {
    for bytes in [[0x61, 0x3A, 0x20, 0xFF], [0x61, 0x3A, 0x20, 0x00, 0x62], [0x61, 0x3A, 0x20, 0x1B]] as [[UInt8]] {
      #expect(throws: ParseError.self) { try YAMLReader.documents(in: bytes, rules: .core) }
    }
  }

  @Test func byteOrderMarksAndWindowsLineEndsAreAccepted() throws {
    #expect(try read("\u{FEFF}a: |\r\n  x\r\n  y\r\n").first?["a"]?.string == "x\ny\n")
  }

  /// E-Y06
  @Test(arguments: [
    "!!python/object:os.system x", "!!binary aGk=", "!include other.yaml", "!Ref x", "!!set {a, b}", "!!omap []",
  ])
  func tagsBeyondTheCoreAreRefused(_ text: String) {
    let error = problem("a: 1\nb: \(text)\n")
    #expect(error?.line == 2)
    if case .shape(let words)? = error?.reason {
      #expect(words.contains("is not supported"))
    } else {
      Issue.record("\(text): \(String(describing: error))")
    }
  }

  /// E-Y01
  @Test func expandingAliasesStopsAtTheNodeLimit() {
    var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + (0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ",") + "]\n"
    }
    #expect(problem(text)?.reason == .limit("more than 500000 nodes in one document"))
  }

  /// E-Y02
  @Test(arguments: ["[", "{a: ", "- "])
  func nestingStopsAtTheDepthLimit(_ opening: String) {
    #expect(
      problem("x: " + String(repeating: opening, count: opening == "- " ? 0 : 100_000))?.reason
        == (opening == "- " ? nil : .limit("nested deeper than 100")))
    #expect(problem(String(repeating: "- ", count: 100_000))?.reason == .limit("nested deeper than 100"))
  }

  /// E-Y04
  @Test func sizesAreLimited() {
    var limits = YAMLLimits.file
    limits.bytes = 100
    #expect(
      problem(String(repeating: "-", count: 101), limits: limits)?.reason
        == .limit("YAML of 101 bytes is over the limit of 100 bytes"))
    limits = .file
    limits.scalar = 10
    #expect(
      problem("a: \(String(repeating: "x", count: 11))\n", limits: limits)?.reason
        == .limit("a text of 11 bytes is over the limit of 10"))
    limits = .file
    limits.key = 10
    #expect(
      problem("\(String(repeating: "x", count: 11)): a\n", limits: limits)?.reason
        == .limit("a key of 11 bytes is over the limit of 10"))
    #expect(problem(String(repeating: "--- a\n", count: 5001))?.reason == .limit("more than 5000 documents"))
    #expect(
      problem("a: &a x\nb: [" + String(repeating: "*a,", count: 10_001) + "]\n")?.reason
        == .limit("more than 10000 aliases"))
    #expect(
      problem("a: &a {}\n<<: [" + String(repeating: "*a,", count: 101) + "]\n")?.reason
        == .limit("more than 100 maps merged into one"))
    #expect(problem(String(repeating: "-", count: 4 << 20))?.reason != nil)
  }

  @Test func everyPrefixIsReadOrRefused() {
    let text = Array("a: &x {b: [1, 'two', \"th\\u0072ee\"]}\nc: *x\nd: |\n  e\n---\n<<: {f: ~}\n".utf8)
    for count in 0...text.count {
      _ = try? YAMLReader.documents(in: Array(text[..<count]), rules: .kustomize)
    }
  }
}
