import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// A server that dies and comes back, again and again: the screen tells the truth meanwhile, and ends up with it.
  @Suite struct CrashTests {
    private static let flags = "/api/v1/namespaces/shop/configmaps/flags"
    private static let limits = "/api/v1/namespaces/shop/configmaps/limits"
    private static let crashes = 20

    /// Changes one ConfigMap without pause, deletes and restores another, whether the server takes it or not.
    private actor Writer {
      private let world: StillWorld
      private var writing: Task<Void, Never>?
      /// All values are of one length: none of them is the beginning of another.
      private var count = 100_000

      init(_ world: StillWorld) { self.world = world }

      func start() {
        writing = Task {
          while !Task.isCancelled {
            await write()
            try? await Task.sleep(for: .milliseconds(20))
          }
        }
      }

      /// Returns when the last write has its answer, or none.
      func stop() async {
        writing?.cancel()
        await writing?.value
      }

      private func write() async {
        count += 1
        switch count % 7 {
        case 0: _ = try? await world.server.request(.delete, limits)
        case 3:
          _ = try? await world.apply(StillWorld.configMap("limits"), of: StillWorld.Application())
        default:
          _ = try? await world.server.mergePatch(
            "\(flags)?fieldManager=kubectl-edit", ["data": ["mode": "value-\(count)"]])
        }
      }
    }

    @Test func A24_twentyCrashesDuringWritesConvergeAndDisturbNoOtherCluster() async throws {
      let world = try await StillWorld("real")
      let neighbour = try await StillWorld("calm", [StillWorld.Application("steady")])
      let session = try await world.program(
        EndToEnd.executable(),
        kubeconfigs: [world.server.kubeconfig(), neighbour.server.kubeconfig(context: "calm")],
        configuration: world.configuration(others: [neighbour.repositoryURL: neighbour.repositoryPath]))
      try await session.wait(for: "both rows", within: .seconds(60)) {
        let text = ScreenText($0)
        return text.reconciler("ks flux-system/apps")?.contains("Ready") == true && Self.disturbed(text) == nil
          && $0.contains("drift known for 100 %")
      }
      let watch = ScreenWatch(session, Self.disturbed)
      let number = try await session.number()
      let writer = Writer(world)
      let clock = ContinuousClock()
      var marked: [Duration] = []
      var converged: [Duration] = []
      for crash in 1...Self.crashes {
        await writer.start()
        try await Self.sees(session, "a write before crash \(crash)") { $0.contains("live value-1") }
        world.server.kill()
        let dead = clock.now
        // A22 allows 45 seconds; a refused connection is known at once.
        try await session.wait(for: "the mark of crash \(crash)", within: .seconds(45)) {
          ScreenText($0).mark(of: "real") == "stale"
        }
        marked.append(clock.now - dead)
        watch.expect { Self.disturbed($0) ?? Self.unmarked($0) }
        try await session.wait(for: "how long, and its row too") {
          ScreenText($0).header.contains("STALE") && Self.unmarked(ScreenText($0)) == nil
        }
        watch.expect(Self.disturbed)
        try await world.server.restart()
        let alive = clock.now
        // As an operator would who knows that it is back; every fifth time nobody helps.
        if crash % 5 != 0 { try await session.press("C-r") }
        await writer.stop()
        try await Self.converge(session, world, "crash \(crash)")
        converged.append(clock.now - alive)
      }
      // Nothing is refused and nothing is said: only silence tells.
      world.server.freeze()
      try await session.wait(for: "a frozen server is stale", within: .seconds(50)) {
        $0.contains("STALE") && Self.unmarked(ScreenText($0)) == nil
      }
      world.server.thaw()
      try await Self.converge(session, world, "it was frozen")
      let result = watch.result
      #expect(result.wrong.isEmpty, "\(result.wrong.first ?? "")")
      #expect(result.looks > 200)
      #expect(try await session.number() == number)
      print("marks after \(marked), screens as the servers after \(converged), \(result.looks) screens judged")
    }

    /// Waits until the screen says what the server has.
    private static func converge(_ session: TmuxSession, _ world: StillWorld, _ what: String) async throws {
      let truth = try await world.server.expect(.get, flags).value(at: "data", "mode")?.string ?? ""
      let isThere = try await world.server.request(.get, limits).status == 200
      try await sees(session, "\(truth), limits \(isThere ? "there" : "missing"), after \(what)", within: .seconds(90))
      {
        let text = ScreenText($0)
        let isMissing = text.drift("ConfigMap shop/limits").contains { $0.contains("missing") }
        return text.mark(of: "real") == nil && !$0.contains("STALE") && isMissing == !isThere
          && text.drift("ConfigMap shop/flags").contains { $0.contains("live \(truth)") }
      }
    }

    private static func sees(
      _ session: TmuxSession, _ what: String, within limit: Duration = .seconds(20), _ isThere: (String) -> Bool
    ) async throws {
      try await session.wait(for: what, within: limit, isThere)
    }

    /// What is wrong with the rows of the cluster that is never touched.
    private static func disturbed(_ text: ScreenText) -> String? {
      guard let cluster = text.cluster("calm"), let row = text.reconciler("ks flux-system/steady") else {
        return "the other cluster's rows are gone"
      }
      if text.mark(of: "calm") != nil || cluster.contains("connecting") { return "the other cluster: \(cluster)" }
      if !row.contains("Ready") || row.contains("stale") { return "the other cluster's row: \(row)" }
      return nil
    }

    /// What is wrong with the rows of the cluster that is known to be dead.
    private static func unmarked(_ text: ScreenText) -> String? {
      // One of its kinds can be without connection, and marked, before the cluster itself is known to be dead.
      guard text.mark(of: "real") == "stale" else { return "a dead cluster without a mark" }
      guard let row = text.reconciler("ks flux-system/apps") else { return "a dead cluster's row is gone" }
      return row.contains("stale") ? nil : "a verdict of a dead cluster without a mark: \(row)"
    }
  }
}
