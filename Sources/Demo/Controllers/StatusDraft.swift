import FoundationEssentials
import GitOps
import Structured

/// The status of a Flux object while a run works on it.
struct StatusDraft: Sendable {
  /// As it was when the run began; its uid and generation are those of the whole run.
  let object: JSON
  var status: JSON
  let generation: Int
  /// `reconcile.fluxcd.io/requestedAt` when the run began: echoed when it ends.
  let token: String?
  let began: Date
  /// `reconcileID` of the log lines.
  let run: String

  init(_ object: JSON, run: String, at now: Date) {
    self.object = object
    self.run = run
    began = now
    status = object["status"] ?? [:]
    generation = object["metadata"]?["generation"]?.int ?? 1
    token = object["metadata"]?["annotations"]?[FluxAnnotation.requestedAt]?.string
  }

  mutating func set(_ type: String, _ value: String, _ reason: String, _ message: String, at now: Date) {
    var conditions = Conditions(["status": status])
    conditions.set(type, value, reason, message, generation: generation, at: now)
    status["conditions"] = .array(conditions.json)
  }

  mutating func remove(_ type: String) {
    var conditions = Conditions(["status": status])
    conditions.remove(type)
    status["conditions"] = .array(conditions.json)
  }

  func condition(_ type: String) -> JSON? { Conditions(["status": status])[type] }

  /// Work is going on: Reconciling, and Ready unknown (wire-facts 1.2).
  mutating func progress(_ message: String, ready: String, at now: Date) {
    set("Reconciling", "True", "Progressing", message, at: now)
    set("Ready", "Unknown", "Progressing", ready, at: now)
  }

  /// The end of a run: the request is answered whether it went well or not.
  mutating func succeed(_ reason: String, _ message: String, at now: Date) {
    remove("Reconciling")
    remove("Stalled")
    set("Ready", "True", reason, message, at: now)
    status["observedGeneration"] = .integer(generation)
    if let token { status["lastHandledReconcileAt"] = .string(token) }
  }

  mutating func fail(_ reason: String, _ message: String, at now: Date) {
    if let message = condition("Reconciling")?["message"]?.string {
      set("Reconciling", "True", "ProgressingWithRetry", message, at: now)
    }
    set("Ready", "False", reason, message, at: now)
    if let token { status["lastHandledReconcileAt"] = .string(token) }
  }

  /// Something asks for a run: a token that was not answered, a generation that was not seen.
  static func isAsked(_ object: JSON) -> Bool {
    let token = object["metadata"]?["annotations"]?[FluxAnnotation.requestedAt]?.string
    if let token, token != object["status"]?["lastHandledReconcileAt"]?.string { return true }
    guard let ready = Conditions(object)["Ready"] else { return true }
    return ready["observedGeneration"]?.int != object["metadata"]?["generation"]?.int
  }
}

/// Seconds of a Go duration field; `fallback` when it is missing or odd.
func seconds(_ json: JSON?, _ fallback: Double) -> Double {
  json?.string.flatMap(GoDuration.parse).flatMap { $0 > 0 ? $0 : nil } ?? fallback
}

/// As Go prints durations: `10m0s`, `1h0m0s`, `1.2s`.
func goText(_ seconds: Double) -> String {
  let whole = Int(seconds)
  let fraction = Int(((seconds - Double(whole)) * 1000).rounded())
  var tail = String(whole % 60)
  if fraction > 0 {
    var digits = String(repeating: "0", count: max(0, 3 - String(fraction).count)) + String(fraction)
    while digits.hasSuffix("0") { digits.removeLast() }
    tail += ".\(digits)"
  }
  if whole >= 3600 { return "\(whole / 3600)h\(whole / 60 % 60)m\(tail)s" }
  return whole >= 60 ? "\(whole / 60)m\(tail)s" : "\(tail)s"
}

extension StatusDraft {
  /// The same draft over the object as it is now, so that only differences from there are written.
  func rebased(on newer: JSON) -> StatusDraft {
    StatusDraft(object: newer, status: status, generation: generation, token: token, began: began, run: run)
  }

  private init(object: JSON, status: JSON, generation: Int, token: String?, began: Date, run: String) {
    self.object = object
    self.status = status
    self.generation = generation
    self.token = token
    self.began = began
    self.run = run
  }

  /// A line of `status.history` (wire-facts 1.4): the same digest and outcome count up and move to the front.
  mutating func note(_ outcome: String, _ revision: String, _ digest: String, at now: Date) {
    var history = status["history"]?.array ?? []
    let time = JSON.string(Timestamp.format(now))
    var entry: JSON = ["digest": .string(digest), "firstReconciled": time, "totalReconciliations": 0]
    if let index = history.firstIndex(where: {
      $0["digest"]?.string == digest && $0["lastReconciledStatus"]?.string == outcome
    }) {
      entry = history.remove(at: index)
    }
    entry["lastReconciled"] = time
    entry["lastReconciledDuration"] = .string(goText(max(0.1, now.timeIntervalSince(began))))
    entry["lastReconciledStatus"] = .string(outcome)
    entry["metadata"] = ["revision": .string(revision)]
    entry["totalReconciliations"] = .integer((entry["totalReconciliations"]?.int ?? 0) + 1)
    status["history"] = .array(Array(([entry] + history).prefix(5)))
  }
}
