import Foundation
import Structured
import Testing

@testable import Demo

@Suite struct ListTests {
  private func filled(_ count: Int, window: Int = 4096) throws -> Bench {
    var bench = try Bench(window: window)
    for number in 0..<count {
      try bench.create(Bench.configMaps, "metadata: {name: c\(100 + number), labels: {odd: '\(number % 2)'}}")
    }
    return bench
  }

  private func names(_ page: ListPage) -> [String] {
    page.objects.compactMap { $0.json["metadata"]?["name"]?.string }
  }

  @Test func pagesShowOneVersionWhateverHappensBetween() throws {
    var bench = try filled(7)
    let first = try bench.store.list(Bench.configMaps, ListQuery(limit: 3))
    #expect(names(first) == ["c100", "c101", "c102"] && first.remaining == 4)
    try bench.create(Bench.configMaps, "metadata: {name: c1035}")
    _ = try bench.store.delete(Bench.configMaps, Bench.key("c104"), bench.options())
    try bench.merge(Bench.configMaps, "c105", "data: {changed: yes}")
    let second = try bench.store.list(Bench.configMaps, ListQuery(limit: 3, continueToken: first.continueToken))
    #expect(names(second) == ["c103", "c104", "c105"] && second.version == first.version)
    #expect(second.objects[2].json["data"] == nil)
    let third = try bench.store.list(Bench.configMaps, ListQuery(limit: 3, continueToken: second.continueToken))
    #expect(names(third) == ["c106"] && third.continueToken == nil)
  }

  @Test func anOldTokenIsGoneAndOffersAnInconsistentOne() throws {
    var bench = try filled(5)
    let token = try bench.store.list(Bench.configMaps, ListQuery(limit: 2)).continueToken
    bench.store.compact()
    try bench.create(Bench.configMaps, "metadata: {name: c200}")
    bench.store.compact()
    let gone = status { _ = try bench.store.list(Bench.configMaps, ListQuery(limit: 2, continueToken: token)) }
    #expect(gone?.code == 410 && gone?.reason == "Expired")
    let fresh = gone?.json.value(at: "details", "continue")?.string
    #expect(
      names(try bench.store.list(Bench.configMaps, ListQuery(limit: 2, continueToken: fresh))) == ["c102", "c103"])
  }

  @Test(
    arguments: [
      ("", "", nil), ("0", "", nil), ("0", "NotOlderThan", nil), ("1001", "NotOlderThan", nil), ("1003", "Exact", 2),
      ("999999", "NotOlderThan", 504), ("1", "Exact", 410), ("0", "Exact", 400), ("", "Exact", 400), ("abc", "", 400),
    ] as [(String, String, Int?)])
  func resourceVersionsMeanWhatTheAPISays(_ version: String, _ match: String, _ expected: Int?) throws {
    let bench = try filled(5)
    let query = ListQuery(resourceVersion: version, match: match)
    switch expected {
    case nil: #expect(try bench.store.list(Bench.configMaps, query).objects.count == 5)
    case let count? where count < 100: #expect(try bench.store.list(Bench.configMaps, query).objects.count == count)
    case let code?: #expect(status { _ = try bench.store.list(Bench.configMaps, query) }?.code == code)
    }
  }

  @Test func eventsBeyondTheWindowAreExpired() throws {
    let bench = try filled(40, window: 10)
    #expect(bench.store.events.count < 15)
    #expect(status { _ = try bench.store.events(after: 1001) }?.reason == "Expired")
    #expect(try bench.store.events(after: bench.store.version - 3).count == 3)
  }

  @Test func aFilteredWatchSeesObjectsComeAndGo() throws {
    var bench = try filled(1)
    let filter = Filter(labels: try LabelSelector(parsing: "odd=1"))
    let version = bench.store.version
    try bench.merge(Bench.configMaps, "c100", "data: {a: b}")
    try bench.merge(Bench.configMaps, "c100", "metadata: {labels: {odd: '1'}}")
    try bench.merge(Bench.configMaps, "c100", "data: {a: c}")
    try bench.merge(Bench.configMaps, "c100", "metadata: {labels: {odd: null}}")
    try bench.merge(Bench.configMaps, "c100", "metadata: {labels: {odd: '1'}}")
    _ = try bench.store.delete(Bench.configMaps, Bench.key("c100"), bench.options())
    let seen = try bench.store.events(after: version).map { $0.seen(by: filter) }
    #expect(seen == [nil, .added, .modified, .deleted, .added, .deleted])
  }
}
