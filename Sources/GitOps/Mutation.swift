import FoundationEssentials

/// One action that a person confirmed: what to write, to what. Data, not a closure, so that tests compare it.
public struct Mutation: Sendable, Hashable {
  /// Unique within the process; the `requestedAt` token is derived from the clock when it is performed.
  public let id: UInt64
  public let verb: Verb
  public let target: ObjectRef
  /// The uid seen on screen: a precondition (C16).
  public let uid: String
  /// Reconciled first, for `.reconcileWithSource`.
  public let source: ObjectRef?
  public let suspension: Suspension?

  public init(
    id: UInt64, verb: Verb, target: ObjectRef, uid: String, source: ObjectRef? = nil, suspension: Suspension? = nil
  ) {
    self.id = id
    self.verb = verb
    self.target = target
    self.uid = uid
    self.source = source
    self.suspension = suspension
  }
}

/// How far an action came, each stage with its time. Nothing here is hoped for: handled and ready come from the watch.
public struct ActionRecord: Sendable, Hashable {
  public enum Stage: String, Sendable, Hashable { case sending, accepted, handled, ready, failed, unknown }

  public let mutation: Mutation
  public var stage: Stage
  public let begun: Date
  public var changed: Date
  /// The token that was written, for reconciles.
  public var token: String
  /// The API's or the controller's sentence.
  public var message: String
  /// The exact request: `PATCH /apis/… {…}`.
  public var request: String
  /// What one would type instead: `flux reconcile kustomization apps -n flux-system`.
  public var equivalent: String

  public init(
    mutation: Mutation, stage: Stage, begun: Date, changed: Date, token: String, message: String, request: String,
    equivalent: String
  ) {
    self.mutation = mutation
    self.stage = stage
    self.begun = begun
    self.changed = changed
    self.token = token
    self.message = message
    self.request = request
    self.equivalent = equivalent
  }

  public var isOpen: Bool { stage == .sending || stage == .accepted || stage == .handled }
}
