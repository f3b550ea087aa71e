import FoundationEssentials
import Structured

/// Flux's HelmRelease (flux: fluxcd/helm-controller api/v2; wire-facts 1.5, older versions 1.12).
public enum HelmReleaseAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", plural: "helmreleases", shortNames: ["hr"],
    role: .reconciler, versions: ["v2", "v2beta2", "v2beta1"])

  public static let verbs: [Verb] = [.reconcile, .reconcileWithSource, .suspend, .resume, .force, .reset]

  public static let ownerLabels: OwnerLabels? = OwnerLabels(
    owner: kind.groupKind, name: "helm.toolkit.fluxcd.io/name", namespace: "helm.toolkit.fluxcd.io/namespace")

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let spec = root["spec"]
    let status = root["status"]
    let releases = releases(status?["history"])
    resource.attempted = status?["lastAttemptedRevision"]?.string.flatMap(revision)
    resource.applied =
      releases.first { $0.status == "deployed" || $0.status == "superseded" }.flatMap { revision($0.chartVersion) }
      ?? status?["lastAppliedRevision"]?.string.flatMap(revision)
    resource.inEffect = inEffect(releases, applied: resource.applied)
    resource.release = release(releases, spec: spec, status: status, of: resource)
    resource.source = source(spec: spec, status: status, of: resource.ref)
    resource.dependsOn = FluxReference.dependencies(spec?["dependsOn"], from: resource.ref)
    resource.inventory = Inventory.entries(status)
    resource.target = FluxReference.target(spec?["kubeConfig"])
    resource.corrects = resource.suspension == nil && spec?["driftDetection"]?["mode"]?.string == "enabled"
    explain(&resource)
    time(&resource, from: root)
    tell(&resource, releases, spec: spec, status: status)
  }

  public static let columns = ["chart", "drift detection", "drifted", "failures", "history"]

  private static func tell(_ resource: inout Resource, _ releases: [Release], spec: JSONNode?, status: JSONNode?) {
    resource.add("chart", resource.release?.chart)
    resource.add("drift detection", spec?["driftDetection"]?["mode"]?.string)
    if let drifted = resource.condition("Drifted"), drifted.status == "True" {
      resource.add("drifted", drifted.message.isEmpty ? drifted.reason : drifted.message)
    }
    if let failures = status?["failures"]?.int, failures > 0 {
      let action = status?["lastAttemptedReleaseAction"]?.string == "install" ? "install" : "upgrade"
      let retries = spec?[action]?["remediation"]?["retries"]?.int
      resource.add(
        "failures", retries.map { "\(failures), retries \($0 < 0 ? "without end" : String($0))" } ?? "\(failures)")
    }
    resource.add(
      "history",
      releases.prefix(5).map { "v\($0.version) \($0.status) \($0.chartVersion)" }.joined(separator: ", "))
  }

  /// An entry of `status.history`, newest first.
  private struct Release {
    let name: String
    let namespace: String
    let version: Int
    let status: String
    let chart: String
    let chartVersion: String
  }

  private static func releases(_ history: JSONNode?) -> [Release] {
    guard let elements = history?.elements else { return [] }
    var releases: [Release] = []
    for element in elements {
      guard let name = element["name"]?.string, !name.isEmpty, let version = element["version"]?.int else { continue }
      releases.append(
        Release(
          name: name, namespace: element["namespace"]?.string ?? "", version: version,
          status: element["status"]?.string ?? "", chart: element["chartName"]?.string ?? "",
          chartVersion: element["chartVersion"]?.string ?? ""))
    }
    return releases
  }

  /// The newest release; one that failed or is under way may have sent a part only.
  private static func inEffect(_ releases: [Release], applied: Revision?) -> InEffect {
    guard let newest = releases.first, let chart = revision(newest.chartVersion) else {
      return applied.map { .revision($0) } ?? .nothing
    }
    switch newest.status {
    case "uninstalled", "uninstalling": return .nothing
    case "failed", "pending-install", "pending-upgrade", "pending-rollback":
      guard releases.count > 1, let before = revision(releases[1].chartVersion) else { return .nothing }
      return .either(before, chart)
    default: return .revision(chart)
    }
  }

  /// Versions before v2beta2 name no releases: there the name follows from the specification.
  private static func release(_ releases: [Release], spec: JSONNode?, status: JSONNode?, of resource: Resource)
    -> HelmReleaseRef?
  {
    let own = resource.ref.namespace
    let storage = status?["storageNamespace"]?.string ?? spec?["storageNamespace"]?.string ?? own
    if let newest = releases.first {
      let whole = releases.dropFirst().first { $0.status == "deployed" || $0.status == "superseded" }
      let chart = newest.chartVersion.isEmpty ? newest.chart : "\(newest.chart)@\(newest.chartVersion)"
      return HelmReleaseRef(
        name: newest.name, namespace: newest.namespace.isEmpty ? own : newest.namespace, storageNamespace: storage,
        version: newest.version, status: newest.status, chart: chart,
        previous: whole?.version)
    }
    guard let version = status?["lastReleaseRevision"]?.int, version > 0 else { return nil }
    let target = spec?["targetNamespace"]?.string
    let name = spec?["releaseName"]?.string ?? target.map { "\($0)-\(resource.ref.name)" } ?? resource.ref.name
    // Longer names are shortened with a hash, which an older controller did differently: not guessed.
    guard name.utf8.count <= 53 else { return nil }
    let chart = spec?["chart"]?["spec"]?["chart"]?.string ?? ""
    return HelmReleaseRef(
      name: name, namespace: target ?? own, storageNamespace: storage, version: version, status: "",
      chart: resource.applied.map { "\(chart)@\($0.text)" } ?? chart)
  }

  /// The chart object: `chartRef`, or the HelmChart that the controller makes of `chart`, in its source's namespace.
  private static func source(spec: JSONNode?, status: JSONNode?, of ref: ObjectRef) -> ObjectRef? {
    if let chart = FluxReference.source(spec?["chartRef"], from: ref) { return chart }
    guard let repository = FluxReference.source(spec?["chart"]?["spec"]?["sourceRef"], from: ref) else { return nil }
    var namespace = repository.namespace
    var name = "\(ref.namespace)-\(ref.name)"
    if let made = status?["helmChart"]?.string, let slash = made.firstIndex(of: "/"), slash != made.startIndex {
      namespace = String(made[..<slash])
      name = String(made[made.index(after: slash)...])
    }
    return ObjectRef(
      cluster: ref.cluster, groupKind: HelmChartAdapter.kind.groupKind, namespace: namespace, name: name)
  }

  /// After remediation Ready repeats that the rollback succeeded; what failed is in Released.
  private static func explain(_ resource: inout Resource) {
    guard resource.health == .failed, let released = resource.condition("Released"), released.status == "False" else {
      return
    }
    switch resource.reason {
    case "RollbackSucceeded", "UninstallSucceeded":
      resource.reason = released.reason
      resource.message = released.message
    case "RetriesExceeded": resource.message += ": \(released.message)"
    default: break
    }
  }

  /// Every run begins and ends with a status write, but a run that changes nothing leaves no other trace: without
  /// managed fields the time of the last run is not known.
  private static func time(_ resource: inout Resource, from root: JSONNode) {
    guard resource.health != .progressing, resource.health != .suspended else { return }
    resource.lastRun = FluxReference.lastStatusWrite(by: "helm-controller", in: root)
    let action = root["status"]?["lastAttemptedReleaseAction"]?.string == "install" ? "install" : "upgrade"
    let strategy = root["spec"]?[action]?["strategy"]
    let wait: Double? =
      switch resource.health {
      case .ready: resource.interval
      case .waiting: 30
      case .failed where strategy?["name"]?.string == "RetryOnFailure":
        strategy?["retryInterval"]?.string.flatMap(GoDuration.parse) ?? 300
      default: nil
      }
    if let last = resource.lastRun, let wait { resource.nextRun = last.addingTimeInterval(wait) }
  }
}
