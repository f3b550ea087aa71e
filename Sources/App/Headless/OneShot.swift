import FoundationEssentials
import GitOps
import Structured
import Sync

/// `driftglass get`: the same engine without a terminal, until everything was seen once.
struct OneShot {
  let command: GetCommand
  let parts: Parts
  let environment: [String: String]

  func run() async -> Int32 {
    guard let kind = ListKind(rawValue: command.kind), let timeout = command.timeoutSeconds else {
      return Program.Exit.couldNot
    }
    let setup = Setup(common: command.common, environment: environment)
    let world: Wiring
    do throws(SetupError) {
      world = try setup.wire(parts, journal: false)
    } catch {
      Output.message("driftglass: \(error.sentence)")
      return Program.Exit.couldNot
    }
    for notice in world.notices { Output.message("driftglass: \(notice)") }
    let engine = world.engine
    let running = Task { await engine.run() }
    var snapshot = await Self.newest(of: await engine.snapshots(), within: timeout) { $0.isComplete }
    if snapshot.isComplete, snapshot.drift.contains(where: \.provisional) {
      // What may be a race between two streams is not reported before it has settled.
      snapshot = await Self.newest(of: await engine.snapshots(), within: Self.settling) { snapshot in
        snapshot.isComplete && !snapshot.drift.contains(where: \.provisional)
      }
    }
    if let namespace = command.namespace { snapshot = snapshot.narrowed(to: namespace) }
    // The table shows no commits.
    if kind == .drift, command.output == .json { snapshot.drift = await Self.blamed(snapshot.drift, by: engine) }
    let unmanaged = kind == .unmanaged ? await unmanaged(snapshot, engine) : []
    running.cancel()
    await parts.endHelpers?()
    let unseen = unmanaged.flatMap { place, found in
      found.incomplete.map { (cluster: place.cluster.name, reason: "\(place.name): \($0)") }
    }
    return report(Listing(kind, of: snapshot, unmanaged.map(\.found), at: Date()), kind, snapshot, unseen)
  }

  /// Of the namespaces with managed objects; of the cluster's own only of the one that is named.
  private func unmanaged(
    _ snapshot: Snapshot, _ engine: Engine
  ) async -> [(place: NamespacePlace, found: Unmanaged)] {
    var found: [(place: NamespacePlace, found: Unmanaged)] = []
    for row in snapshot.namespaces {
      let place = NamespacePlace(cluster: row.cluster, name: row.name)
      guard command.namespace != nil || !place.isSystem else { continue }
      found.append((place, await engine.unmanaged(in: place)))
    }
    return found
  }

  /// Rows that count with the commit that wrote the line behind each: looking through history is too much work for more.
  private static func blamed(_ rows: [DriftRow], by engine: Engine) async -> [DriftRow] {
    let blames = await engine.blames(of: Array(rows.filter(\.driftClass.isCounted).prefix(200)))
    return rows.map { row in
      guard let line = blames[row.id]?.ofValue else { return row }
      var row = row
      row.commit = line.commit
      row.origin = line.place
      return row
    }
  }

  /// A little more than new rows need to settle.
  private static let settling = 6.5

  /// The first snapshot that is as wanted, or the newest one when time is up.
  static func newest(
    of snapshots: AsyncStream<Snapshot>, within seconds: Double, where isWanted: @escaping @Sendable (Snapshot) -> Bool
  ) async -> Snapshot {
    let newest = Newest()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await snapshot in snapshots {
          await newest.set(snapshot)
          if isWanted(snapshot) { return }
        }
      }
      group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
      await group.next()
      group.cancelAll()
    }
    return await newest.value
  }

  private actor Newest {
    var value = Snapshot()
    func set(_ snapshot: Snapshot) { value = snapshot }
  }

  private func report(
    _ listing: Listing, _ kind: ListKind, _ snapshot: Snapshot, _ unseen: [(cluster: String, reason: String)]
  ) -> Int32 {
    let incomplete = snapshot.incomplete + unseen
    switch command.output {
    case .table:
      var table = TextTable(listing.headings)
      table.rows = listing.rows
      Output.untrusted(table.lines())
    case .json:
      let missing: [JSON] = incomplete.map { ["cluster": .string($0.cluster), "reason": .string($0.reason)] }
      var body: JSON = ["items": .array(listing.items), "incomplete": .array(missing)]
      if kind == .drift, command.namespace == nil { body["coverage"] = Listing.coverage(snapshot.coverage) }
      Output.raw(body.encoded(pretty: true) + [10])
    }
    for item in incomplete { Output.message("driftglass: \(item.cluster): \(item.reason)") }
    if !incomplete.isEmpty { return Program.Exit.couldNot }
    let drifts = kind == .drift && snapshot.drift.contains { $0.driftClass.isCounted }
    return drifts ? Program.Exit.findings : Program.Exit.fine
  }
}

extension Snapshot {
  /// What the listing cannot tell, and why.
  var incomplete: [(cluster: String, reason: String)] {
    var items: [(cluster: String, reason: String)] = []
    for cluster in clusters where cluster.link != .live {
      items.append((cluster.id.name, cluster.link.reason ?? cluster.link.word))
    }
    for repo in repos where repo.link != .live {
      items.append(("", "repository \(repo.url): \(repo.reason ?? repo.link.word)"))
    }
    if items.isEmpty, !isComplete { items.append(("", "not everything was seen within the time limit")) }
    return items
  }

  /// Rows of one namespace only.
  func narrowed(to namespace: String) -> Snapshot {
    var snapshot = self
    snapshot.reconcilers.removeAll { $0.ref.namespace != namespace && !$0.namespaces.contains(namespace) }
    snapshot.namespaces.removeAll { $0.name != namespace }
    snapshot.drift.removeAll { $0.object.namespace != namespace }
    return snapshot
  }
}
