import FoundationEssentials

/// The class of a drift row (`drift.md` B.4).
public enum DriftClass: String, Sendable, Hashable, CaseIterable {
  // Counted.
  case drifted, contested, missing, extra, touched
  // Not counted.
  case pending, delegated, mutated, excluded, undetermined

  public var isCounted: Bool {
    switch self {
    case .drifted, .contested, .missing, .extra, .touched: true
    case .pending, .delegated, .mutated, .excluded, .undetermined: false
    }
  }

  /// The glyph and its ASCII stand-in (`drift.md` C).
  public var glyph: (unicode: String, ascii: String) {
    switch self {
    case .drifted: ("▲", "^")
    case .contested: ("⇄", "%")
    case .missing: ("✕", "x")
    case .extra: ("+", "+")
    case .touched: ("•", "*")
    case .pending: ("→", ">")
    case .delegated: ("◇", "o")
    case .mutated: ("~", "~")
    case .excluded: ("-", "-")
    case .undetermined: ("?", "?")
    }
  }
}

/// Why a row is there; the words are what `get drift -o json` prints.
public enum DriftCause: Sendable, Hashable {
  /// A human's field manager owns the field.
  case human
  /// The owner is not recorded or not known.
  case unknownOwner
  /// A controller owns it.
  case controller
  case removedFromGit
  case added
  case deleted
  case neverCreated
  case terminating
  case labelRemoved
  /// In the inventory, no longer in Git.
  case notInGit
  case admission
  case unknownField
  /// Another release of the same name than the one that the HelmRelease made.
  case releaseChanged
  /// Git is ahead, or an apply is under way.
  case gitAhead
  case partial
  case ignored(rule: String)
  /// The engine itself says so, and not which field.
  case verdict(String)
  /// Undetermined, with the reason in words.
  case reason(String)

  public var word: String {
    switch self {
    case .human: "human"
    case .unknownOwner: "owner not recorded"
    case .controller: "controller"
    case .removedFromGit: "removed from Git"
    case .added: "added"
    case .deleted: "deleted"
    case .neverCreated: "never created"
    case .terminating: "terminating"
    case .labelRemoved: "label removed"
    case .notInGit: "not in Git"
    case .admission: "changed at admission"
    case .unknownField: "unknown field"
    case .releaseChanged: "release changed outside Flux"
    case .gitAhead: "Git is ahead"
    case .partial: "apply under way"
    case .ignored(let rule): "ignored: \(rule)"
    case .verdict(let words): words
    case .reason(let reason): reason
    }
  }
}

/// What will become of a row without anybody doing anything (`product.md`, Fate).
public enum Fate: Sendable, Hashable {
  /// Undone at the latest then (nil: at the next run, whose time is not known).
  case reverts(by: Date?)
  case stays(reason: String)
  case contested
  case pending
  case unknown

  public var word: String {
    switch self {
    case .reverts: "reverts"
    case .stays: "stays"
    case .contested: "contested"
    case .pending: "pending"
    case .unknown: "unknown"
    }
  }

  /// When it will be undone at the latest.
  public var time: Date? { if case .reverts(let time) = self { time } else { nil } }
  /// Why it stays.
  public var reason: String? { if case .stays(let reason) = self { reason } else { nil } }
}

public enum Certainty: String, Sendable, Hashable { case certain, likely }

/// Who wrote a field, from `metadata.managedFields`.
public struct FieldOwner: Sendable, Hashable {
  public let manager: String
  /// `Apply` or `Update`.
  public let operation: String
  /// `scale`, `status`, or empty.
  public let subresource: String
  /// When this manager last changed any of its fields: at the latest then, never the field's exact time.
  public let time: Date?

  public init(manager: String, operation: String, subresource: String, time: Date?) {
    self.manager = manager
    self.operation = operation
    self.subresource = subresource
    self.time = time
  }
}

/// A commit as rows show it.
public struct CommitSummary: Sendable, Hashable {
  /// 40 hexadecimal digits.
  public let id: String
  public let author: String
  public let time: Date
  public let subject: String
  /// It carries a signature; whether that is good is not looked at.
  public let isSigned: Bool

  public init(id: String, author: String, time: Date, subject: String, isSigned: Bool = false) {
    self.id = id
    self.author = author
    self.time = time
    self.subject = subject
    self.isSigned = isSigned
  }

  public var short: String { String(id.prefix(7)) }
}

/// One field, or one whole object, that differs. Values are already redacted: a Secret's is a length and a short hash.
public struct DriftRow: Sendable, Hashable {
  /// The object with the difference, in the cluster where it lives.
  public let object: ObjectRef
  public let version: String
  public var reconciler: ObjectRef
  /// Keyed path for people, `spec.template.spec.containers[app].image`; empty for a whole object.
  public let path: String
  /// JSON pointer (RFC 6901) into the live object for machines; empty for a whole object.
  public let pointer: String
  public var driftClass: DriftClass
  public var cause: DriftCause
  public var fate: Fate
  /// What Git says; nil when Git does not set it.
  public let desired: String?
  /// What the API server holds; nil when it holds nothing there.
  public let live: String?
  public var owner: FieldOwner?
  /// The commit in effect for this object, when Git could be read.
  public var commit: CommitSummary?
  public var certainty: Certainty
  /// When this program first saw it.
  public var firstSeen: Date
  /// Not settled yet: shown dim, not counted (`drift.md`, Settling).
  public var provisional: Bool
  /// File and line of the desired value, `apps/web.yaml:14`.
  public var origin: String?
  /// A sentence for the selected row: finalizers that hold it, who removed the label, what a restart will do.
  public var note: String?
  /// RFC 6902: makes the live field what Git says; nil for secrets, large values and what no single field is.
  public var patch: String?

  public init(
    object: ObjectRef, version: String, reconciler: ObjectRef, path: String, pointer: String, driftClass: DriftClass,
    cause: DriftCause, fate: Fate = .unknown, desired: String?, live: String?, owner: FieldOwner? = nil,
    commit: CommitSummary? = nil, certainty: Certainty = .certain, firstSeen: Date, provisional: Bool = false,
    origin: String? = nil, note: String? = nil
  ) {
    self.object = object
    self.version = version
    self.reconciler = reconciler
    self.path = path
    self.pointer = pointer
    self.driftClass = driftClass
    self.cause = cause
    self.fate = fate
    self.desired = desired
    self.live = live
    self.owner = owner
    self.commit = commit
    self.certainty = certainty
    self.firstSeen = firstSeen
    self.provisional = provisional
    self.origin = origin
    self.note = note
  }

  /// What stays the same while a row lives: object and pointer.
  public struct ID: Sendable, Hashable {
    public let object: ObjectRef
    public let pointer: String
    public let isPending: Bool
  }
  public var id: ID { ID(object: object, pointer: pointer, isPending: driftClass == .pending) }
  public var counts: Bool { driftClass.isCounted && !provisional }
}
