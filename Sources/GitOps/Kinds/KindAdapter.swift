import FoundationEssentials
import Structured

/// Everything Driftglass knows about one kind: how to read it and what its verbs write. One file a kind.
public protocol KindAdapter: Sendable {
  static var kind: Kind { get }
  /// Health, revisions, source, inventory. Never fails: what cannot be read stays unknown.
  static func describe(_ object: Object) -> Resource
  static var verbs: [Verb] { get }
  /// The merge patch (RFC 7386) that the verb writes; nil when the kind has no such verb.
  static func patch(_ verb: Verb, request: PatchRequest) -> JSON?
  /// Why the verb would do nothing to this resource now, as a sentence for its user; nil when it would do something.
  static func refusal(of verb: Verb, on resource: Resource) -> String?
  /// Its controller reads the source itself, so that no other object is asked first.
  static var fetchesItself: Bool { get }
  /// What one would type instead, in the system's own command; nil where there is none.
  static func command(_ verb: Verb, _ ref: ObjectRef) -> String?
  /// Whether the object says that a request written at `begun` with this token was carried out.
  static func isHandled(_ verb: Verb, _ resource: Resource, token: String, since begun: Date) -> Bool
  /// The labels on the objects it applies; nil when it applies none.
  static var ownerLabels: OwnerLabels? { get }
  /// The names of the facts that only this kind has, in the order of the screen.
  static var columns: [String] { get }
}

/// What a patch needs to know about the moment it is written.
public struct PatchRequest: Sendable {
  /// The token for `requestedAt`: opaque to controllers, unique to this request.
  public let token: String
  /// Filled for `.suspend`.
  public let suspension: Suspension?
  /// The object as it is: some verbs keep or restore a part of it.
  public let object: Object?

  public init(token: String, suspension: Suspension? = nil, object: Object? = nil) {
    self.token = token
    self.suspension = suspension
    self.object = object
  }
}

/// What can be done to a resource.
public enum Verb: String, Sendable, Hashable, CaseIterable {
  case reconcile
  case reconcileWithSource
  case suspend
  case resume
  /// One more install or upgrade although nothing changed or no retry is left (flux: HelmRelease).
  case force
  /// Forgets the failures that were counted (flux: HelmRelease).
  case reset
  /// Applies what Git says (argo-cd: Application).
  case sync
  /// And deletes what Git no longer has.
  case syncAndPrune
  /// Asks what a sync would do, and does nothing.
  case previewSync

  public var word: String {
    switch self {
    case .reconcileWithSource: "reconcile with source"
    case .syncAndPrune: "sync and prune"
    case .previewSync: "sync (dry run)"
    case .reconcile, .suspend, .resume, .force, .reset, .sync: rawValue
    }
  }
}

extension KindAdapter {
  public static var verbs: [Verb] { [] }
  public static func patch(_ verb: Verb, request: PatchRequest) -> JSON? { nil }
  public static func refusal(of verb: Verb, on resource: Resource) -> String? { nil }
  public static func isHandled(_ verb: Verb, _ resource: Resource, token: String, since begun: Date) -> Bool {
    resource.handledToken == token
  }
  public static var fetchesItself: Bool { false }
  public static func command(_ verb: Verb, _ ref: ObjectRef) -> String? { nil }
  public static var ownerLabels: OwnerLabels? { nil }
  public static var columns: [String] { [] }
}

extension Date {
  /// The API writes times to the second: what is of the same second may have come after.
  func isNotBefore(_ begun: Date) -> Bool {
    timeIntervalSince1970 >= begun.timeIntervalSince1970.rounded(.down)
  }
}

/// The one list of adapters.
public enum KindAdapters {
  public static let all: [any KindAdapter.Type] = [
    KustomizationAdapter.self, HelmReleaseAdapter.self, GitRepositoryAdapter.self, OCIRepositoryAdapter.self,
    HelmRepositoryAdapter.self, HelmChartAdapter.self, BucketAdapter.self, ExternalArtifactAdapter.self,
    ArtifactGeneratorAdapter.self, ImageRepositoryAdapter.self, ImagePolicyAdapter.self,
    ImageUpdateAutomationAdapter.self, AlertAdapter.self, ProviderAdapter.self, ReceiverAdapter.self,
    FluxInstanceAdapter.self, ResourceSetAdapter.self, ResourceSetInputProviderAdapter.self, ApplicationAdapter.self,
    ApplicationSetAdapter.self, AppProjectAdapter.self, SealedSecretAdapter.self, ExternalSecretAdapter.self,
    ClusterExternalSecretAdapter.self, SecretStoreAdapter.self, ClusterSecretStoreAdapter.self,
    PushSecretAdapter.self, CanaryAdapter.self,
  ]

  /// The kinds they are for, in the same order.
  public static let kinds: [Kind] = all.map { $0.kind }

  private static let byGroupKind: [GroupKind: any KindAdapter.Type] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.kind.groupKind, $0) })

  public static func adapter(for groupKind: GroupKind) -> (any KindAdapter.Type)? { byGroupKind[groupKind] }

  /// `ks`, `hr`; the kind itself when no adapter knows it.
  public static func short(_ groupKind: GroupKind) -> String { adapter(for: groupKind)?.kind.short ?? groupKind.kind }

  /// By short name, plural, or kind in any case: what a selector or the command line names.
  public static func adapter(named word: String) -> (any KindAdapter.Type)? {
    let word = word.lowercased()
    return all.first { type in
      type.kind.shortNames.contains(word) || type.kind.plural == word || type.kind.groupKind.kind.lowercased() == word
    }
  }
}
