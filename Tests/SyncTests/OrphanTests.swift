import Foundation
import GitOps
import Kube
import Testing

@testable import Sync

/// What a reconciler that is gone left behind, while reconcilers come and go.
@Suite(.timeLimit(.minutes(2))) struct OrphanTests {
  private static let configMaps = StreamID(
    cluster: ScriptedCluster.id, groupKind: GroupKind(group: "", kind: "ConfigMap"), version: "v1",
    plural: "configmaps", selector: .labels("kustomize.toolkit.fluxcd.io/name"))
  private static let kustomizations = StreamID(
    cluster: ScriptedCluster.id, groupKind: GroupKind(group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization"),
    version: "v1", plural: "kustomizations")

  private func configMap(_ name: String, of owner: String, in namespace: String, manager: String) throws -> Object {
    try Object(
      bytes: Array(
        #"""
        {"metadata":{"name":"\#(name)","namespace":"shop","uid":"\#(name)","resourceVersion":"1",
        "labels":{"kustomize.toolkit.fluxcd.io/name":"\#(owner)","kustomize.toolkit.fluxcd.io/namespace":"\#(namespace)"},
        "managedFields":[{"manager":"\#(manager)","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:data":{}}}]}}
        """#.utf8), cluster: ScriptedCluster.id, groupKind: Self.configMaps.groupKind, version: "v1")
  }

  private func kustomization(_ name: String, in namespace: String) throws -> Object {
    try Object(
      bytes: Array(
        #"""
        {"metadata":{"name":"\#(name)","namespace":"\#(namespace)","uid":"k","resourceVersion":"2"},
        "spec":{"interval":"1m","path":"./","prune":true,"sourceRef":{"kind":"GitRepository","name":"fleet"}}}
        """#.utf8), cluster: ScriptedCluster.id, groupKind: Self.kustomizations.groupKind, version: "v1")
  }

  @Test func anOrphanIsOneUntilItsReconcilerIsBackOrItIsGone() async throws {
    let cluster = try await ScriptedCluster()
    let first = await cluster.snapshot { $0.reconcilers.count == 4 && $0.isComplete }
    let home = try #require(first.reconcilers.first?.ref.namespace)
    let engine = cluster.engine
    func orphans() async -> [String] {
      await engine.makeSnapshot().drift.filter { $0.driftClass == .extra }.map(\.object.name).sorted()
    }
    let left = try configMap("left", of: "former", in: home, manager: "kustomize-controller")
    // A copy of its labels, and one of another cluster's reconcilers, for which nothing speaks here.
    let others = [
      try configMap("copy", of: "former", in: home, manager: "copier"),
      try configMap("foreign", of: "former", in: "elsewhere", manager: "kustomize-controller"),
    ]
    await engine.apply(.replaceAll(Self.configMaps, [left] + others))
    #expect(await orphans() == ["left"])
    #expect(await engine.makeSnapshot().drift.first?.fate == .stays(reason: "Kustomization \(home)/former is gone"))
    let former = try kustomization("former", in: home)
    await engine.apply(.upsert(Self.kustomizations, former))
    #expect(await orphans().isEmpty)
    await engine.apply(.remove(Self.kustomizations, former))
    #expect(await orphans() == ["left"])
    await engine.apply(.remove(Self.configMaps, left))
    #expect(await orphans().isEmpty)
    #expect(await engine.orphans.isEmpty)
    await cluster.stop()
  }
}
