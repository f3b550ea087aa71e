import FoundationEssentials
import Git
import GitOps
import Kube
import Structured

/// What goes on happening in the demo: commits arrive, people change things by hand, something breaks and is mended.
public struct Story: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Commits, and now and then a hand on a Deployment.
    case calm
    /// Bad commits too, and their fixes.
    case incident
    /// Everything, faster; objects vanish, and a cluster goes away and returns.
    case chaos
  }

  private let kind: Kind
  private let speed: Double
  private var random: SplitMix64
  private var history: PlatformHistory
  /// Apps whose newest commit does not work, with the turn at which it is mended.
  private var broken: [(app: String, tag: String, mendedAt: Int)] = [("payments-api", "2.5.1", 3)]
  private var turn = 0
  private var isStoreAway = false

  init(_ kind: Kind, seed: UInt64, speed: Double, history: PlatformHistory) {
    self.kind = kind
    self.speed = speed.isFinite && speed > 0.01 ? min(speed, 1000) : 1
    self.history = history
    random = SplitMix64(seed: seed)
  }

  /// Goes on until the task is cancelled.
  mutating func run(_ hands: [String: Hands], _ servers: [String: APIServer]) async {
    while !Task.isCancelled {
      let pause = Double.random(in: pauses, using: &random) / speed
      guard (try? await Task.sleep(for: .seconds(pause))) != nil else { return }
      turn += 1
      await act(hands, servers)
    }
  }

  private var pauses: ClosedRange<Double> {
    switch kind {
    case .calm: 40...90
    case .incident: 20...45
    case .chaos: 4...12
    }
  }

  private mutating func act(_ hands: [String: Hands], _ servers: [String: APIServer]) async {
    if let index = broken.firstIndex(where: { $0.mendedAt <= turn }) {
      let (app, tag, _) = broken.remove(at: index)
      await commit("Mend \(app): back to a version that starts", hands) { $0.tag(app, tag) }
      return
    }
    switch (kind, Int.random(in: 0..<100, using: &random)) {
    case (.calm, ..<70), (.incident, ..<45), (.chaos, ..<35): await bump(hands)
    case (.calm, ..<85), (.incident, ..<60), (.chaos, ..<45): await configure(hands)
    case (.calm, _), (.incident, ..<78), (.chaos, ..<60): await scaleByHand(hands)
    case (.incident, ..<87), (.chaos, ..<66): await disturb(hands)
    case (.incident, _), (.chaos, ..<80): await breakSomething(hands)
    case (.chaos, ..<92): await deleteSomething(hands)
    case (.chaos, _): await outage(servers)
    }
  }

  private mutating func commit(
    _ subject: String, _ hands: [String: Hands], _ change: (inout Platform) -> Void
  ) async {
    let author = PlatformHistory.Author.all.randomElement(using: &random) ?? PlatformHistory.Author.all[0]
    let now = Date.now
    guard (try? history.commit(subject, by: author, at: now, change)) != nil else { return }
    // One cluster has a webhook; the others look when their interval is over.
    try? await hands["prod-eu"]?.notify("apps", at: now)
  }

  /// An app whose newest commit works.
  private mutating func anyApp() -> Platform.App? {
    let names = broken.map(\.app)
    return history.platform.apps.filter { !names.contains($0.name) }.randomElement(using: &random)
  }

  private mutating func bump(_ hands: [String: Hands]) async {
    guard let app = anyApp(), let tag = app.tags["prod-eu"] else { return }
    let next = Self.successor(of: tag)
    await commit("Update \(app.name) to \(next)", hands) { $0.tag(app.name, next) }
  }

  private mutating func configure(_ hands: [String: Hands]) async {
    guard let app = anyApp(), let setting = app.settings.indices.randomElement(using: &random) else { return }
    let value = String(Int.random(in: 1...90, using: &random))
    await commit("\(app.name): tune \(app.settings[setting].0)", hands) {
      $0.change(app.name) { $0.settings[setting].1 = value }
    }
  }

  private mutating func breakSomething(_ hands: [String: Hands]) async {
    guard broken.count < 2, let app = anyApp(), let tag = app.tags["prod-eu"] else { return await bump(hands) }
    let next = Self.successor(of: tag)
    broken.append((app.name, Self.successor(of: next), turn + 4))
    await commit("\(app.name): rewrite the start-up", hands) { $0.tag(app.name, "\(next)-broken") }
  }

  private mutating func scaleByHand(_ hands: [String: Hands]) async {
    guard let (_, hand) = hands.sorted(by: { $0.key < $1.key }).randomElement(using: &random), let app = anyApp()
    else { return }
    try? await hand.scale(
      ObjectKey(namespace: app.namespace, name: app.name), to: Int.random(in: 1...8, using: &random))
  }

  /// The neighbours have their troubles too: a banner that somebody writes by hand, a store that does not answer. What is
  /// wrong already is mended.
  private mutating func disturb(_ hands: [String: Hands]) async {
    if Bool.random(using: &random) {
      try? await hands["prod-us"]?.edit(
        GroupKind(group: "", kind: "ConfigMap"), ObjectKey(namespace: "status", name: "status-page"),
        ["data": ["banner": "we are looking into it"]])
    } else {
      isStoreAway.toggle()
      let trouble: JSON = isStoreAway ? "could not get secret data from provider: the store is sealed" : .null
      try? await hands["prod-eu"]?.edit(
        ExternalSecretAdapter.kind.groupKind, ObjectKey(namespace: "payments", name: "payments-db"),
        ["metadata": ["annotations": [NeighbourController.trouble: trouble]]])
    }
  }

  private mutating func deleteSomething(_ hands: [String: Hands]) async {
    guard let (_, hand) = hands.sorted(by: { $0.key < $1.key }).randomElement(using: &random), let app = anyApp()
    else { return }
    try? await hand.delete(
      GroupKind(group: "", kind: "ConfigMap"), ObjectKey(namespace: app.namespace, name: "\(app.name)-config"))
  }

  /// The edge cluster's link is down for a while.
  private mutating func outage(_ servers: [String: APIServer]) async {
    guard let server = servers["edge-7"], let port = server.port else { return }
    await server.stop()
    try? await Task.sleep(for: .seconds(Double.random(in: 15...40, using: &random) / speed))
    // Also when the story was stopped meanwhile: the world stops its servers itself, afterwards.
    _ = try? await server.start(port: port)
  }

  /// `1.4.9` → `1.4.10`; what follows a dash is dropped.
  static func successor(of tag: String) -> String {
    let core = tag.split(separator: "-").first.map(String.init) ?? tag
    var parts = core.split(separator: ".").map(String.init)
    guard let last = parts.popLast().flatMap({ Int($0) }) else { return "\(core).1" }
    return (parts + [String(last + 1)]).joined(separator: ".")
  }
}
