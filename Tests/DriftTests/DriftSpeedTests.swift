import Foundation
import GitOps
import Structured
import TestKit
import Testing

@testable import Drift

/// Figures for `make bench`, from a build with optimisation. They are printed; only the results are expected.
@Suite(
  .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["DRIFTGLASS_BENCH"] != nil, "DRIFTGLASS_BENCH asks for figures"))
struct DriftSpeedTests {
  private static let count = 10_000

  /// Bytes of this process in memory.
  private static var inUse: Int {
    let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return words.count > 1 ? (Int(words[1]) ?? 0) * 4096 : 0
  }

  /// 10,000 objects of real repositories as a server stores them, definitions left out: those are few and huge.
  @Test func tenThousandObjects() throws {
    let documents = RepositoryObjects.all().filter { $0["kind"]?.string != "CustomResourceDefinition" }
    guard !documents.isEmpty else { return Corpus.skip() }
    let texts = (0..<Self.count).map { index in
      var server = ServerSimulator(seed: UInt64(index))
      return server.stored(documents[index % documents.count].json).encoded()
    }
    let files = FileIndex(["apps/web.yaml"])
    let heads = documents.map { document in (document, Fixture.kind(of: document.json)) }
    let sources = documents.map { YAMLPrinter.text($0.json) }

    let before = Self.inUse
    // A hundred by each reconciler, parsed anew, as each comes from a file of its own.
    let desired = try stride(from: 0, to: Self.count, by: 100).flatMap { first -> [DesiredObject] in
      let numbers = (first..<first + 100).map { $0 % documents.count }
      let roots = try numbers.map {
        try YAMLReader.documents(in: Array(sources[$0].utf8), rules: .kustomize)[0]
      }
      return zip(numbers, PackedNode.packed(roots)).map { number, packed in
        let (groupKind, version) = heads[number].1
        return DesiredObject(
          groupKind: groupKind, version: version, namespace: packed["metadata"]?["namespace"]?.string ?? "",
          name: packed["metadata"]?["name"]?.string ?? "", packed: packed, files: files)
      }
    }
    let wanted = Self.inUse - before
    let live = try texts.map { text -> Object in
      let root = try JSONDocument(parsing: text).root
      let parts = (root["apiVersion"]?.string ?? "v1").split(separator: "/").map(String.init)
      let kind = root["kind"]?.string ?? ""
      return try Object(
        bytes: text, cluster: Fixture.cluster,
        groupKind: GroupKind(group: parts.count > 1 ? parts[0] : "", kind: kind), version: parts.last ?? "")
    }
    let held = Self.inUse - before
    let bytes = texts.reduce(0) { $0 + $1.count }

    let reconciler = Fixture.kustomization()
    let schema = BuiltinSchema.schema
    let inputs = zip(desired, live).map {
      Fixture.input(.object($0), .present($1, labelled: true), reconciler: reconciler)
    }
    var counted = 0
    var whole: [Double] = []
    var parsing: [Double] = []
    for _ in 0..<7 {
      counted = 0
      whole.append(
        Stopwatch.milliseconds { for input in inputs { counted += driftRows(input, schema: schema).counted.count } })
      parsing.append(try Stopwatch.milliseconds { for object in live { _ = try object.document() } })
    }
    #expect(counted == 0)
    // One event: a person's edit of an object that was compared before.
    var events: [Double] = []
    for index in stride(from: 0, to: Self.count, by: 7) {
      let start = ContinuousClock.now
      _ = driftRows(inputs[index], schema: schema)
      let both = ContinuousClock.now - start
      let again = ContinuousClock.now
      _ = try live[index].document()
      events.append((both - (ContinuousClock.now - again)) / .microseconds(1))
    }
    events.sort()
    let pass = zip(whole, parsing).map { $0 - $1 }
    print(
      "drift: \(Self.count) objects of real repositories, \(bytes / Self.count) bytes of compact JSON each with managed fields"
    )
    print(
      "  full pass with parsing \(Stopwatch.shown(whole)), parsing alone \(Stopwatch.shown(parsing)), the difference \(Stopwatch.shown(pass))"
    )
    print(
      String(
        format: "  one event without parsing: %.1f µs median, %.1f µs p99, %.1f µs at most", events[events.count / 2],
        events[events.count * 99 / 100], events[events.count - 1]))
    print("  memory an object: \(held / Self.count) bytes, of which \(wanted / Self.count) for what Git wants")
  }
}
