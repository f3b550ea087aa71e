import GitOps
import Kube

/// What a cluster serves, as far as it can be believed. An API server that has just started says that it is ready before it
/// serves the kinds of its CustomResourceDefinitions: a kind that was there and is not is in doubt before it is gone.
struct ServedKinds: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// A kind is gone when it was not served for so long.
  static let doubt: Duration = .seconds(60)

  /// What is served, and what is in doubt. Nil before the first answer.
  private(set) var discovery: Discovery?
  private var doubtedSince: [GroupKind: Instant] = [:]

  /// Kinds that were served and are missing in the last answer.
  var areInDoubt: Bool { !doubtedSince.isEmpty }

  /// Takes an answer of the server.
  /// - Parameter deleted: `plural.group` of definitions that are known to be deleted: nothing to doubt.
  /// - Returns: whether anything is different now.
  mutating func take(_ answer: Discovery, deleted: Set<String> = [], at now: Instant) -> Bool {
    let old = discovery?.resources ?? []
    var merged = answer
    var doubts: [GroupKind: Instant] = [:]
    for resource in old where answer.resource(for: resource.groupKind) == nil {
      let kind = resource.groupKind
      if deleted.contains("\(resource.plural).\(kind.group)") { continue }
      let since = doubtedSince[kind] ?? now
      // A group that could not be read is unknown, however long.
      guard answer.broken[kind.group] != nil || now - since < Self.doubt else { continue }
      doubts[kind] = since
      merged.keep(resource)
    }
    doubtedSince = doubts
    discovery = merged
    return old != merged.resources
  }
}
