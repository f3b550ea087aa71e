import Testing

@testable import HTTP

/// Many generated requests against rules that are written a second time, the other way around: whatever passes must be a
/// plain read.
@Suite struct GateSweepTests {
  @Test func nothingButReadsPassesOfThousandsOfRequests() throws {
    var random = Seeded(state: 20_261_123)
    let methods = Request.Method.allCases
    let words = [
      "api", "apis", "v1", "apps", "namespaces", "shop", "pods", "web", "log", "exec", "attach", "portforward", "proxy",
      "scale", "eviction", "token", "services", "web:80", "nodes", "secrets", "version", "readyz", "openapi", "v2",
      "v3",
      "authorization.k8s.io", "selfsubjectaccessreviews", "", ".", "..", "%2e%2e", "%2F", "%65xec", ";x=1", "watch",
      "EXEC",
      "pods%2Fexec", "\u{65}xec", "git-upload-pack", "info", "refs", "metrics",
    ]
    let queries = ["", "?watch=1", "?command=sh", "?watch=1&watch=2", "?dryRun=All", "?limit=500", "?x", "?"]
    let headers: [(name: String, value: String)] = [
      ("Upgrade", "SPDY/3.1"), ("Connection", "Upgrade"), ("X-HTTP-Method-Override", "DELETE"), ("Accept", "*/*"),
      ("Content-Type", "application/json"),
    ]
    let forbidden: Set<String> = [
      "exec", "attach", "portforward", "proxy", "scale", "eviction", "token", "watch", "", ".", "..",
    ]
    var passed = 0
    for _ in 0..<20_000 {
      let method = random.below(3) == 0 ? methods[random.below(methods.count)] : .get
      let path = (0..<(1 + random.below(8))).map { _ in "/" + words[random.below(words.count)] }.joined()
      let query = queries[random.below(random.below(2) == 0 ? 1 : queries.count)]
      let chosen = random.below(4) == 0 ? [headers[random.below(headers.count)]] : []
      let request = Request(
        method, "https://api.example.com" + path + query, target: .apiServer(base: "https://api.example.com"),
        headers: chosen, body: random.below(4) == 0 ? Array("{}".utf8) : nil)
      guard (try? Gate.readOnly().check(request)) != nil else { continue }
      passed += 1
      let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      // A group or a version may be called anything: behind them resources begin.
      var resources = segments[0] == "openapi" ? [] : Array(segments.dropFirst(segments[0] == "apis" ? 3 : 2))
      if resources.count > 2, resources[0] == "namespaces" { resources.removeFirst(2) }
      #expect(method == .get, "\(method) \(path)")
      #expect(request.body == nil)
      #expect(!segments.contains { ["", ".", ".."].contains($0) }, "\(path)")
      #expect(resources.first.map { !forbidden.contains($0) } ?? true, "\(path)")
      #expect(
        resources.count < 3 || resources.count == 3 && resources[0] == "pods" && resources[2] == "log", "\(path)")
      #expect(!path.contains("%") && !path.contains(";"), "\(path)")
      #expect(chosen.allSatisfy { ["Accept", "Content-Type"].contains($0.name) })
      #expect(!query.contains("command") && !query.contains("dryRun") && !query.contains("x"))
    }
    #expect(passed > 50, "the sweep has to reach the allowed paths too")
  }
}

/// Repeatable.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}
