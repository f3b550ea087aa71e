import Testing

@testable import Structured

@Suite struct YAMLScalarTests {
  private func value(_ text: String, _ rules: ScalarRules) throws -> YAMLValue? {
    try YAMLReader.documents(in: Array("a: \(text)\n".utf8), rules: rules).first?["a"]?.value
  }

  /// Written, kustomize, goYAML2, core. The kustomize column was measured (drift.md, D.5.7).
  @Test(
    arguments: [
      ("yes", .string("yes"), .bool(true), .string("yes")), ("y", .string("y"), .bool(true), .string("y")),
      ("on", .string("on"), .bool(true), .string("on")), ("Off", .string("Off"), .bool(false), .string("Off")),
      ("No", .string("No"), .bool(false), .string("No")), ("n", .string("n"), .bool(false), .string("n")),
      ("true", .bool(true), .bool(true), .bool(true)), ("True", .bool(true), .bool(true), .bool(true)),
      ("FALSE", .bool(false), .bool(false), .bool(false)), ("tRUE", .string("tRUE"), .string("tRUE"), .string("tRUE")),
      ("0755", .number("493"), .number("493"), .number("755")), ("0o17", .number("15"), .number("15"), .number("15")),
      ("0x1F", .number("31"), .number("31"), .number("31")), ("0b11", .number("3"), .number("3"), .string("0b11")),
      ("-0b11", .number("-3"), .number("-3"), .string("-0b11")), ("08", .number("8"), .number("8"), .number("8")),
      ("1e3", .number("1000"), .number("1000"), .number("1000")),
      ("1e21", .number("1e+21"), .number("1e+21"), .number("1e+21")),
      ("1.5e-7", .number("1.5e-7"), .number("1.5e-7"), .number("1.5e-7")),
      ("1_000", .number("1000"), .number("1000"), .string("1_000")),
      (".5", .number("0.5"), .number("0.5"), .number("0.5")),
      ("5.", .number("5"), .number("5"), .number("5")), ("+1", .number("1"), .number("1"), .number("1")),
      ("-0", .number("0"), .number("0"), .number("0")), ("-0.0", .number("-0.0"), .number("-0.0"), .number("-0.0")),
      ("007.5", .number("7.5"), .number("7.5"), .number("7.5")),
      ("1.10", .number("1.10"), .number("1.10"), .number("1.10")),
      (
        "9223372036854775808", .number("9223372036854775808"), .number("9223372036854775808"),
        .number("9223372036854775808")
      ),
      (
        "18446744073709551616", .number("18446744073709551616"), .number("18446744073709551616"),
        .number("18446744073709551616")
      ),
      ("9007199254740993", .number("9007199254740993"), .number("9007199254740993"), .number("9007199254740993")),
      ("1e309", .string("1e309"), .string("1e309"), .string("1e309")),
      ("0x", .string("0x"), .string("0x"), .string("0x")),
      ("1:30", .string("1:30"), .string("1:30"), .string("1:30")),
      ("1.2.3", .string("1.2.3"), .string("1.2.3"), .string("1.2.3")),
      ("~", .null, .null, .null), ("null", .null, .null, .null), ("", .null, .null, .null),
      ("Null", .null, .null, .null),
      ("2020-01-01", .string("2020-01-01T00:00:00Z"), .string("2020-01-01"), .string("2020-01-01")),
      ("2020-1-2", .string("2020-01-02T00:00:00Z"), .string("2020-1-2"), .string("2020-1-2")),
      ("2020-02-30", .string("2020-02-30"), .string("2020-02-30"), .string("2020-02-30")),
      (
        "2001-12-14 21:59:43.10", .string("2001-12-14T21:59:43.1Z"), .string("2001-12-14 21:59:43.10"),
        .string("2001-12-14 21:59:43.10")
      ),
      (
        "2001-12-14t21:59:43-05:00", .string("2001-12-14T21:59:43-05:00"), .string("2001-12-14t21:59:43-05:00"),
        .string("2001-12-14t21:59:43-05:00")
      ),
      (
        "2001-12-14T21:59:43Z", .string("2001-12-14T21:59:43Z"), .string("2001-12-14T21:59:43Z"),
        .string("2001-12-14T21:59:43Z")
      ),
      ("-", nil, nil, nil), ("-x", .string("-x"), .string("-x"), .string("-x")),
      (".", .string("."), .string("."), .string(".")),
      ("'yes'", .string("yes"), .string("yes"), .string("yes")),
      ("\"0755\"", .string("0755"), .string("0755"), .string("0755")),
      ("!!str 0755", .string("0755"), .string("0755"), .string("0755")),
      ("!!int \"0755\"", .number("493"), .number("493"), .number("755")),
      ("! 0755", .string("0755"), .string("0755"), .string("0755")),
      ("!!float 3", .number("3"), .number("3"), .number("3")),
    ] as [(String, YAMLValue?, YAMLValue?, YAMLValue?)])
  func plainTextsGetTheirTypes(
    _ text: String, _ kustomize: YAMLValue?, _ goYAML2: YAMLValue?, _ core: YAMLValue?
  ) {
    #expect((try? value(text, .kustomize)) == kustomize)
    #expect((try? value(text, .goYAML2)) == goYAML2)
    #expect((try? value(text, .core)) == core)
  }

  @Test(arguments: [".nan", ".NaN", ".inf", "-.Inf", "+.INF"])
  func valuesWithoutJSONFormAreRefused(_ text: String) {
    for rules in [ScalarRules.kustomize, .goYAML2, .core] {
      let error = #expect(throws: ParseError.self) { try value(text, rules) }
      #expect(error == ParseError(reason: .shape("\"\(text)\" has no form in JSON"), line: 1))
    }
  }

  @Test(arguments: [
    ("!!int x", "what its tag says"), ("!!bool 1", "what its tag says"), ("!!int 1.5", "what its tag says"),
  ])
  func aTagThatLiesIsRefused(_ text: String, _ words: String) {
    let error = #expect(throws: ParseError.self) { try value(text, .kustomize) }
    #expect(error?.description.contains(words) == true)
  }

  @Test func numbersAreValidJSON() throws {
    for text in ["0755", "0o17", ".5", "+.5e3", "5.", "-.5", "007", "1_0.5", "0x_F", "-0x10", "1E5", "0e0"] {
      let number = try #require(try value(text, .kustomize))
      #expect(throws: Never.self, "\(text)") { try JSON(parsing: YAMLNode(number).json.encoded()) }
    }
  }

  @Test func theWrittenTextIsKeptWhereItDiffers() throws {
    let map = try #require(
      try YAMLReader.documents(in: Array("a: 0755\nb: 5\nc: True\nd: 2020-01-01\ne: x\nf: ~\n".utf8), rules: .kustomize)
        .first)
    #expect(["a", "b", "c", "d", "e", "f"].map { map[$0]?.written } == ["0755", nil, "True", "2020-01-01", nil, "~"])
  }

  @Test(
    arguments: [
      // kustomize doubles the break before an indented line and at a kept end.
      ("a\n  b\nc", "a\n\n  b\nc"), ("a\nb", "a\nb"), ("a\n", "a\n"), ("a\n\n", "a\n\n\n"),
      ("a\n  b\n  c\nd", "a\n\n  b\n  c\nd"),
      ("\n\na\n b", "\n\na\n\n b"), ("a b", "a b"), ("a \n  b", "a \n  b"),
    ])
  func foldedTextsComeOutOfKustomizeAsItWritesThem(_ text: String, _ rewritten: String) {
    #expect(FoldedText.rewritten(text) == rewritten)
  }

  @Test func foldedTextsAreReadAsKustomizeWouldWriteThem() throws {
    let text = Array("a: >-\n  if (x,\n    y\n  )\n".utf8)
    #expect(try YAMLReader.documents(in: text, rules: .kustomize).first?["a"]?.string == "if (x,\n\n  y\n)")
    #expect(try YAMLReader.documents(in: text, rules: .core).first?["a"]?.string == "if (x,\n  y\n)")
  }
}
