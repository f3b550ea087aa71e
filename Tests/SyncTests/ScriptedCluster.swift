import Foundation
import GitOps
import HTTP
import Kube
import Synchronization
import TestKit

@testable import Sync

/// An API server that serves Kustomizations and what the test says, an engine on it, and its newest snapshot.
final class ScriptedCluster: Sendable {
  /// What the test changes while it runs.
  struct Script: Sendable {
    /// Namespaces in which everything may be listed; nil: in the whole cluster.
    var allowed: Set<String>?
    var mayListNamespaces = true
    /// Versions in which Kustomizations are served.
    var versions = ["v1"]
    var namespaces = ["audit", "payments", "shop", "tools"]
  }

  private let shared: Shared
  let server: ScenarioServer
  let network = Network()
  let engine: Engine
  private let running: Task<Void, Never>
  static let id = ClusterID("prod")

  init(_ script: Script = Script(), namespaces: [String] = [], date: String? = nil) async throws {
    let shared = Shared(script)
    self.shared = shared
    server = try ScenarioServer { request, _ in shared.answer(request, date: date) }
    var access = try ClusterAccess(server: server.url)
    access.namespace = "shop"
    var options = EngineOptions()
    options.followsLogs = false
    let reader = KubeReader(access: access, cluster: Self.id, network: network, gate: .readOnly())
    options.clusters = [ClusterOptions(id: Self.id, server: server.url, reader: reader, namespaces: namespaces)]
    let engine = Engine(options: options, git: nil)
    self.engine = engine
    running = Task { await engine.run() }
  }

  func change(_ body: (inout Script) -> Void) { shared.script.withLock { body(&$0) } }

  func stop() async {
    running.cancel()
    server.stop()
    network.shutdown()
    await running.value
  }

  /// The first snapshot that satisfies the condition; the newest one when time is up.
  func snapshot(where condition: @escaping @Sendable (Snapshot) -> Bool) async -> Snapshot {
    let snapshots = await engine.snapshots()
    return await withTaskGroup(of: Snapshot?.self) { group in
      group.addTask {
        var newest: Snapshot?
        for await snapshot in snapshots {
          newest = snapshot
          if condition(snapshot) { break }
        }
        return newest
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(60))
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      if let first { return first }
      return await group.next().flatMap { $0 } ?? Snapshot()
    }
  }

  /// Answers by the script as it stands.
  private final class Shared: Sendable {
    let script: Mutex<Script>

    init(_ script: Script) { self.script = Mutex(script) }

    func answer(_ request: ScenarioServer.Request, date: String?) -> ScenarioServer.Reply {
      let script = script.withLock { $0 }
      let headers = date.map { ["Date: \($0)"] } ?? []
      switch request.path {
      case "/version": return .json(#"{"major":"1","minor":"31","gitVersion":"v1.31.2"}"#, headers: headers)
      case "/api": return .json(Self.discovery(core: true, script), headers: headers)
      case "/apis": return .json(Self.discovery(core: false, script), headers: headers)
      case "/readyz": return .json("ok", headers: headers)
      case "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": return rules(request, script)
      case "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
        return .json(#"{"status":{"allowed":\#(script.allowed == nil)}}"#, status: 201)
      case "/api/v1/namespaces":
        guard script.mayListNamespaces else { return Self.forbidden("namespaces") }
        let items = script.namespaces.map { #"{"metadata":{"name":"\#($0)","resourceVersion":"1"}}"# }
        return Self.list("NamespaceList", items)
      default: break
      }
      for version in script.versions {
        let group = "/apis/kustomize.toolkit.fluxcd.io/\(version)"
        if request.path == "\(group)/kustomizations" {
          guard script.allowed == nil else { return Self.forbidden("kustomizations") }
          return kustomizations(request, script.namespaces, version)
        }
        for namespace in script.namespaces where request.path == "\(group)/namespaces/\(namespace)/kustomizations" {
          guard script.allowed?.contains(namespace) ?? true else { return Self.forbidden("kustomizations") }
          return kustomizations(request, [namespace], version)
        }
      }
      return .json(#"{"kind":"Status","code":404,"reason":"NotFound","message":"not found"}"#, status: 404)
    }

    private func kustomizations(_ request: ScenarioServer.Request, _ namespaces: [String], _ version: String)
      -> ScenarioServer.Reply
    {
      if request.query["sendInitialEvents"] != nil {
        return .json(#"{"kind":"Status","code":422,"reason":"Invalid","message":"forbidden"}"#, status: 422)
      }
      if request.query["watch"] != nil { return .lines([], then: .hold) }
      let items = namespaces.map { namespace in
        """
        {"apiVersion":"kustomize.toolkit.fluxcd.io/\(version)","kind":"Kustomization","metadata":{"name":"apps",\
        "namespace":"\(namespace)","uid":"\(namespace)","resourceVersion":"\(version)-1"}}
        """
      }
      return Self.list("KustomizationList", items)
    }

    private func rules(_ request: ScenarioServer.Request, _ script: Script) -> ScenarioServer.Reply {
      let allowed = script.namespaces.first { request.text.contains("\"\($0)\"") }
      let mayList = script.allowed?.contains(allowed ?? "") ?? true
      let verbs = mayList ? #""get","list","watch""# : #""get""#
      return .json(
        """
        {"kind":"SelfSubjectRulesReview","status":{"incomplete":false,"resourceRules":[{"verbs":[\(verbs)],\
        "apiGroups":["kustomize.toolkit.fluxcd.io"],"resources":["kustomizations"]}]}}
        """, status: 201)
    }

    private static func list(_ kind: String, _ items: [String]) -> ScenarioServer.Reply {
      .json(#"{"kind":"\#(kind)","metadata":{"resourceVersion":"L"},"items":[\#(items.joined(separator: ","))]}"#)
    }

    private static func forbidden(_ plural: String) -> ScenarioServer.Reply {
      .json(
        """
        {"kind":"Status","code":403,"reason":"Forbidden","message":"\(plural) is forbidden: User \\"jo\\" cannot list \
        resource \\"\(plural)\\" at the cluster scope"}
        """, status: 403)
    }

    private static func discovery(core: Bool, _ script: Script) -> String {
      func group(_ name: String, _ versions: [String], _ resource: String, _ kind: String, _ scope: String) -> String {
        let list = versions.map { version in
          """
          {"version":"\(version)","freshness":"Current","resources":[{"resource":"\(resource)","responseKind":{"group":\
          "\(name)","version":"\(version)","kind":"\(kind)"},"scope":"\(scope)","verbs":["get","list","watch"]}]}
          """
        }
        return #"{"metadata":{"name":"\#(name)"},"versions":[\#(list.joined(separator: ","))]}"#
      }
      let groups =
        core
        ? [group("", ["v1"], "namespaces", "Namespace", "Cluster")]
        : [group("kustomize.toolkit.fluxcd.io", script.versions, "kustomizations", "Kustomization", "Namespaced")]
      return #"{"kind":"APIGroupDiscoveryList","items":[\#(groups.joined(separator: ","))]}"#
    }
  }
}
