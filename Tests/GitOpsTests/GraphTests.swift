import GitOps
import Testing

struct GraphTests {
  private func ref(_ name: String) -> ObjectRef {
    ObjectRef(
      cluster: ClusterID("test"), groupKind: KustomizationAdapter.kind.groupKind, namespace: "flux-system", name: name)
  }

  private func resource(_ name: String, _ health: Health, _ dependencies: String...) -> Resource {
    var resource = Resource(ref: ref(name), version: "v1", uid: name, role: .reconciler)
    resource.health = health
    resource.dependsOn = dependencies.map(ref)
    return resource
  }

  @Test func foldsAChainToItsFailedRoot() {
    let graph = Graph([
      resource("apps", .waiting, "infra"), resource("infra", .waiting, "base"), resource("base", .failed),
      resource("tests", .waiting, "apps"), resource("other", .ready, "base"),
    ])
    #expect(graph.blockedBy == [ref("apps"): ref("base"), ref("infra"): ref("base"), ref("tests"): ref("base")])
    #expect(graph.blocking == [ref("base"): 3])
  }

  @Test func hasNoRootWhereNothingFailed() {
    let graph = Graph([
      resource("apps", .waiting, "infra", "absent"), resource("infra", .progressing), resource("x", .failed, "apps"),
    ])
    #expect(graph.blockedBy.isEmpty && graph.blocking.isEmpty)
  }

  @Test func countsADiamondOnce() {
    let graph = Graph([
      resource("top", .waiting, "left", "right"), resource("left", .waiting, "root"),
      resource("right", .waiting, "root"), resource("root", .failed),
    ])
    #expect(graph.blocking == [ref("root"): 3])
  }

  @Test func endsOnCycles() {
    let graph = Graph([
      resource("a", .waiting, "b"), resource("b", .waiting, "a", "root"), resource("self", .waiting, "self"),
      resource("root", .failed, "root"),
    ])
    #expect(graph.blockedBy == [ref("a"): ref("root"), ref("b"): ref("root")])
  }

  @Test func choosesTheSameRootWhateverTheOrder() {
    let resources = [
      resource("w", .waiting, "z", "m"), resource("z", .failed), resource("m", .failed), resource("v", .waiting, "w"),
    ]
    let graph = Graph(resources)
    #expect(graph == Graph(resources.reversed()))
    #expect(graph.blocking == [ref("m"): 2])
  }

  @Test func aSuspendedDependencyThatNeverGotReadyBlocks() {
    var suspended = resource("base", .suspended)
    #expect(Graph([suspended, resource("apps", .waiting, "base")]).blocking == [ref("base"): 1])
    suspended.conditions = [Condition(type: "Ready", status: "True", reason: "", message: "", since: nil)]
    #expect(Graph([suspended, resource("apps", .waiting, "base")]).blocking.isEmpty)
  }

  @Test func foldsALongChainWithoutRecursion() {
    let chain = (1..<20_000).map { resource("n\($0)", .waiting, "n\($0 - 1)") }
    #expect(Graph(chain + [resource("n0", .failed)]).blocking == [ref("n0"): 19_999])
  }

  /// A source that failed is the cause of what failed for want of it, and of what waits for that.
  @Test func aFailedSourceIsTheRootOfWhatLacksIt() {
    func resource(
      _ kind: String, _ name: String, _ health: Health, _ reason: String, source: ObjectRef? = nil,
      after: [ObjectRef] = []
    ) -> Resource {
      let ref = ObjectRef(cluster: ClusterID("c"), group: "g", kind: kind, namespace: "n", name: name)
      var resource = Resource(ref: ref, version: "v1", uid: "", role: .reconciler)
      resource.health = health
      resource.reason = reason
      resource.source = source
      resource.dependsOn = after
      return resource
    }
    let repository = resource("GitRepository", "fleet", .failed, "GitOperationFailed")
    let base = resource("Kustomization", "base", .failed, "ArtifactFailed", source: repository.ref)
    let apps = resource(
      "Kustomization", "apps", .waiting, "DependencyNotReady", source: repository.ref, after: [base.ref])
    let charts = resource("HelmRepository", "charts", .failed, "IndexationFailed")
    let chart = resource("HelmChart", "web", .failed, "SourceUnavailable", source: charts.ref)
    let release = resource("HelmRelease", "web", .waiting, "SourceNotReady", source: chart.ref)
    let second = resource("HelmRelease", "second", .failed, "ArtifactFailed", source: chart.ref)
    // Failed for a reason of its own, though its source failed too; and one whose source is well.
    let own = resource("Kustomization", "own", .failed, "BuildFailed", source: repository.ref)
    let well = resource("GitRepository", "well", .ready, "Succeeded")
    let lone = resource("Kustomization", "lone", .failed, "ArtifactFailed", source: well.ref)
    let graph = Graph([lone, well, own, second, release, chart, charts, apps, base, repository])
    #expect(graph.blockedBy[base.ref] == repository.ref && graph.blockedBy[apps.ref] == repository.ref)
    #expect(graph.blockedBy[chart.ref] == charts.ref && graph.blockedBy[release.ref] == charts.ref)
    #expect(graph.blockedBy[own.ref] == nil && graph.blockedBy[lone.ref] == nil)
    #expect(graph.blockedBy[second.ref] == charts.ref)
    #expect(graph.blocking == [repository.ref: 2, charts.ref: 3])
  }
}
