import Foundation
import GitOps
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// Argo CD's verbs on a real API server with the real definition; the test does what the controller would.
  @Suite struct ArgoTests {
    private static let path = "/apis/argoproj.io/v1alpha1/namespaces/delivery/applications"
    private static let revision = String(repeating: "1", count: 40)

    private func world() async throws -> RealAPIServer {
      let server = try await RealAPIServer()
      try await server.createCustomResources([ApplicationAdapter.kind])
      try await server.createNamespace("delivery")
      let own: JSON = ["server": "https://kubernetes.default.svc", "namespace": "delivery"]
      let source: JSON = [
        "repoURL": "https://git.example.com/acme/fleet.git", "path": "shop", "targetRevision": "main",
      ]
      try await server.expect(
        .post, Self.path,
        [
          "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": ["name": "ferry"],
          "spec": [
            "project": "default", "destination": own, "source": source,
            "syncPolicy": ["automated": ["prune": true], "syncOptions": ["ServerSideApply=true"]],
          ],
          "status": [
            "sync": [
              "status": "Synced", "revision": .string(Self.revision),
              "comparedTo": ["source": source, "destination": own],
            ],
            "health": ["status": "Healthy"], "reconciledAt": "2026-11-20T08:00:00Z",
            "history": [
              [
                "id": 1, "revision": .string(Self.revision), "deployedAt": "2026-11-20T08:00:00Z", "source": source,
              ]
            ],
          ],
        ])
      return server
    }

    private func session(_ server: RealAPIServer) async throws -> TmuxSession {
      let config = try server.folder.write("git: { refresh: 1h }\n", to: "argo.yaml")
      let session = try await TmuxSession(
        [EndToEnd.executable(), "--config", config], width: 160, height: 40,
        environment: ["KUBECONFIG": server.kubeconfig()])
      try await session.wait(for: "the row", within: .seconds(30)) {
        ScreenText($0).reconciler("app delivery/ferry")?.contains("Ready") == true
      }
      try await session.press("4")
      return session
    }

    private func say(_ word: String, in session: TmuxSession) async throws {
      try await session.press(":")
      try await session.type(word)
      try await session.press("Enter")
      try await session.wait(for: "the dialog of \(word)") { $0.contains("Enter") && $0.contains("leaves it") }
      try await Task.sleep(for: .milliseconds(400))
      try await session.press("Enter")
    }

    @Test func aSyncIsTheOperationThatArgoCDItselfWouldWriteAndIsFollowedToItsEnd() async throws {
      let server = try await world()
      let session = try await session(server)
      try await say("sync-prune", in: session)
      let asked = try await eventually("the operation is written", within: .seconds(10)) { () -> JSON? in
        try await server.expect(.get, "\(Self.path)/ferry")["operation"]
      }
      #expect(
        asked == [
          "initiatedBy": ["username": "driftglass"],
          "sync": ["prune": true, "syncStrategy": ["hook": [:]], "syncOptions": ["ServerSideApply=true"]],
        ])
      // While it is there, no other is written over it.
      try await session.press("s")
      try await session.wait(for: "why not twice") {
        $0.contains("State of app") && $0.contains("is under way")
      }
      try await session.press("Escape")
      // An Escape with a key right behind it would be Alt and that key.
      try await session.wait(for: "the menu is closed") { !$0.contains("State of app") }
      let now = Timestamp.format(Date())
      try await server.mergePatch(
        "\(Self.path)/ferry",
        [
          "operation": .null,
          "status": [
            "operationState": [
              "operation": ["sync": ["revision": .string(Self.revision)]], "phase": "Succeeded",
              "startedAt": .string(now),
              "finishedAt": .string(now), "message": "successfully synced",
            ]
          ],
        ])
      try await session.press("@")
      try await session.wait(for: "the action log says so") {
        $0.contains("argocd app sync delivery/ferry --prune") && $0.lowercased().contains("ready")
      }
    }

    @Test func aRefreshAndAutoSyncOffAndOnWriteTheirAnnotations() async throws {
      let server = try await world()
      let session = try await session(server)
      func object() async throws -> JSON { try await server.expect(.get, "\(Self.path)/ferry") }
      try await session.press("W")
      try await session.wait(for: "the dialog") { $0.contains("leaves it") }
      try await Task.sleep(for: .milliseconds(400))
      try await session.press("Enter")
      try await eventually("a hard refresh is asked for", within: .seconds(10)) { () -> Bool? in
        try await object().value(at: "metadata", "annotations", "argocd.argoproj.io/refresh") == "hard" ? true : nil
      }
      try await server.mergePatch(
        "\(Self.path)/ferry",
        [
          "metadata": ["annotations": ["argocd.argoproj.io/refresh": .null]],
          "status": ["reconciledAt": .string(Timestamp.format(Date()))],
        ])
      try await session.press("@")
      try await session.wait(for: "the refresh is done") {
        $0.contains("argocd app get delivery/ferry --hard-refresh") && $0.lowercased().contains("ready")
      }
      try await session.press("q")
      try await say("suspend", in: session)
      let off = try await eventually("auto-sync is off", within: .seconds(10)) { () -> JSON? in
        let live = try await object()
        return live.value(at: "spec", "syncPolicy", "automated") == nil ? live : nil
      }
      #expect(off.value(at: "metadata", "annotations", "driftglass.dev/automated") == #"{"prune":true}"#)
      #expect(off.value(at: "metadata", "annotations", "driftglass.dev/suspended-reason")?.string?.isEmpty == false)
      try await session.wait(for: "it rests") {
        ScreenText($0).reconciler("app delivery/ferry")?.contains("Suspended") == true
      }
      try await say("resume", in: session)
      let on = try await eventually("auto-sync is on", within: .seconds(10)) { () -> JSON? in
        let live = try await object()
        return live.value(at: "spec", "syncPolicy", "automated") == nil ? nil : live
      }
      #expect(
        on.value(at: "spec", "syncPolicy")
          == off.value(at: "spec", "syncPolicy")?.merging(patch: ["automated": ["prune": true]]))
      #expect(on.value(at: "metadata", "annotations", "driftglass.dev/automated") == nil)
    }
  }
}
