import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// The dashboard on a real API server: it fills, acts, and survives.
  @Suite struct DashboardTests {
    @Test func thePanesFill() async throws {
      let world = try await FluxWorld()
      let session = try await world.program(EndToEnd.executable())
      let screen = try await session.wait(for: "all panes", within: .seconds(30)) { screen in
        let text = ScreenText(screen)
        return text.reconciler("ks flux-system/apps") != nil && screen.contains("drift known for 100 %")
          && text.pane("1 Clusters").contains { $0.contains("real") }
          && text.pane("2 Repos").contains { $0.contains("fleet") }
          && text.pane("3 Namespaces").contains { $0.contains("shop") }
          && !text.pane("6 Log").allSatisfy { $0.allSatisfy { " │".contains($0) } }
      }
      print(screen)
      // Narrow and small terminals show the same world.
      for (width, height) in [(80, 24), (40, 10), (500, 200), (120, 36)] {
        try await session.resize(width: width, height: height)
        try await session.wait(for: "\(width)x\(height)") { $0.contains("apps") }
      }
      try await session.resize(width: 30, height: 8)
      try await session.wait(for: "the notice that the terminal is too small") { $0.contains("needs 40x10") }
      try await session.press("C-c")
      let status = try await eventually("it ends", within: .seconds(5)) { session.exitStatus() }
      #expect(status == 0)
    }

    @Test func aReconcileIsConfirmedSentAndHandled() async throws {
      let world = try await FluxWorld()
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "the row", within: .seconds(30)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
      }
      try await session.press("4")
      let before = try await world.server.expect(.get, FluxWorld.kustomization)
      #expect(before.value(at: "metadata", "annotations", "reconcile.fluxcd.io/requestedAt") == nil)
      try await session.press("R")
      let dialog = try await session.wait(for: "the dialog") { $0.contains("econcile") && $0.contains("Enter") }
      for part in ["apps", "real"] { #expect(dialog.contains(part)) }
      // A confirmation counts only when the dialog has been seen for a moment (requirement B19).
      try await Task.sleep(for: .milliseconds(400))
      try await session.press("Enter")
      let token = try await eventually("the annotation is written and handled", within: .seconds(20)) { () -> String? in
        let object = try await world.server.expect(.get, FluxWorld.kustomization)
        let token = object.value(at: "metadata", "annotations", "reconcile.fluxcd.io/requestedAt")?.string
        return token != nil && object.value(at: "status", "lastHandledReconcileAt")?.string == token ? token : nil
      }
      #expect(!token.isEmpty)
      try await session.press("@")
      try await session.wait(for: "the action log says so") {
        $0.contains("flux reconcile kustomization apps") && $0.lowercased().contains("ready")
      }
    }

    @Test func suspendingIsWrittenWithReasonAndEndAndCanBeResumed() async throws {
      let world = try await FluxWorld()
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "the row", within: .seconds(30)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
      }
      try await session.press("4", "s")
      try await session.wait(for: "the state menu") { $0.lowercased().contains("suspend") }
      try await session.press("Enter")
      try await session.wait(for: "the dialog") { $0.contains("incident") }
      try await Task.sleep(for: .milliseconds(400))
      try await session.press("Enter")
      try await session.wait(for: "the row says suspended") {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Suspended") == true
      }
      let object = try await world.server.expect(.get, FluxWorld.kustomization)
      #expect(object.value(at: "spec", "suspend") == true)
      for key in ["suspended-by", "suspended-reason", "suspended-until"] {
        #expect(object.value(at: "metadata", "annotations", "driftglass.dev/\(key)")?.string?.isEmpty == false)
      }
      try await session.press("s")
      try await session.wait(for: "the state menu") { $0.lowercased().contains("resume") }
      try await session.press("Enter")
      try await session.wait(for: "the dialog") { $0.contains("Resume") }
      try await Task.sleep(for: .milliseconds(400))
      try await session.press("Enter")
      try await session.wait(for: "the row is ready again") {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
      }
      let resumed = try await world.server.expect(.get, FluxWorld.kustomization)
      #expect(resumed.value(at: "spec", "suspend") == nil)
      #expect(resumed.value(at: "metadata", "annotations", "driftglass.dev/suspended-by") == nil)
    }

    /// Its watchers once kept it alive, and busy, after the network was shut down (requirement B14).
    @Test func theProgramEndsWhenItsTerminalGoesAway() async throws {
      let world = try await FluxWorld()
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "the row", within: .seconds(30)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
      }
      let numbers = try await session.numbers()
      #expect(!numbers.isEmpty)
      session.hangUp()
      // Tasks of the network are asked to end first, on a machine that may be busy with anything.
      try await eventually(
        "its processes are gone", within: .seconds(10),
        state: { TmuxSession.running(numbers).joined(separator: "\n") }
      ) { () -> Bool? in TmuxSession.running(numbers).isEmpty ? true : nil }
    }

    @Test func aKilledAPIServerMakesRowsStaleAndLiveAgain() async throws {
      let world = try await FluxWorld()
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "the row", within: .seconds(30)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
      }
      let number = try await session.number()
      world.server.kill()
      try await session.wait(for: "the rows are marked stale", within: .seconds(60)) {
        $0.contains("STALE") || ScreenText($0).pane("1 Clusters").contains { $0.contains("stale") }
      }
      // It goes on: keys are answered while nothing else is.
      try await session.press("?")
      try await session.wait(for: "help", within: .seconds(2)) { $0.contains("econcile") }
      try await session.press("Escape")
      try await world.server.restart()
      try await session.wait(for: "the rows are live", within: .seconds(90)) {
        !$0.contains("STALE") && !ScreenText($0).pane("1 Clusters").contains { $0.contains("stale") }
          && ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
      }
      try await world.server.kubectl(
        "-n", "shop", "patch", "deployment", "web", "--type=merge", "-p", #"{"spec":{"replicas":5}}"#)
      try await session.wait(for: "a change after the restart") {
        ScreenText($0).drift("Deployment shop/web").contains { $0.contains("live 5") }
      }
      #expect(try await session.number() == number)
      #expect(session.exitStatus() == nil)
    }

    @Test(arguments: ["driftglass", "driftglass-view"])
    func readOnlySendsNothingButReads(name: String) async throws {
      let world = try await FluxWorld()
      let proxy = try RecordingProxy(to: world.server.url, authorities: world.server.authority)
      defer { proxy.close() }
      let session = try await world.program(
        EndToEnd.executable(name), arguments: name == "driftglass" ? ["--read-only"] : [], server: proxy.url)
      try await session.wait(for: "the row and the mark", within: .seconds(30)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
          && ($0.contains("READ-ONLY") || $0.contains("LOCKED"))
      }
      for keys in [["4", "R"], ["Enter"], ["Escape"], ["W"], ["Enter"], ["Escape"], ["s"], ["Enter"], ["Enter"]] {
        for key in keys { try await session.press(key) }
        try await Task.sleep(for: .milliseconds(350))
      }
      try await session.press("Escape")
      try await session.wait(for: "why not") {
        $0.contains("read-only") || $0.contains("READ-ONLY") || $0.contains("LOCKED")
      }
      let requests = proxy.recorded
      #expect(requests.count > 10)
      for request in requests {
        #expect(EndToEnd.isAllowedReading(request), "\(request.method) \(request.target)")
        #expect(request.headers["upgrade"] == nil)
      }
      let object = try await world.server.expect(.get, FluxWorld.kustomization)
      #expect(object.value(at: "metadata", "annotations", "reconcile.fluxcd.io/requestedAt") == nil)
    }
  }

  /// Requirement C4: reads, and questions about the own permissions.
  static func isAllowedReading(_ request: RecordingProxy.Recorded) -> Bool {
    let path = request.target.split(separator: "?").first.map(String.init) ?? ""
    switch request.method {
    case "GET":
      let forbidden = ["/exec", "/attach", "/portforward", "/proxy", "/eviction", "/scale", "/token"]
      return !forbidden.contains { path.hasSuffix($0) }
    case "POST":
      return [
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
      ].contains(path)
    default: return false
    }
  }
}
