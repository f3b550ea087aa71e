import Testing

@testable import Structured

@Suite struct YAMLPrinterTests {
  @Test func writesAsKubectlDoes() {
    let json: JSON = [
      "apiVersion": "v1", "metadata": ["labels": [:], "name": "web"],
      "spec": [
        "args": [
          "-a", "--b=c", "", "yes", "0755", "1.5", "2020-01-01", "a: b", "a #b", "# c", "*x", "~", " lead", "trail ",
          "colon:",
        ],
        "lists": [[1, 2], [], ["a": 1, "b": [true]], .null], "script": "set -e\necho hi\n", "tail": "a\nb",
        "keep": "a\n\n",
        "tab": "a\tb", "bell": "a\u{7}b", "quote": "it's", "quotes": "'it': s", "number": .number("1e400"),
      ],
    ]
    #expect(
      YAMLPrinter.text(json) == """
        apiVersion: v1
        metadata:
          labels: {}
          name: web
        spec:
          args:
          - -a
          - --b=c
          - ""
          - "yes"
          - "0755"
          - "1.5"
          - "2020-01-01"
          - 'a: b'
          - 'a #b'
          - '# c'
          - '*x'
          - "~"
          - ' lead'
          - 'trail '
          - 'colon:'
          lists:
          - - 1
            - 2
          - []
          - a: 1
            b:
            - true
          - null
          script: |
            set -e
            echo hi
          tail: |-
            a
            b
          keep: |+
            a

          tab: "a\\tb"
          bell: "a\\x07b"
          quote: it's
          quotes: '''it'': s'
          number: 1e400

        """)
  }

  @Test func scalarsAndEmptyRootsAreLines() {
    #expect(YAMLPrinter.lines(JSON.string("a\nb")) == ["|-", "  a", "  b"])
    #expect(YAMLPrinter.lines([:] as JSON) == ["{}"])
    #expect(YAMLPrinter.lines([] as JSON) == ["[]"])
    #expect(YAMLPrinter.lines(.null as JSON) == ["null"])
  }

  /// Texts made of the pieces that YAML is touchy about, in every position that a text can have.
  @Test func everyReaderReadsBackWhatWasWritten() throws {
    let pieces = [
      "a", " ", "\n", ":", "#", "-", "?", "'", "\"", "\\", "{", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "0",
      "1",
      ".", "_", "e", "+", "~", "yes", "null", "<<", "=", "\t", "\u{7}", "\u{85}", "\u{2028}", "é", "😀", "\u{FEFF}",
      "---", "...",
    ]
    var generator = SplitMix(seed: 20_261_123)
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &generator)]
      }.joined()
      let json: JSON = ["a": .string(text), "b": [.string(text), ["c": .string(text), "d": 1]], "k": [text: 1]]
      let written = Array(YAMLPrinter.text(json).utf8)
      for rules in [ScalarRules.kustomize, .goYAML2, .core] {
        let read = try YAMLReader.documents(in: written, rules: rules)
        #expect(read.map(\.json) == [json], "\(text.debugDescription)")
      }
    }
  }
}

/// A seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
