import FoundationEssentials
import Git
import GitOps
import Kube
import Structured

/// source-controller: stores artifacts of GitRepositories from Git, and of HelmRepositories and HelmCharts from the
/// charts that are built in (wire-facts 1.3).
struct SourceController: Reconciler {
  static let name = "source-controller"

  let groupKind: GroupKind
  let related: [GroupKind]
  let api: any ClusterAPI
  let repositories: SourceRepositories
  var voice: ControllerVoice
  private var next: [ObjectKey: Date] = [:]

  /// - Parameter groupKind: GitRepository, HelmRepository or HelmChart.
  init(
    _ groupKind: GroupKind, api: any ClusterAPI, repositories: SourceRepositories, voice: ControllerVoices
  ) {
    self.groupKind = groupKind
    related = groupKind == .helmChart ? [.helmRepository] : []
    self.api = api
    self.repositories = repositories
    self.voice = voice(Self.name)
  }

  mutating func reconcile(_ key: ObjectKey, at now: Date) async -> Date? {
    do throws(APIError) {
      return try await step(key, now)
    } catch {
      return now.addingTimeInterval(3)
    }
  }

  private mutating func step(_ key: ObjectKey, _ now: Date) async throws(APIError) -> Date? {
    let resource = try await api.require(groupKind)
    guard var object = try await api.get(resource, key) else {
      next[key] = nil
      return nil
    }
    if object["metadata"]?["deletionTimestamp"] != nil {
      try await api.removeFinalizer(object, resource, as: Self.name)
      return nil
    }
    object = try await api.withFinalizer(object, resource, as: Self.name)
    if object["spec"]?["suspend"]?.bool == true { return nil }
    if !StatusDraft.isAsked(object) {
      guard let due = next[key] else {
        // The first look after a start: an artifact that is there is looked at again within one interval.
        let due = now.addingTimeInterval(seconds(object["spec"]?["interval"], 60))
        next[key] = due
        return due
      }
      if now < due { return due }
    }
    let due = now.addingTimeInterval(try await run(StatusDraft(object, run: voice.id(), at: now), resource, now))
    next[key] = due
    return due
  }

  /// - Returns: seconds until the next run.
  private mutating func run(
    _ draft: StatusDraft, _ resource: ServedResource, _ now: Date
  ) async throws(APIError) -> Double {
    switch groupKind {
    case .gitRepository: try await fetch(draft, resource, now)
    case .helmChart: try await pull(draft, resource, now)
    default: try await index(draft, resource, now)
    }
  }

  private mutating func fetch(
    _ begun: StatusDraft, _ resource: ServedResource, _ now: Date
  ) async throws(APIError) -> Double {
    var draft = begun
    let interval = seconds(draft.object["spec"]?["interval"], 60)
    let url = draft.object["spec"]?["url"]?.string ?? ""
    let (reference, name) = Self.reference(draft.object["spec"]?["ref"])
    let head: CommitSummary
    do throws(GitError) {
      head = try await repositories.head(url, reference)
    } catch {
      let message = "failed to checkout and determine revision: unable to clone '\(url)': \(error.message)"
      draft.set("FetchFailed", "True", "GitOperationFailed", message, at: now)
      draft.fail("GitOperationFailed", message, at: now)
      try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name)
      await voice.event(on: draft.object, type: "Warning", reason: "GitOperationFailed", message, at: now)
      voice.say(
        "Reconciler error", level: "error", about: draft.object, run: draft.run, more: [("error", .string(message))],
        at: now)
      return min(interval, 30)
    }
    let revision = "\(name)@sha1:\(head.id)"
    draft.remove("FetchFailed")
    guard draft.status.value(at: "artifact", "revision")?.string != revision else {
      draft.succeed("Succeeded", "stored artifact for revision '\(revision)'", at: now)
      try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name)
      voice.say(
        "no changes since last reconcilation: observed revision '\(revision)'", about: draft.object, run: draft.run,
        at: now)
      return interval
    }
    let progress = "building artifact: new upstream revision '\(revision)'"
    draft.progress(progress, ready: progress, at: now)
    draft = draft.rebased(on: try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name))
    let message = "stored artifact for commit '\(head.subject.prefix(50))'"
    try await store(
      draft, resource, Artifact(revision: revision, file: "\(head.id).tar.gz", size: 24_813), reason: "Succeeded",
      condition: "stored artifact for revision '\(revision)'", event: ("NewArtifact", message), now)
    return interval
  }

  /// The reference and its name in revisions. A commit alone cannot be followed: the branch beside it is.
  private static func reference(_ json: JSON?) -> (GitReference, String) {
    if let name = json?["name"]?.string { return (.name(name), name) }
    if let tag = json?["tag"]?.string { return (.tag(tag), tag) }
    let branch = json?["branch"]?.string ?? "master"
    return (.branch(branch), branch)
  }

  private mutating func index(
    _ draft: StatusDraft, _ resource: ServedResource, _ now: Date
  ) async throws(APIError) -> Double {
    let interval = seconds(draft.object["spec"]?["interval"], 600)
    // An OCI registry is static: it has neither conditions nor an artifact.
    if draft.object["spec"]?["type"]?.string == "oci" { return interval }
    let url = draft.object["spec"]?["url"]?.string ?? ""
    let revision = SHA256Digest.text(Array((url + BuiltInChart.index).utf8))
    try await store(
      draft, resource, Artifact(revision: revision, file: "\(revision.dropFirst(7)).yaml", size: 9_120),
      reason: "Succeeded", condition: "stored artifact: revision '\(revision)'",
      event: ("NewArtifact", "stored fetched index of size 9.12kB from '\(url)'"), now)
    return interval
  }

  private mutating func pull(
    _ begun: StatusDraft, _ resource: ServedResource, _ now: Date
  ) async throws(APIError) -> Double {
    var draft = begun
    let interval = seconds(draft.object["spec"]?["interval"], 600)
    let spec = draft.object["spec"]
    let repository = try await api.object(
      .helmRepository,
      ObjectKey(
        namespace: ObjectKey(of: draft.object).namespace, name: spec?["sourceRef"]?["name"]?.string ?? ""))
    let isReady =
      repository?["spec"]?["type"]?.string == "oci" || repository?.value(at: "status", "artifact") != nil
    let chart = spec?["chart"]?.string ?? ""
    guard repository != nil, isReady else {
      draft.set("FetchFailed", "True", "NoSourceArtifact", "no artifact available for the chart's source", at: now)
      draft.fail("NoSourceArtifact", "no artifact available for the chart's source", at: now)
      try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name)
      return 5
    }
    draft.remove("FetchFailed")
    guard let version = BuiltInChart.version(of: chart, matching: spec?["version"]?.string ?? "*") else {
      let message =
        "invalid chart reference: failed to get chart version for remote reference: no '\(chart)' chart "
        + "with version matching '\(spec?["version"]?.string ?? "*")' found"
      draft.set("Stalled", "True", "InvalidChartReference", message, at: now)
      draft.fail("InvalidChartReference", message, at: now)
      try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name)
      await voice.event(on: draft.object, type: "Warning", reason: "InvalidChartReference", message, at: now)
      return interval
    }
    draft.status["observedChartName"] = .string(chart)
    draft.status["observedSourceArtifactRevision"] = repository?.value(at: "status", "artifact", "revision")
    let message = "pulled '\(chart)' chart with version '\(version)'"
    try await store(
      draft, resource, Artifact(revision: version, file: "\(chart)-\(version).tgz", size: 15_042),
      reason: "ChartPullSucceeded", condition: message, event: ("ChartPullSucceeded", message), now)
    return interval
  }

  private struct Artifact {
    let revision: String
    let file: String
    let size: Int
  }

  /// Writes a new artifact, or confirms the one that is there.
  private mutating func store(
    _ begun: StatusDraft, _ resource: ServedResource, _ artifact: Artifact, reason: String, condition: String,
    event: (reason: String, message: String), _ now: Date
  ) async throws(APIError) {
    var draft = begun
    let isNew = draft.status.value(at: "artifact", "revision")?.string != artifact.revision
    let digest = SHA256Digest.text(Array((groupKind.kind + artifact.revision).utf8))
    if isNew {
      let key = ObjectKey(of: draft.object)
      let path = "\(groupKind.kind.lowercased())/\(key.namespace)/\(key.name)/\(artifact.file)"
      draft.status["artifact"] = [
        "digest": .string(digest), "lastUpdateTime": .string(Timestamp.format(now)), "path": .string(path),
        "revision": .string(artifact.revision), "size": .integer(artifact.size),
        "url": "http://source-controller.flux-system.svc.cluster.local./\(path)",
      ]
    }
    draft.succeed(reason, condition, at: now)
    draft.set("ArtifactInStorage", "True", reason, condition, at: now)
    try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name)
    guard isNew else { return }
    await voice.event(
      on: draft.object, reason: event.reason, event.message,
      annotations: [
        "source.toolkit.fluxcd.io/revision": artifact.revision, "source.toolkit.fluxcd.io/digest": digest,
      ], at: now)
    voice.say(event.message, about: draft.object, run: draft.run, at: now)
  }
}
