import GitOps
import Structured
import Testing

@testable import Rendering

/// The rows E-Y of the abuse list, as a build meets them: an end with its place, never a crash, never a guess.
@Suite struct AbuseTests {
  /// The error of building a directory whose only resource is the text.
  private func refusal(_ text: String, more: [String: String] = [:]) -> RenderError? {
    let files = ["kustomization.yaml": "resources: [x.yaml]", "x.yaml": text].merging(more) { $1 }
    do {
      _ = try Renderer().build("", in: MemoryTree(files))
      return nil
    } catch { return error }
  }

  private func isLimit(_ error: RenderError?, _ words: String) -> Bool {
    if case .undetermined(let feature, let place?)? = error {
      return feature.contains(words) && place.hasPrefix("x.yaml")
    }
    return false
  }

  @Test func E_Y01_laughterIsCutAtTheNodeBudget() {
    var text = object("ConfigMap", "x") + "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + (0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ",") + "]\n"
    }
    #expect(isLimit(refusal(text), "nodes"))
  }

  @Test func E_Y02_depthIsAnErrorAndNoOverflow() {
    #expect(isLimit(refusal("a: " + String(repeating: "[", count: 100_000)), "nested deeper"))
    // Directories that contain each other's way up, and a chain of bases.
    var files = ["x.yaml": object("ConfigMap", "x")]
    for level in 0..<100 { files["d\(level)/kustomization.yaml"] = "resources: [../d\(level + 1)]" }
    #expect(throws: RenderError.undetermined(feature: "kustomizations nested deeper than 64", place: "d64")) {
      try Renderer().build("d0", in: MemoryTree(files))
    }
  }

  @Test func E_Y03_anAnchorInItselfIsAnError() {
    #expect(refusal("a: &a\n  b: *a\n")?.description == "x.yaml:2: anchor \"a\" contains itself")
  }

  @Test func E_Y04_sizesHaveLimits() {
    #expect(isLimit(refusal(String(repeating: "-", count: (4 << 20) + 1)), "bytes"))
    #expect(
      isLimit(
        refusal(object("ConfigMap", "x") + "data: {a: '\(String(repeating: "x", count: (1 << 20) + 1))'}"), "a text of")
    )
    #expect(isLimit(refusal(String(repeating: "--- {}\n", count: 5001)), "documents"))
    // Many files, each within its limit.
    let names = (0..<17).map { "k\($0)=big" }.joined(separator: ",")
    let files = [
      "kustomization.yaml": "configMapGenerator: [{name: m, files: [\(names)]}]",
      "big": String(repeating: "x", count: 4 << 20),
    ]
    #expect(throws: RenderError.undetermined(feature: "more than 64 MiB of files", place: "big")) {
      try Renderer().build("", in: MemoryTree(files))
    }
  }

  @Test(
    arguments: [
      ("kind: A\nkind: B\n", "x.yaml:2"), ("a: &a\n  <<: *a\n", "x.yaml:2"), ("a:\n\t- b\n", "x.yaml:2"),
      ("a: b\n  c: d\n", "x.yaml:2"),
      ("<<: [1]\n", "x.yaml:1"),
    ])
  func E_Y05_whatIsMalformedIsNamedWithItsLine(_ text: String, _ place: String) {
    guard case .failed(_, place)? = refusal(text) else {
      Issue.record("\(text): \(String(describing: refusal(text)))")
      return
    }
  }

  @Test(arguments: ["!!python/object:os.system x", "!!binary aGk=", "!include other.yaml"])
  func E_Y06_tagsHaveNoEffect(_ value: String) {
    #expect(isLimit(refusal(object("ConfigMap", "x", more: "data:\n  a: \(value)\n")), "is not supported"))
  }

  @Test func E_Y07_listsInListsAreOpenedToADepth() throws {
    var text = object("ConfigMap", "x").split(separator: "\n").joined(separator: "\n")
    func wrapped(_ text: String) -> String {
      "apiVersion: v1\nkind: List\nitems:\n- " + text.replacing("\n", with: "\n  ")
    }
    for _ in 0..<4 { text = wrapped(text) }
    #expect(refusal(text) == nil)
    for _ in 0..<4 { text = wrapped(text) }
    #expect(refusal(text)?.description.contains("lists within lists") == true)
    let withNull = "apiVersion: v1\nkind: List\nitems: [~, {apiVersion: v1, kind: ConfigMap, metadata: {name: x}}]\n"
    #expect(refusal(withNull) == nil)
  }

  @Test(
    arguments: [
      "kind: ConfigMap\nmetadata: {name: 5}", "kind: ConfigMap\nmetadata: {name: true}",
      "kind: ConfigMap\nmetadata: {name: ~}",
      "kind: ConfigMap\nmetadata: [name]", "metadata: {name: x}", "kind: ConfigMap", "just text", "- a\n- b", "5",
    ])
  func E_Y08_whatIsNoObjectIsSaidToBeNone(_ text: String) {
    guard case .failed(let sentence, let place?)? = refusal("apiVersion: v1\n" + text), place.hasPrefix("x.yaml:")
    else {
      // Without apiVersion's map the whole is no YAML at all.
      #expect(refusal("apiVersion: v1\n" + text)?.description.contains("invalid YAML") == true)
      return
    }
    #expect(sentence.contains("not a Kubernetes object") || sentence.contains("invalid YAML"))
  }

  @Test func E_Y09_twoFilesOfOneObjectAreBothNamed() {
    let both = refusal(
      object("ConfigMap", "x"),
      more: [
        "kustomization.yaml": "resources: [x.yaml, y.yaml]", "y.yaml": object("ConfigMap", "x", more: "data: {a: b}"),
      ])
    #expect(
      both
        == .failed(
          sentence: "may not add resource with an already registered id: ConfigMap x, also in x.yaml:1",
          place: "y.yaml:1"))
  }

  @Test func E_Y10_controlsAreEscapedWhereTheyArePrinted() throws {
    let text = object("ConfigMap", "x", more: "data: {a: \"\\e]52;c;aGk=\\a\\u202e\\u2066\", \"k\\e[31m\": b}\n")
    let objects = try Renderer().build(
      "", in: MemoryTree(["kustomization.yaml": "resources: [x.yaml]", "x.yaml": text]))
    let lines = YAMLPrinter.lines(objects[0].root)
    #expect(lines.contains { $0.contains("\\x1B]52;c;aGk=\\x07\\u202E\\u2066") })
    for line in lines { #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F }, "\(line)") }
  }

  @Test(
    arguments: [
      ("9007199254740993", "9007199254740993"), ("18446744073709551615", "18446744073709551615"), ("0x10", "16"),
      ("0o10", "8"),
      ("1_000", "1000"), ("-0", "0"),
    ])
  func E_Y11_numbersKeepEveryDigit(_ written: String, _ expected: String) throws {
    let text = object("ConfigMap", "x", more: "spec: {n: \(written)}\n")
    let objects = try Renderer().build(
      "", in: MemoryTree(["kustomization.yaml": "resources: [x.yaml]", "x.yaml": text]))
    #expect(objects[0].root["spec"]?["n"]?.number == expected)
  }

  @Test(
    arguments: [
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\n",
      "{{- if .Values.x }}\na: b\n{{- end }}\n",
      "\u{1}\u{2}binary", "%PDF-1.7", "PK\u{3}\u{4}",
    ])
  func E_Y12_templatesAndBinariesEndTheBuildWithTheirName(_ text: String) {
    let error = refusal(text)
    #expect(error?.description.hasPrefix("x.yaml") == true, "\(String(describing: error))")
  }
}
