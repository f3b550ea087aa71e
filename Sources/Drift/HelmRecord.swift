import FoundationEssentials
import GitOps
import Structured

/// One record that Helm keeps of a release, by its metadata alone (helm: pkg/storage/driver, labels).
public struct HelmRecord: Sendable, Hashable {
  /// Of the release, which may live in another namespace than its records.
  public let name: String
  public let version: Int
  /// `deployed`, `failed`, `pending-upgrade`, …
  public let status: String
  /// Who wrote it last; nil when that is not recorded.
  public let writer: FieldOwner?

  /// Records of releases that something newer has not replaced.
  public static let selector = "owner=helm,status!=superseded"

  /// Nil when the object is no record.
  public init?(_ object: Object) {
    guard object.labels["owner"] == "helm", let name = object.labels["name"],
      let version = object.labels["version"].flatMap({ Int($0) })
    else { return nil }
    self.name = name
    self.version = version
    status = object.labels["status"] ?? ""
    writer = Ownership.writers(of: object).max { ($0.time ?? .distantPast) < ($1.time ?? .distantPast) }
  }

  /// helm-controller made it: the HelmRelease's status will say so.
  public var isFlux: Bool { writer?.manager == "helm-controller" }
}

/// The row about a release that was changed outside Flux (`drift.md` R8): the HelmRelease made one, and a newer one is there.
public func driftRow(of reconciler: Resource, newer: HelmRecord, now: Date) -> DriftRow? {
  guard let release = reconciler.release else { return nil }
  var fate = FatePrediction(reconciler: reconciler, now: now)
  fate.isReleaseChanged = true
  return DriftRow(
    object: reconciler.ref, version: reconciler.version, reconciler: reconciler.ref, path: "release",
    pointer: "/status/history/0/version", driftClass: .drifted, cause: .releaseChanged, fate: fate.corrected,
    desired: "v\(release.version) \(release.chart)", live: "v\(newer.version) \(newer.status)", owner: newer.writer,
    certainty: newer.writer == nil ? .likely : .certain, firstSeen: now,
    note:
      "release \(release.namespace)/\(release.name) was changed outside Flux (v\(newer.version)): the next run upgrades it again"
  )
}
