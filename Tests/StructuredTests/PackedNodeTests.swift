import Structured
import Testing

/// What is kept of a YAML value is all of it.
@Suite struct PackedNodeTests {
  private func read(_ text: String) throws -> YAMLNode {
    try #require(try YAMLReader.documents(in: Array(text.utf8), rules: .kustomize).first)
  }

  private static let text = """
    kind: Thing
    spec:
      empty: {}
      none: []
      nothing:
      on: true
      off: false
      mode: 0755
      ratio: 1.5
      long: a text that is longer than what fits into a word
      nested:
      - - a
        - {b: c}
      - d
    """

  @Test func unpackingGivesBackValuesLinesAndWhatWasWritten() throws {
    let node = try read(Self.text)
    let again = PackedNode(node).unpacked
    #expect(again == node)
    #expect(again["spec"]?.map?.keys == node["spec"]?.map?.keys)
    for key in ["on", "mode", "long", "nothing"] {
      #expect(again["spec"]?[key]?.origin == node["spec"]?[key]?.origin, "\(key)")
      #expect(again["spec"]?[key]?.written == node["spec"]?[key]?.written, "\(key)")
    }
    #expect(again["spec"]?["mode"]?.written == "0755")
    #expect(PackedNode(node).json == node.json)
  }

  @Test func everythingIsFoundWhereItIs() throws {
    let packed = PackedNode(try read(Self.text))
    let spec = try #require(packed["spec"])
    #expect(packed["kind"]?.string == "Thing")
    #expect(spec["empty"]?.kind == .map && spec["empty"]?.count == 0)
    #expect(spec["none"]?.isList == true && spec["none"]?.count == 0)
    #expect(spec["nothing"]?.isNull == true && spec["missing"] == nil)
    #expect(spec["on"]?.bool == true && spec["off"]?.bool == false && spec["kind"]?.bool == nil)
    #expect(spec["mode"]?.int == 493 && spec["ratio"]?.number == "1.5" && spec["ratio"]?.string == nil)
    #expect(packed.value(at: "spec", "nested", "0", "1", "b")?.string == "c")
    #expect(packed.value(at: "spec", "nested", "1")?.string == "d")
    #expect(spec["nested"]?[2] == nil && spec["nested"]?[-1] == nil)
    #expect(spec["long"]?.hasPrefix("a text") == true && spec["long"]?.hasPrefix("text") == false)
    #expect(spec["on"]?.origin.line == 6)
  }

  @Test func mapsAreEqualWhateverTheirOrder() throws {
    let one = PackedNode(try read("a: 1\nb: {c: x, d: [1, 2]}\n"))
    #expect(one == PackedNode(try read("b: {d: [1, 2], c: x}\na: 1\n")))
    for other in [
      "a: 1\nb: {c: x, d: [2, 1]}\n", "a: 1\n", "a: '1'\nb: {c: x, d: [1, 2]}\n", "a: 1\ne: {c: x, d: [1, 2]}\n",
    ] {
      #expect(one != PackedNode(try read(other)), "\(other)")
    }
  }

  @Test func valuesPackedTogetherKeepApart() throws {
    let nodes = try ["a: 1\n", "- b\n", "text\n", "a: {a: 2}\n"].map(read)
    let packed = PackedNode.packed(nodes)
    #expect(packed.map(\.unpacked) == nodes)
    #expect(packed[3]["a"]?["a"]?.int == 2 && packed[0]["a"]?.int == 1)
  }

  @Test func manyEntriesAreLookedUpByHash() throws {
    let map = YAMLMap((0..<10_000).map { ("key-\($0)", YAMLNode(.string("\($0)"))) })
    let packed = PackedNode(YAMLNode(.map(map)))
    let lookup = PackedMap(packed)
    #expect((0..<10_000).allSatisfy { lookup["key-\($0)"]?.string == "\($0)" })
    #expect(lookup["key-x"] == nil)
    let turned = PackedNode(YAMLNode(.map(YAMLMap(map.reversed().map { ($0.key, $0.value) }))))
    #expect(packed == turned)
  }
}
