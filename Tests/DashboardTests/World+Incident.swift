import FoundationEssentials
import GitOps

@testable import Dashboard

extension World {
  /// An ordinary bad quarter of an hour.
  static let incident: Snapshot = {
    var snapshot = Snapshot()
    snapshot.number = 812
    snapshot.isComplete = true
    snapshot.reconcilers = incidentReconcilers
    snapshot.drift = incidentDrift
    snapshot.sources = [gitRepository]
    snapshot.clusters = incidentClusters
    snapshot.repos = incidentRepos
    snapshot.namespaces = incidentNamespaces
    snapshot.log = incidentLog
    snapshot.actions = [action]
    snapshot.coverage.known = 1156
    snapshot.coverage.total = 1204
    snapshot.coverage.undetermined = ["postBuild is not rendered yet": 44, "Secret not readable": 4]
    return snapshot
  }()

  private static var gitRepository: Resource {
    var resource = Resource(ref: source(eu, "fleet"), version: "v1", uid: "uid-fleet", role: .source)
    resource.health = .ready
    resource.url = fleet.url
    resource.follows = "main"
    resource.artifact = Revision("main@sha1:\(commit.id)")
    return resource
  }

  private static var incidentReconcilers: [ReconcilerRow] {
    let root = ks(eu, "apps")
    var rows = [failed(root), drifted, contested, suspended, pending, elsewhere, progressing]
    for index in 1...39 {
      let name = "tenant-\(index < 10 ? "0" : "")\(index)"
      rows.append(
        row(ks(eu, name), .waiting, since: 240) {
          $0.reason = "DependencyNotReady"
          $0.message = "dependency 'flux-system/apps' is not ready"
          $0.dependsOn = [root]
        } _: {
          $0.blockedBy = root
        })
    }
    rows.append(row(ks(us, "infra-controllers")))
    rows.append(row(ks(eu, "flux-system")) { $0.inventory = [InventoryEntry(root)] })
    rows.append(
      row(ks(edge, "edge-apps")) {
        $0.message = "Applied revision: main@sha1:\(older.id)"
        $0.inEffect = .revision(Revision("main@sha1:\(older.id)"))
        $0.applied = Revision("main@sha1:\(older.id)")
      } _: {
        $0.staleSince = ago(360)
        $0.commit = older
        $0.head = .ahead(3)
      })
    rows.append(
      row(hr(us, "monitoring", "prometheus"), since: 86_400) {
        $0.inEffect = .revision(Revision("62.3.1"))
        $0.attempted = Revision("62.3.1")
        $0.applied = Revision("62.3.1")
        $0.path = nil
      } _: {
        $0.head = .unknown
        $0.commit = nil
        $0.undetermined = "Secret not readable"
      })
    return rows
  }

  private static func failed(_ ref: ObjectRef) -> ReconcilerRow {
    row(ref, .failed, since: 240) {
      $0.reason = "HealthCheckFailed"
      $0.message = "health check failed after 30s: timeout waiting for: [Deployment/shop/cart status: 'InProgress']"
      $0.applied = Revision("main@sha1:\(older.id)")
      $0.nextRun = ahead(26)
      $0.conditions = [
        Condition(
          type: "Ready", status: "False", reason: "HealthCheckFailed",
          message: "health check failed after 30s: timeout waiting for: [Deployment/shop/cart status: 'InProgress']",
          since: ago(240)),
        Condition(
          type: "Healthy", status: "False", reason: "HealthCheckFailed",
          message: "timeout waiting for Deployment/shop/cart",
          since: ago(240)),
        Condition(
          type: "Reconciling", status: "True", reason: "ProgressingWithRetry", message: "Detecting drift",
          since: ago(12)),
      ]
    } _: {
      $0.drift.missing = 1
      $0.blocking = 39
      $0.objects = 41
      $0.namespaces = ["shop", "payments"]
    }
  }

  private static var drifted: ReconcilerRow {
    row(hr(eu, "shop", "cart"), since: 660) {
      $0.inEffect = .revision(Revision("6.5.4"))
      $0.attempted = Revision("6.5.4")
      $0.applied = Revision("6.5.4")
      $0.source = ObjectRef(
        cluster: eu, group: "source.toolkit.fluxcd.io", kind: "HelmChart", namespace: "flux-system", name: "shop-cart")
      $0.path = nil
      $0.corrects = false
      $0.release = HelmReleaseRef(
        name: "cart", namespace: "shop", storageNamespace: "shop", version: 7, status: "deployed",
        chart: "podinfo-6.5.4")
    } _: {
      $0.head = .unknown
      $0.commit = nil
      $0.drift.drifted = 1
      $0.drift.staying = 1
    }
  }

  private static var contested: ReconcilerRow {
    row(ks(us, "shop"), since: 1500) { _ in
    } _: {
      $0.drift.contested = 1
      $0.repo = apps
    }
  }

  private static var suspended: ReconcilerRow {
    row(ks(us, "legacy"), .suspended, since: 7000) {
      $0.suspension = Suspension(by: "op@jump", reason: "incident 4711", since: ago(7000), until: ahead(7400))
    }
  }

  private static var pending: ReconcilerRow {
    row(ks(us, "payments")) { _ in
    } _: {
      $0.head = .ahead(2)
      $0.repo = apps
      $0.drift.pending = 2
      $0.namespaces = ["payments"]
    }
  }

  private static var elsewhere: ReconcilerRow {
    row(ks(eu, "edge-addons")) {
      $0.target = TargetCluster(secret: "edge-7-kubeconfig")
    } _: {
      $0.target = edge
    }
  }

  private static var progressing: ReconcilerRow {
    row(ks(us, "certs"), .progressing, since: 8) {
      $0.reason = "Progressing"
      $0.message = "Detecting drift for revision main@sha1:\(commit.id)"
      $0.inEffect = .either(Revision("main@sha1:\(older.id)"), Revision("main@sha1:\(commit.id)"))
    }
  }

  private static var incidentDrift: [DriftRow] {
    let configMap = ObjectRef(cluster: eu, group: "", kind: "ConfigMap", namespace: "shop", name: "flags")
    return [
      drift(
        deployment(eu, "shop", "cart"), hr(eu, "shop", "cart"), "spec.replicas",
        fate: .stays(reason: "drift detection is off")),
      drift(
        configMap, ks(eu, "apps"), "", .missing, cause: .deleted, git: "present", live: nil, owner: nil, seen: 91),
      drift(
        deployment(us, "shop", "web"), ks(us, "shop"), "spec.replicas", .contested, cause: .controller,
        fate: .contested, git: "2", live: "6",
        owner: FieldOwner(
          manager: "kube-controller-manager", operation: "Update", subresource: "scale", time: ago(40)),
        origin: "apps/shop/web.yaml:14"),
      drift(
        deployment(us, "shop", "web"), ks(us, "shop"), "spec.template.spec.containers[app].image",
        fate: .unknown, git: "podinfo:6.5.4", live: "podinfo:6.5.3-hotfix",
        owner: FieldOwner(manager: "kubectl-edit", operation: "Update", subresource: "", time: ago(7200)), seen: 3,
        provisional: true, origin: "apps/shop/web.yaml:31"),
      drift(
        deployment(us, "payments", "api"), ks(us, "payments"), "spec.template.spec.containers[api].image", .pending,
        cause: .gitAhead, fate: .pending, git: "api:1.9.0", live: "api:1.8.2", owner: nil, seen: 30),
      drift(
        deployment(us, "payments", "api"), ks(us, "payments"), "spec.replicas", .delegated, cause: .controller,
        fate: .unknown, git: "2", live: "4"),
      drift(
        deployment(eu, "shop", "cart"), ks(eu, "apps"), "metadata.annotations[team]", .excluded,
        cause: .ignored(rule: "kustomize.toolkit.fluxcd.io/ssa: IfNotPresent"), fate: .unknown, git: "a", live: "b"),
      drift(
        ObjectRef(cluster: us, group: "", kind: "Secret", namespace: "shop", name: "db"), ks(us, "shop"), "",
        .undetermined, cause: .reason("Secret not readable"), fate: .unknown, git: nil, live: nil, owner: nil),
    ]
  }

  private static var incidentClusters: [ClusterRow] {
    var counts = DriftCounts()
    counts.drifted = 1
    counts.missing = 1
    var fought = DriftCounts()
    fought.contested = 1
    let streams = [
      StreamRow(name: "kustomizations", link: .live, objects: 42),
      StreamRow(name: "helmreleases", link: .live, objects: 1),
      StreamRow(name: "ocirepositories", link: .absent, objects: 0),
      StreamRow(name: "secrets", link: .forbidden(reason: "cannot list secrets at the cluster scope"), objects: 0),
    ]
    return [
      ClusterRow(
        id: eu, server: "https://eu.example.com:6443", version: "v1.31.2", provider: "eks", link: .live,
        confirmed: ago(1), reconcilers: 43, failed: 1, drift: counts, links: streams),
      ClusterRow(
        id: us, server: "https://us.example.com:6443", version: "v1.31.2", provider: "eks", link: .live,
        confirmed: ago(2), reconcilers: 6, failed: 0, drift: fought),
      ClusterRow(
        id: edge, server: "https://edge-7.example.com:6443", version: "v1.29.4", provider: "capi",
        link: .stale(since: ago(360).timeIntervalSince1970), confirmed: ago(360), reconcilers: 1, failed: 0),
    ]
  }

  private static var incidentRepos: [RepoRow] {
    [
      RepoRow(
        url: fleet.url, name: "fleet", ref: "main", head: commit, inEffect: commit.id, ahead: 0, link: .live,
        sources: [source(eu, "fleet"), source(us, "fleet")]),
      RepoRow(
        url: apps.url, name: "apps", ref: "main", head: commit, inEffect: older.id, ahead: 2, link: .live,
        sources: [source(us, "apps")]),
      RepoRow(
        url: "ssh://git@git.example.com/acme/charts.git", name: "charts", ref: "main",
        link: .retrying(reason: "connection refused"), sources: [source(us, "charts")]),
    ]
  }

  private static var incidentNamespaces: [NamespaceRow] {
    var counts = DriftCounts()
    counts.drifted = 1
    counts.missing = 1
    var fought = DriftCounts()
    fought.contested = 1
    return [
      NamespaceRow(cluster: eu, name: "payments", objects: 18, reconcilers: [ks(eu, "apps")]),
      NamespaceRow(cluster: eu, name: "shop", objects: 41, drift: counts, reconcilers: [ks(eu, "apps")]),
      NamespaceRow(cluster: us, name: "shop", objects: 23, drift: fought, reconcilers: [ks(us, "shop")]),
      NamespaceRow(cluster: us, name: "payments", objects: 9, reconcilers: [ks(us, "payments")]),
      NamespaceRow(cluster: us, name: "monitoring", objects: 1104, reconcilers: [hr(us, "monitoring", "prometheus")]),
    ]
  }

  private static var incidentLog: [LogLine] {
    [
      log(1, 300, us, "source-controller", source(us, "apps"), "", "stored artifact for commit 'raise cart replicas'"),
      log(2, 240, eu, "kustomize-controller", ks(eu, "apps"), "ReconciliationSucceeded", "server-side apply completed"),
      log(
        3, 91, eu, "kustomize-controller", ks(eu, "apps"), "HealthCheckFailed",
        "timeout waiting for: [Deployment/shop/cart status: 'InProgress']", .error),
      log(4, 60, us, "helm-controller", hr(us, "monitoring", "prometheus"), "", "release is in a ready state"),
      log(
        5, 45, us, "horizontal-pod-autoscaler", deployment(us, "shop", "web"), "SuccessfulRescale",
        "New size: 6; reason: cpu resource utilization above target", .info, .event),
      log(
        6, 33, eu, "kustomize-controller", ks(eu, "apps"), "HealthCheckFailed",
        "health check failed after 30s: timeout waiting for: [Deployment/shop/cart status: 'InProgress']", .warning,
        .event),
      log(
        7, 12, eu, "kustomize-controller", ks(eu, "tenant-01"), "",
        "dependencies do not meet ready condition, retrying in 30s"),
    ]
  }

  private static var action: ActionRecord {
    ActionRecord(
      mutation: Mutation(id: 9000, verb: .reconcile, target: ks(us, "infra-controllers"), uid: "uid-infra-controllers"),
      stage: .ready, begun: ago(120), changed: ago(111), token: "2026-11-23T12:02:31Z", message: "handled after 3s",
      request:
        "PATCH /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/infra-controllers {\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":\"2026-11-23T12:02:31Z\"}}}",
      equivalent: "flux --context prod-us reconcile kustomization infra-controllers -n flux-system")
  }
}

extension InventoryEntry {
  init(_ ref: ObjectRef) {
    self.init(groupKind: ref.groupKind, version: "v1", namespace: ref.namespace, name: ref.name)
  }
}
