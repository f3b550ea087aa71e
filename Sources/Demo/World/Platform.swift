/// What the team's two repositories say: a small state from which every file is written, so that a commit is a change
/// of the state.
struct Platform: Sendable {
  /// A workload of the apps repository.
  struct App: Sendable {
    /// Directory and Flux Kustomization.
    let group: String
    let name: String
    let namespace: String
    let port: Int
    /// Environment variable → value, the same everywhere.
    var settings: [(String, String)]
    /// Cluster → how many, and which image.
    var replicas: [String: Int]
    var tags: [String: String]
  }

  var apps: [App]
  /// Settings of the shop's feature flags.
  var flags: [(String, String)] = [("GIFT_CARDS", "false"), ("ONE_PAGE_CHECKOUT", "true"), ("NEW_SEARCH", "false")]
  var recommendations = (replicas: 3, tag: "2.3.0")
  var prometheus = (replicas: 1, retention: "15d")

  static let clusters = ["prod-eu", "prod-us", "edge-7"]
  static let fleetURL = "https://git.example.com/platform/fleet.git"
  static let appsURL = "https://git.example.com/shop/apps.git"

  /// Edge clusters run only what a shop needs when its link is down.
  static func groups(of cluster: String) -> [String] {
    cluster == "edge-7"
      ? ["shop", "search"] : ["shop", "catalog", "search", "payments", "checkout", "invoices", "fraud"]
  }

  static let start = Platform(apps: [
    app("shop", "cart", "shop", "4.11.2", [2, 2, 1], [("CART_TTL", "72h"), ("REDIS_ADDR", "redis.shop:6379")]),
    app("shop", "frontend", "shop", "7.0.1", [3, 3, 1], [("API_URL", "http://cart.shop"), ("THEME", "autumn")]),
    app("catalog", "catalog", "shop", "3.8.0", [3, 3, 0], [("INDEX", "products-v7"), ("CACHE_MB", "256")]),
    app("search", "search", "shop", "1.19.4", [2, 2, 1], [("SHARDS", "6")]),
    app(
      "payments", "payments-api", "payments", "2.4.0", [3, 3, 0], [("CURRENCIES", "EUR,USD,GBP"), ("TIMEOUT", "3s")]),
    app("payments", "payments-worker", "payments", "2.4.0", [2, 2, 0], [("QUEUE", "settlements")]),
    app("checkout", "checkout", "payments", "5.2.3", [2, 2, 0], [("PAYMENTS_URL", "http://payments-api.payments")]),
    app("invoices", "invoices", "payments", "1.7.0", [2, 2, 0], [("BUCKET", "invoices-prod")]),
    app("fraud", "fraud-scorer", "payments", "0.9.6", [2, 2, 0], [("MODEL", "2026-09")]),
  ])

  private static func app(
    _ group: String, _ name: String, _ namespace: String, _ tag: String, _ replicas: [Int],
    _ settings: [(String, String)]
  ) -> App {
    App(
      group: group, name: name, namespace: namespace, port: 8080, settings: settings,
      replicas: Dictionary(uniqueKeysWithValues: zip(clusters, replicas)),
      tags: Dictionary(uniqueKeysWithValues: clusters.map { ($0, tag) }))
  }

  func app(_ name: String) -> App? { apps.first { $0.name == name } }

  mutating func change(_ name: String, _ body: (inout App) -> Void) {
    for index in apps.indices where apps[index].name == name { body(&apps[index]) }
  }

  /// A new tag for one app in some clusters.
  mutating func tag(_ name: String, _ tag: String, in clusters: [String] = Platform.clusters) {
    change(name) { app in for cluster in clusters { app.tags[cluster] = tag } }
  }

  /// What differs between two states, as a commit takes it.
  static func changes(from old: [String: String], to new: [String: String]) -> [String: [UInt8]?] {
    var changes: [String: [UInt8]?] = [:]
    for (path, text) in new where old[path] != text { changes[path] = .some(Array(text.utf8)) }
    for path in old.keys where new[path] == nil { changes[path] = .some(nil) }
    return changes
  }
}
