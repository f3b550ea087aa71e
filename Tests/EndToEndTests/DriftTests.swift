import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// What differs from Git, as it happens on a real API server.
  @Suite struct DriftTests {
    private func started(_ world: FluxWorld) async throws -> TmuxSession {
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "everything is seen and nothing differs", within: .seconds(30)) { screen in
        let text = ScreenText(screen)
        return text.reconciler("ks flux-system/apps")?.contains("Ready") == true && text.drift("shop/").isEmpty
          && screen.contains("drift known for 100 %")
      }
      return session
    }

    @Test func aPatchedFieldIsARowWithItsOwnerWithinASecond() async throws {
      let world = try await FluxWorld()
      let session = try await started(world)
      try await world.server.kubectl(
        "-n", "shop", "patch", "deployment", "web", "--type=merge", "-p", #"{"spec":{"replicas":5}}"#)
      let screen = try await session.wait(for: "one row for the patched replicas", within: .seconds(1)) {
        ScreenText($0).drift("Deployment shop/web").count == 1
      }
      let row = try #require(ScreenText(screen).drift("Deployment shop/web").first)
      for part in ["spec.replicas", "git 3", "live 5", "kubectl", "reverts"] { #expect(row.contains(part), "\(row)") }
      #expect(ScreenText(screen).reconciler("ks flux-system/apps")?.contains("Drifted") == true)
    }

    @Test func aScaledDeploymentIsARowWhoseOwnerIsNotRecordedUntilTheControllerRevertsIt() async throws {
      let world = try await FluxWorld()
      let session = try await started(world)
      try await world.server.kubectl("-n", "shop", "scale", "deployment", "web", "--replicas=6")
      let screen = try await session.wait(for: "a row for the scaled replicas") {
        ScreenText($0).drift("Deployment shop/web").contains { $0.contains("live 6") }
      }
      #expect(
        ScreenText(screen).drift("Deployment shop/web").first?.contains("owner not recorded") == true, "\(screen)")
      try await world.requestReconcile()
      try await session.wait(for: "the row is gone once the controller has reverted it") {
        ScreenText($0).drift("shop/").isEmpty && !$0.contains("live 6")
      }
    }

    @Test func whatKubernetesOwnControllersWriteIsNoDrift() async throws {
      let world = try await FluxWorld(hasControllerManager: true)
      let session = try await started(world)
      try await eventually("the deployment controller has written to it", within: .seconds(60)) { () -> Bool? in
        let web = try await world.server.expect(.get, FluxWorld.web)
        let revision = web.value(at: "metadata", "annotations", "deployment.kubernetes.io/revision")
        return revision != nil && web.value(at: "status", "replicas") == 3 ? true : nil
      }
      // A change that is seen proves that what came before it was seen too.
      try await world.server.kubectl("-n", "shop", "patch", "configmap", "flags", "-p", #"{"data":{"checkout":"off"}}"#)
      let screen = try await session.wait(for: "the row of the ConfigMap") {
        ScreenText($0).drift("ConfigMap shop/flags").contains { $0.contains("live off") }
      }
      #expect(ScreenText(screen).drift("Deployment shop/web").isEmpty, "\(screen)")
    }

    @Test func aRemovedLabelIsNotAMissingObject() async throws {
      let world = try await FluxWorld()
      let session = try await started(world)
      try await world.server.kubectl("-n", "shop", "label", "configmap", "flags", "kustomize.toolkit.fluxcd.io/name-")
      let screen = try await session.wait(for: "the removed label") {
        ScreenText($0).drift("ConfigMap shop/flags").contains { $0.contains("label removed") }
      }
      #expect(!ScreenText(screen).drift("ConfigMap shop/flags").contains { $0.contains("missing") }, "\(screen)")
    }

    @Test func aDeletedObjectIsMissing() async throws {
      let world = try await FluxWorld()
      let session = try await started(world)
      try await world.server.kubectl("-n", "shop", "delete", "configmap", "flags", "--wait=false")
      try await session.wait(for: "the missing object") {
        ScreenText($0).drift("ConfigMap shop/flags").contains { $0.contains("missing") }
      }
    }

    @Test func aDeletedObjectThatAFinalizerHoldsIsTerminating() async throws {
      let world = try await FluxWorld()
      let session = try await started(world)
      let path = "/api/v1/namespaces/shop/configmaps/flags"
      try await world.server.mergePatch(path, ["metadata": ["finalizers": ["example.com/hold"]]])
      try await world.server.kubectl("-n", "shop", "delete", "configmap", "flags", "--wait=false")
      let screen = try await session.wait(for: "the object that is held") {
        ScreenText($0).drift("ConfigMap shop/flags").contains { $0.contains("terminating") }
      }
      #expect(!ScreenText(screen).drift("ConfigMap shop/flags").contains { $0.contains("missing") }, "\(screen)")
    }

    @Test func aFailedHealthCheckShowsTheNewRevisionAndNoFalseDrift() async throws {
      let world = try await FluxWorld(wait: true)
      let session = try await started(world)
      let bad = try world.push(FluxWorld.files(image: "registry.example.com/web:broken"), "Ship the broken image")
      let screen = try await session.wait(for: "the failed health check", within: .seconds(40)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Failed") == true
      }
      let row = try #require(ScreenText(screen).reconciler("ks flux-system/apps"))
      #expect(row.contains("\(bad.prefix(7))*"), "\(row)")
      // Every field is what that revision says: a row would be drift that is none.
      #expect(ScreenText(screen).drift("shop/").isEmpty, "\(screen)")
      #expect(try await world.status().contains("HealthCheckFailed"))
    }

    @Test func aPushIsShownThenPendingThenInEffect() async throws {
      let world = try await FluxWorld()
      let session = try await started(world)
      try await world.suspendSource(true)
      let commit = try world.push(FluxWorld.files(replicas: 4), "Raise the replicas of web")
      let screen = try await session.wait(for: "the new commit, ahead of what is in effect", within: .seconds(30)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("+1") == true
          && ScreenText($0).drift("Deployment shop/web").contains { $0.contains("pending") }
      }
      let row = try #require(ScreenText(screen).drift("Deployment shop/web").first)
      #expect(row.contains("git 4") && row.contains("live 3"), "\(row)")
      #expect(ScreenText(screen).reconciler("ks flux-system/apps")?.contains("Drifted") == false)
      try await session.press("2", "j", "Enter")
      try await session.wait(for: "the repository's screen names the commit") {
        $0.contains(String(commit.prefix(7))) && $0.contains("Raise the replicas of web")
      }
      try await session.press("q")
      try await world.suspendSource(false)
      try await session.wait(for: "it is in effect", within: .seconds(30)) {
        let text = ScreenText($0)
        let row = text.reconciler("ks flux-system/apps")
        return row?.contains(String(commit.prefix(7))) == true && row?.contains("same") == true
          && text.drift("shop/").isEmpty
      }
    }
  }
}
