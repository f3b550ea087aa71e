import Foundation
import Structured
import Testing

@testable import Rendering

@Suite struct SubstitutionTests {
  static let folder = sharedFolder("corpora/tables/envsubst")

  @Test(.enabled(if: folder != nil, "the shared tables are not beside this checkout"))
  func everyEvaluationAgrees() throws {
    let file = try #require(Self.folder).appendingPathComponent("eval.json")
    let cases = try JSON(parsing: Array(Data(contentsOf: file))).array ?? []
    let set = Conformance("envsubst")
    for item in cases {
      var values: [String: String] = [:]
      for (key, value) in item["vars"]?.object ?? JSONObject() { values[key] = value.string }
      let isStrict = item["strict"] == true
      let substitution = Substitution { name in
        values[name].map { .text($0) } ?? (isStrict ? .unknown : .unset)
      }
      let input = item["input"]?.string ?? ""
      let output = try? substitution.expand(input)
      // An unset variable is an error in the strict mode, which asks for the default first.
      let isExpected =
        if item["error"]?.isNull == false {
          output == nil
        } else if isStrict, output == nil {
          input.contains("=") || input.contains(":-")
        } else {
          output == item["output"]?.string
        }
      if isExpected { set.agrees() } else { set.disagrees(input, "gave \(output ?? "an error")") }
    }
    set.finish()
  }

  @Test(.enabled(if: folder != nil, "the shared tables are not beside this checkout"))
  func everyFunctionAgrees() throws {
    let file = try #require(Self.folder).appendingPathComponent("funcs.json")
    let forms = [
      "toLen": "${#v}", "toLower": "${v,,}", "toLowerFirst": "${v,}", "toUpper": "${v^^}", "toUpperFirst": "${v^}",
    ]
    let set = Conformance("envsubst functions")
    for item in try JSON(parsing: Array(Data(contentsOf: file))).array ?? [] {
      let arguments = (item["args"]?.array ?? []).compactMap(\.string)
      let function = item["func"]?.string ?? ""
      let input =
        switch function {
        case "toDefault": "${v:=\(arguments.dropFirst().joined())}"
        // Written in a text, a minus behind the colon would give a default.
        case "toSubstr" where arguments[1].hasPrefix("-"): ""
        case "toSubstr": "${v:\(arguments.dropFirst().joined(separator: ":"))}"
        default: try #require(forms[function])
        }
      let output =
        input.isEmpty
        ? Substitution.part(of: arguments[0], arguments[1], arguments.dropFirst(2).first)
        : try Substitution { _ in .text(arguments[0]) }.expand(input)
      if output == item["want"]?.string {
        set.agrees()
      } else {
        set.disagrees("\(function) \(arguments)", "gave \(output)")
      }
    }
    set.finish()
  }

  @Test(arguments: [
    // What is not quoted in the written YAML is read anew and gets the type of its text.
    ("${v}", "true", YAMLValue.bool(true)), ("${v}", "8080", .number("8080")), ("${v}", "yes", .bool(true)),
    ("port ${v}", "8080", .string("port 8080")), ("${v}", "", .null),
    ("${v}", "{a: b}", .map(["a": YAMLNode(.string("b"))])),
    ("${v} # x", "a", .string("a # x")), ("${v}", "a # b", .string("a")),
    // Texts that need quotes keep them.
    ("- ${v}", "1", .string("- 1")), ("'${v}'", "a", .string("'a'")), ("a: ${v}", "1", .string("a: 1")),
    ("a\n${v}\n", "b", .string("a\nb\n")), ("$${v}", "b", .string("${v}")), (" ${v}", "b", .string(" b")),
  ])
  func aValueIsReadAnewAsItIsWritten(text: String, value: String, expected: YAMLValue) throws {
    let new = try Substitution { _ in .text(value) }.expand(BlockScalar.document(text))
    let read = try YAMLReader.documents(in: Array(new.utf8), rules: .goYAML2).first?["k"]
    #expect(read?.value == expected, "\(new)")
  }

  @Test(arguments: [
    "plain", "- a", "a: b", "a #b", "#a", "", " a", "a ", "it's", "'a'", "\"a\"", "a\nb", "a\n", "\na", "a\n\n",
    "  a\nb", "true", "1", "~", "tab\there", "a \nb", "%a", "@a", "é", "null", "1e3", "0x1", "---", "a:b", "? a", "?a",
    "2020-01-01", "-", "12:30:45",
  ])
  func whatIsWrittenReadsAsTheSame(text: String) throws {
    let read = try YAMLReader.documents(in: Array(BlockScalar.document(text).utf8), rules: .goYAML2).first?["k"]
    #expect(read?.string == text, "\(BlockScalar.document(text))")
  }
}
