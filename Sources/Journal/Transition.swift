import FoundationEssentials
import GitOps

/// One observed change of an object's state.
public struct Transition: Sendable, Hashable {
  public let time: Date
  public let object: ObjectRef
  public let uid: String
  public let from: String
  public let to: String
  public let reason: String
  /// As the controller wrote it, cut to 1 KiB when it is stored.
  public let message: String
  /// The revision in effect.
  public let revision: String?

  public init(
    time: Date, object: ObjectRef, uid: String, from: String, to: String, reason: String, message: String,
    revision: String? = nil
  ) {
    self.time = time
    self.object = object
    self.uid = uid
    self.from = from
    self.to = to
    self.reason = reason
    self.message = message
    self.revision = revision
  }
}

/// A transition as the journal keeps it.
public struct RecordedTransition: Sendable, Hashable {
  /// Rises with every row, whatever the clock does.
  public let sequence: Int64
  /// Which process wrote it: pid and start time.
  public let process: String
  public let transition: Transition

  public init(sequence: Int64, process: String, transition: Transition) {
    self.sequence = sequence
    self.process = process
    self.transition = transition
  }
}

/// One stage of an action as the journal keeps it.
public struct RecordedAction: Sendable, Hashable {
  public let sequence: Int64
  public let time: Date
  public let process: String
  /// `Mutation.id`: unique within its process.
  public let mutation: UInt64
  public let verb: String
  public let target: ObjectRef
  public let uid: String
  /// What the changed fields held before and after, as far as it is known.
  public let before: String
  public let after: String
  public let request: String
  public let equivalent: String
  public let token: String
  /// `ActionRecord.Stage`.
  public let stage: String
  /// The API's or the controller's sentence.
  public let outcome: String

  public init(
    sequence: Int64, time: Date, process: String, mutation: UInt64, verb: String, target: ObjectRef, uid: String,
    before: String, after: String, request: String, equivalent: String, token: String, stage: String, outcome: String
  ) {
    self.sequence = sequence
    self.time = time
    self.process = process
    self.mutation = mutation
    self.verb = verb
    self.target = target
    self.uid = uid
    self.before = before
    self.after = after
    self.request = request
    self.equivalent = equivalent
    self.token = token
    self.stage = stage
    self.outcome = outcome
  }
}
