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
}
