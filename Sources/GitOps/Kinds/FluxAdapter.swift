import FoundationEssentials
import Structured

/// What every Flux v2 kind has in common: conditions, `spec.suspend`, the request annotation, the interval. A kind adds
/// its own part in `complete`.
public protocol FluxAdapter: KindAdapter {
  /// Adds what only this kind says, and may correct the health that the conditions alone gave.
  /// - Parameter root: the whole object; any part of it may be missing or of the wrong type.
  static func complete(_ resource: inout Resource, from root: JSONNode)
  /// How an object of the kind is told to rest.
  static var pause: FluxPause { get }
}

/// How a Flux object is told to rest (wire-facts 10.3).
public enum FluxPause: Sendable, Hashable {
  /// `spec.suspend`.
  case spec
  /// An annotation of this key with the value `disabled`; `enabled` ends it.
  case annotation(String)
  /// Nothing works on it, so that there is nothing to stop.
  case none

  /// The merge patch that stops or continues it; nil where nothing can be stopped.
  /// - Parameter annotations: what is written down beside it.
  func patch(_ stops: Bool, annotations: JSONObject) -> JSON? {
    var annotations = annotations
    switch self {
    // Null, as flux itself sends: the field is gone afterwards.
    case .spec: return ["metadata": ["annotations": .object(annotations)], "spec": ["suspend": stops ? true : .null]]
    case .annotation(let key):
      annotations[key] = stops ? "disabled" : "enabled"
      return ["metadata": ["annotations": .object(annotations)]]
    case .none: return nil
    }
  }
}

extension FluxAdapter {
  public static func describe(_ object: Object) -> Resource {
    var resource = Resource(object, as: kind)
    guard let document = try? object.document() else { return resource }
    let root = document.root
    let annotations = root["metadata"]?["annotations"]
    let status = root["status"]
    resource.conditions = FluxStatus.conditions(of: status)
    resource.interval = root["spec"]?["interval"]?.string.flatMap(GoDuration.parse)
    resource.handledToken = status?["lastHandledReconcileAt"]?.string
    resource.requestedToken = annotations?[FluxAnnotation.requestedAt]?.string
    resource.artifact = status?["artifact"]?["revision"]?.string.flatMap(revision)
    if isPaused(root) { resource.suspension = Suspension(annotations: annotations) }
    FluxStatus.judge(&resource, object: object, status: status)
    complete(&resource, from: root)
    return resource
  }

  public static var pause: FluxPause { .spec }

  public static var verbs: [Verb] { pause == .none ? [.reconcile] : [.reconcile, .suspend, .resume] }

  private static func isPaused(_ root: JSONNode) -> Bool {
    switch pause {
    case .spec: root["spec"]?["suspend"]?.bool == true
    // kubernetes: fluxcd/pkg and flux-operator compare without case.
    case .annotation(let key): root["metadata"]?["annotations"]?[key]?.string?.lowercased() == "disabled"
    case .none: false
    }
  }

  public static func patch(_ verb: Verb, request: PatchRequest) -> JSON? {
    switch verb {
    case .reconcile, .reconcileWithSource:
      guard verbs.contains(verb) else { return nil }
      return ["metadata": ["annotations": .object(JSONObject([(FluxAnnotation.requestedAt, .string(request.token))]))]]
    case .suspend: return pause.patch(true, annotations: (request.suspension ?? Suspension()).annotations)
    // What this program noted about it goes with it.
    case .resume: return pause.patch(false, annotations: Suspension().annotations)
    case .force, .reset:
      guard verbs.contains(verb) else { return nil }
      // They act only where both annotations have one value.
      let key = verb == .force ? FluxAnnotation.forceAt : FluxAnnotation.resetAt
      let token = JSON.string(request.token)
      return ["metadata": ["annotations": .object(JSONObject([(FluxAnnotation.requestedAt, token), (key, token)]))]]
    case .sync, .syncAndPrune, .previewSync: return nil
    }
  }

  public static func command(_ verb: Verb, _ ref: ObjectRef) -> String? {
    let noun: String
    switch ref.kind {
    case "Kustomization": noun = "kustomization"
    case "HelmRelease": noun = "helmrelease"
    case "GitRepository": noun = "source git"
    case "OCIRepository": noun = "source oci"
    case "HelmRepository": noun = "source helm"
    case "HelmChart": noun = "source chart"
    case "Bucket": noun = "source bucket"
    case "ImageRepository": noun = "image repository"
    case "ImagePolicy": noun = "image policy"
    case "ImageUpdateAutomation": noun = "image update"
    case "Receiver": noun = "receiver"
    case "Alert": noun = "alert"
    case "Provider": noun = "alert-provider"
    case "ArtifactGenerator": noun = "artifact generator"
    default: return nil
    }
    let (word, option) =
      switch verb {
      case .reconcileWithSource: ("reconcile", " --with-source")
      case .force: ("reconcile", " --force")
      case .reset: ("reconcile", " --reset")
      default: (verb.rawValue, "")
      }
    return "flux \(word) \(noun) \(ref.name) -n \(ref.namespace) --context \(ref.cluster)\(option)"
  }

  public static func refusal(of verb: Verb, on resource: Resource) -> String? { fluxRefusal(of: verb, on: resource) }

  static func fluxRefusal(of verb: Verb, on resource: Resource) -> String? {
    switch verb {
    case .reconcile, .reconcileWithSource, .force, .reset, .sync, .syncAndPrune, .previewSync:
      resource.suspension == nil ? nil : "suspended: its controller would not act on it; resume it first"
    case .suspend, .resume: resource.refusal(ofPausing: verb)
    }
  }

  /// Nil for the empty text, which some versions write instead of nothing.
  static func revision(_ text: String) -> Revision? { text.isEmpty ? nil : Revision(text) }
}

/// Annotations that Flux reads (flux: fluxcd/pkg apis/meta/annotations.go) and that this program writes beside a
/// suspension.
public enum FluxAnnotation {
  public static let requestedAt = "reconcile.fluxcd.io/requestedAt"
  public static let forceAt = "reconcile.fluxcd.io/forceAt"
  public static let resetAt = "reconcile.fluxcd.io/resetAt"
  public static let suspendedBy = "driftglass.dev/suspended-by"
  public static let suspendedReason = "driftglass.dev/suspended-reason"
  public static let suspendedSince = "driftglass.dev/suspended-since"
  public static let suspendedUntil = "driftglass.dev/suspended-until"
}

extension Resource {
  /// Why it cannot be suspended or resumed: it is already.
  func refusal(ofPausing verb: Verb) -> String? {
    switch verb {
    case .suspend: suspension == nil ? nil : "already suspended"
    case .resume: suspension == nil ? "not suspended" : nil
    default: nil
    }
  }
}

extension Suspension {
  /// What somebody wrote down; all nil when nobody did.
  init(annotations: JSONNode?) {
    func text(_ key: String) -> String? { annotations?[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    // Weave GitOps and flux-operator write down less (`field.md`, suspensions).
    self.init(
      by: text(FluxAnnotation.suspendedBy) ?? text("metadata.weave.works/suspended-by")
        ?? text("fluxcd.controlplane.io/suspendedBy"),
      reason: text(FluxAnnotation.suspendedReason) ?? text("metadata.weave.works/suspended-comment"),
      since: text(FluxAnnotation.suspendedSince).flatMap(Timestamp.parse),
      until: text(FluxAnnotation.suspendedUntil).flatMap(Timestamp.parse))
  }

  /// For a merge patch: what is not known is removed, so that nothing of an earlier suspension stays.
  var annotations: JSONObject {
    func value(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    return JSONObject([
      (FluxAnnotation.suspendedBy, value(by)), (FluxAnnotation.suspendedReason, value(reason)),
      (FluxAnnotation.suspendedSince, value(since.map { Timestamp.format($0) })),
      (FluxAnnotation.suspendedUntil, value(until.map { Timestamp.format($0) })),
    ])
  }
}
