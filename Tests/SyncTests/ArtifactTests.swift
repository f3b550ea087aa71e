import Crypto
import Foundation
import Git
import GitOps
import HTTP
import Kube
import Rendering
import Structured
import Synchronization
import TestKit
import Testing

@testable import Sync

/// A Kustomization whose source is an OCI artifact: read from the commit behind it, else from source-controller.
@Suite(.timeLimit(.minutes(2))) struct ArtifactTests {
  /// An API server with one OCIRepository and one Kustomization of it, and source-controller behind its proxy.
  private final class Fixture: Sendable {
    struct Script: Sendable {
      var status = 200
      var digest: String?
      var url = "http://source-controller.flux-system.svc.cluster.local./ocirepository/flux-system/apps/a.tar.gz"
      var metadata: JSON = [:]
      var inventory: [String] = []
      var spec: JSON = ["path": "./", "prune": true, "sourceRef": ["kind": "OCIRepository", "name": "apps"]]
    }

    let server: ScenarioServer
    let network = Network()
    let engine: Engine
    private let running: Task<Void, Never>
    private let folder: TemporaryFolder
    let reconciler = ObjectRef(
      cluster: ClusterID("prod"), group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: "flux-system",
      name: "apps")

    init(_ script: Script, isReadOnly: Bool = false, repository: String? = nil) async throws {
      let folder = try TemporaryFolder("artifact")
      self.folder = folder
      _ = try folder.write(Self.manifest, to: "web.yaml")
      try await TestKit.Program.check(["tar", "czf", folder.file("a.tar.gz"), "-C", folder.path, "web.yaml"])
      let archive = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("a.tar.gz"))))
      let digest =
        script.digest ?? "sha256:"
        + SHA256.hash(data: archive).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      let revision = "latest@\(digest)"
      let source: JSON = [
        "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "OCIRepository",
        "metadata": ["name": "apps", "namespace": "flux-system", "uid": "s", "resourceVersion": "1", "generation": 1],
        "spec": ["url": "oci://registry.example.com/apps", "interval": "1m"],
        "status": [
          "artifact": [
            "url": .string(script.url), "digest": .string(digest), "revision": .string(revision),
            "metadata": script.metadata,
          ],
          "conditions": [["type": "Ready", "status": "True", "reason": "Succeeded"]],
        ],
      ]
      let kustomization: JSON = [
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
        "metadata": ["name": "apps", "namespace": "flux-system", "uid": "k", "resourceVersion": "1", "generation": 1],
        "spec": script.spec,
        "status": [
          "lastAppliedRevision": .string(revision), "lastAttemptedRevision": .string(revision),
          "inventory": ["entries": .array(script.inventory.map { ["id": .string($0), "v": "v1"] })],
          "conditions": [["type": "Ready", "status": "True", "reason": "ReconciliationSucceeded"]],
        ],
      ]
      let counter = Counter()
      let lists = [
        "/apis/source.toolkit.fluxcd.io/v1/ocirepositories": source,
        "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations": kustomization,
      ].mapValues { String(decoding: $0.encoded(), as: UTF8.self) }
      let status = script.status
      server = try ScenarioServer { request, _ in
        if request.path.contains("/proxy/") {
          counter.add(request.path)
          guard status == 200 else {
            return .json(#"{"kind":"Status","code":\#(status),"reason":"Forbidden","message":"no"}"#, status: status)
          }
          return .answer(200, type: "application/gzip", body: archive)
        }
        return Self.answer(request, lists)
      }
      self.counter = counter
      let access = try ClusterAccess(server: server.url)
      let id = ClusterID("prod")
      var options = EngineOptions()
      options.followsLogs = false
      let reader = KubeReader(access: access, cluster: id, network: network, gate: isReadOnly ? .readOnly() : .open)
      options.clusters = [ClusterOptions(id: id, server: server.url, reader: reader)]
      let rules =
        try repository.map {
          [try RepositoryRules.Rule(match: "https://git.example.com/fleet", url: "file://\($0)")]
        } ?? []
      let cache = try MirrorCache(directory: folder.file("mirrors"), access: HostAccess(network: network))
      let engine = Engine(options: options, git: GitSources(cache: cache, rules: RepositoryRules(rules)))
      self.engine = engine
      running = Task { await engine.run() }
    }

    let counter: Counter

    final class Counter: Sendable {
      private let paths = Mutex<[String]>([])
      func add(_ path: String) { paths.withLock { $0.append(path) } }
      var all: [String] { paths.withLock { $0 } }
    }

    static let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop}\ndata: {a: b}\n"

    private static func answer(_ request: ScenarioServer.Request, _ lists: [String: String]) -> ScenarioServer.Reply {
      switch request.path {
      case "/version": return .json(#"{"major":"1","minor":"31","gitVersion":"v1.31.2"}"#)
      case "/api":
        return .json(discovery([("", "configmaps", "ConfigMap"), ("", "namespaces", "Namespace")]))
      case "/apis":
        return .json(
          discovery([
            ("source.toolkit.fluxcd.io", "ocirepositories", "OCIRepository"),
            ("kustomize.toolkit.fluxcd.io", "kustomizations", "Kustomization"),
          ]))
      case "/readyz": return .json("ok")
      case "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
        return .json(#"{"status":{"allowed":true}}"#, status: 201)
      default: break
      }
      if request.query["sendInitialEvents"] != nil {
        return .json(#"{"kind":"Status","code":422,"reason":"Invalid","message":"forbidden"}"#, status: 422)
      }
      if request.query["watch"] != nil { return .lines([], then: .hold) }
      if request.path.hasSuffix("configmaps") || request.path.hasSuffix("namespaces") || lists[request.path] != nil {
        return .json(#"{"kind":"List","metadata":{"resourceVersion":"9"},"items":[\#(lists[request.path] ?? "")]}"#)
      }
      return .json(#"{"kind":"Status","code":404,"reason":"NotFound","message":"not found"}"#, status: 404)
    }

    private static func discovery(_ kinds: [(group: String, plural: String, kind: String)]) -> String {
      let groups = kinds.map { group, plural, kind in
        """
        {"metadata":{"name":"\(group)"},"versions":[{"version":"v1","freshness":"Current","resources":[{"resource":\
        "\(plural)","responseKind":{"group":"\(group)","version":"v1","kind":"\(kind)"},"scope":\
        "\(kind == "Namespace" ? "Cluster" : "Namespaced")","verbs":["get","list","watch"]}]}]}
        """
      }
      return #"{"kind":"APIGroupDiscoveryList","items":[\#(groups.joined(separator: ","))]}"#
    }

    /// What the reconciler wants, once that is known.
    func wanted() async -> Result<[DesiredObject], Engine.NothingWanted> {
      for await snapshot in await engine.snapshots() {
        guard snapshot.isComplete, snapshot.reconcilers.contains(where: { $0.ref == reconciler }) else { continue }
        let wanted = await engine.wanted(by: reconciler, ahead: false)
        if case .failure(let reason) = wanted, ["not rendered yet", "repository not read yet"].contains(reason.text) {
          continue
        }
        return wanted
      }
      return .failure(Engine.NothingWanted(text: "the engine ended"))
    }

    func stop() async {
      running.cancel()
      server.stop()
      network.shutdown()
      await running.value
    }
  }

  private func outcome(
    _ script: Fixture.Script, isReadOnly: Bool = false, repository: String? = nil
  ) async throws -> (names: [String], reason: String, asked: [String]) {
    let fixture = try await Fixture(script, isReadOnly: isReadOnly, repository: repository)
    let wanted = await fixture.wanted()
    let asked = fixture.counter.all
    await fixture.stop()
    switch wanted {
    case .success(let objects): return (objects.map(\.name), "", asked)
    case .failure(let reason): return ([], reason.text, asked)
    }
  }

  @Test func theArtifactIsReadFromItsController() async throws {
    let (names, reason, asked) = try await outcome(Fixture.Script())
    #expect(names == ["web"], "\(reason)")
    #expect(
      asked == [
        "/api/v1/namespaces/flux-system/services/http:source-controller:80/proxy/ocirepository/flux-system/apps/a.tar.gz"
      ])
  }

  /// C4
  @Test func inReadOnlyModeItIsNotAskedFor() async throws {
    let (names, reason, asked) = try await outcome(Fixture.Script(), isReadOnly: true)
    #expect(names.isEmpty && asked.isEmpty)
    #expect(
      reason
        == "source is OCIRepository, not Git; its artifact is behind services/proxy, which read-only mode does not ask")
  }

  @Test func whoMayNotReadItIsTold() async throws {
    var script = Fixture.Script()
    script.status = 403
    let (_, reason, asked) = try await outcome(script)
    #expect(reason.hasSuffix("its artifact is not readable: no permission to get services/proxy in flux-system"))
    #expect(asked.count == 1)
  }

  @Test func anArtifactThatIsNotTheOneIsNotUsed() async throws {
    var script = Fixture.Script()
    script.digest = "sha256:" + String(repeating: "a", count: 64)
    let (names, reason, _) = try await outcome(script)
    #expect(names.isEmpty && reason.contains("does not have the digest"), "\(reason)")
  }

  @Test func aStatusCannotMakeUsAskAnotherService() async throws {
    var script = Fixture.Script()
    script.url = "http://vault.secrets.svc.cluster.local/ocirepository/flux-system/apps/a.tar.gz"
    let (_, reason, asked) = try await outcome(script)
    #expect(asked.isEmpty && reason.hasSuffix("not at one of Flux's own addresses"))
  }

  private func repository(_ files: [String: String]) throws -> (folder: TemporaryFolder, path: String, commit: String) {
    let folder = try TemporaryFolder("origin")
    let builder = try CommitBuilder(creatingBareAt: folder.file("fleet.git"))
    let commit = try builder.commit(
      files.mapValues { Array($0.utf8) }, subject: "All", time: Date(timeIntervalSince1970: 1_700_000_000))
    return (folder, builder.path, commit)
  }

  private func script(_ commit: String) -> Fixture.Script {
    var script = Fixture.Script()
    script.status = 403
    script.inventory = ["shop_web__ConfigMap"]
    script.metadata = [
      "org.opencontainers.image.source": "https://git.example.com/fleet",
      "org.opencontainers.image.revision": .string("main@sha1:\(commit)"),
    ]
    return script
  }

  @Test func theCommitBehindAnArtifactComesFirst() async throws {
    let (folder, path, commit) = try repository([
      "README.md": "x", "deploy/web.yaml": Fixture.manifest,
      "other/db.yaml": Fixture.manifest.replacing("web", with: "db"),
    ])
    let (names, reason, asked) = try await outcome(script(commit), repository: path)
    #expect(names == ["web"] && asked.isEmpty, "\(reason)")
    _ = folder
  }

  @Test func directoriesThatDifferOnlyInTheirValuesLeaveItOpen() async throws {
    let (folder, path, commit) = try repository([
      "prod/web.yaml": Fixture.manifest, "test/web.yaml": Fixture.manifest.replacing("a: b", with: "a: c"),
    ])
    let (names, reason, asked) = try await outcome(script(commit), repository: path)
    #expect(names.isEmpty && !asked.isEmpty)
    #expect(reason.contains("several directories of \(commit.prefix(7))"), "\(reason)")
    _ = folder
  }
}
