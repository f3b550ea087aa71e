import FoundationEssentials
import GitOps
import Testing

@testable import Dashboard

@Suite struct FilterTests {
  private func names(_ filter: String) -> [String] {
    let rows = World.incident.reconcilers.filter { !$0.ref.name.hasPrefix("tenant") }
    let kept = Filter(filter).select(rows.indices) { ReconcilerEntry(row: rows[$0], now: World.now) }
    return kept.rows.map { rows[$0].ref.name }
  }

  static let cases: [(String, [String])] = [
    ("cart", ["apps", "cart"]), ("CART", ["apps", "cart"]), ("!cart kind:hr", ["prometheus"]),
    ("kind:rset", []), ("state:failed", ["apps"]), ("STATUS:Susp", ["legacy"]),
    ("kind:hr", ["cart", "prometheus"]),
    ("ns:shop", ["cart"]), ("@prod-us kind:ks", ["shop", "legacy", "payments", "certs", "infra-controllers"]),
    ("@edge", ["edge-addons", "edge-apps"]), ("/^inf.*s$", ["infra-controllers"]),
    ("/(cart|prom).*/", ["apps", "cart", "prometheus"]),
    ("!/system", ["cart", "prometheus"]), ("name:a name:p", ["apps", "payments", "edge-apps"]),
    ("tier=", []), ("owner:op@jump", ["legacy"]), ("ref:main kind:hr", ["cart", "prometheus"]),
    ("nonsense:value", []),
    (
      "",
      [
        "apps", "cart", "shop", "legacy", "payments", "edge-addons", "certs",
        "infra-controllers", "flux-system", "edge-apps", "prometheus",
      ]
    ),
  ]

  @Test(arguments: cases) func keepsWhatMatches(filter: String, expected: [String]) {
    #expect(names(filter) == expected)
  }

  @Test func labelsComeFromTheResource() {
    let row = World.row(World.ks(World.eu, "web")) { $0.labels = ["tier": "web"] }
    func matches(_ filter: String) -> Bool {
      Filter(filter).select([0]) { _ in ReconcilerEntry(row: row, now: World.now) }.rows == [0]
    }
    #expect(matches("tier=web") && !matches("tier=db") && !matches("tie=web") && matches("!tier=db"))
  }

  @Test func driftRowsHaveTheirOwnColumns() {
    let rows = World.incident.drift
    func kept(_ filter: String) -> [Int] { Filter(filter).select(rows.indices) { rows[$0] }.rows }
    #expect(kept("class:missing") == [1])
    #expect(kept("owner:kubectl-edit") == [3])
    #expect(kept("path:replicas fate:stays") == [0])
    #expect(kept("reconciler:shop/cart") == [0])
    #expect(kept("live:hotfix") == [3])
  }

  @Test func saysWhatIsWrongWithAnExpression() {
    #expect(Filter("cart /a(").problem == "a ( is not closed")
    #expect(Filter("cart /a(").terms.count == 1)
    #expect(Filter("/").isEmpty && Filter("!").isEmpty && Filter("name:").isEmpty)
  }

  static let patterns: [(String, String, Bool)] = [
    ("abc", "xxABCxx", true), ("^abc$", "abcd", false), ("a.c", "abc", true), ("a.c", "ac", false),
    ("ab*c", "ac", true),
    ("ab+c", "ac", false), ("ab+c", "abbbc", true), ("ab?c", "abbc", false), ("a|b", "zb", true),
    ("^(a|bc)+$", "abcabc", true),
    ("^(a|bc)+$", "abca", true), ("^(a|bc)+$", "abcb", false), ("[a-c]+", "zzb", true), ("^[^a-c]+$", "xyz", true),
    ("^[^a-c]+$", "xbz", false), ("[]x]", "]", true), ("[a\\]b]", "]", true), ("\\d+", "v12", true),
    ("^\\D+$", "v1", false),
    ("\\.", "a", false), ("\\w+-\\w+", "my-app", true), ("", "anything", true), ("()", "x", true),
    ("(a*)*b", "aaab", true),
    ("カート", "カート-在庫", true), ("[A-Z]", "q", true), ("a**", "aaa", true), ("^$", "", true), ("x$", "yx", true),
  ]

  @Test(arguments: patterns) func expressionsMatchAsOneExpects(pattern: String, text: String, expected: Bool) throws {
    var budget = 100_000
    #expect(try Pattern(pattern).matches(text, budget: &budget) == expected)
    #expect(budget > 0)
  }

  @Test(arguments: [
    "(", ")", "a)", "[a", "*a", "+", "a|*", "\\", "(?:a)", "a{2}", "[z-a]", String(repeating: "(", count: 30),
    String(repeating: "a", count: 201),
  ])
  func refusesWhatItCannotRead(pattern: String) {
    #expect(throws: Pattern.Problem.self) { try Pattern(pattern) }
  }

  @Test func aHostileExpressionCostsALimitedNumberOfSteps() throws {
    let pattern = try Pattern("(a+)+$")
    var budget = 200_000
    #expect(pattern.matches(String(repeating: "a", count: 5000) + "!", budget: &budget) == false)
    #expect(budget > 0)
    var nothing = 10
    #expect(pattern.matches(String(repeating: "a", count: 500), budget: &nothing), "gives up and shows the row")
    let rows = (0..<3000).map { World.row(World.ks(World.eu, String(repeating: "a", count: 200) + "\($0)")) }
    let result = Filter("/(a|b|ab)*(a|b)*(a*b*)*c").select(rows.indices) {
      ReconcilerEntry(row: rows[$0], now: World.now)
    }
    #expect(result.gaveUp)
  }
}
