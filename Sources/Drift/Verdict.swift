import FoundationEssentials
import GitOps
import Structured

/// Turns differences into rows: whose doing, which class, what becomes of it (`drift.md` R7, R8).
struct Verdict {
  let evaluation: Evaluation
  let ownership: Ownership
  let live: JSONNode
  let object: Object
  /// Another reconciler that applies the same object.
  let otherOwner: String?

  private var input: DriftInput { evaluation.input }
  private var reconciler: Resource { evaluation.input.reconciler }
  private var isSecret: Bool { input.object.groupKind == SecretValues.kind }

  // What is decided about one field.
  private struct Finding {
    var driftClass: DriftClass
    var cause: DriftCause
    var owner: FieldOwner?
    var note: String?
  }

  func row(_ difference: Difference, _ desired: DesiredObject) -> DriftRow {
    let path = FieldPath(difference.steps, live: live, desired: difference.desired)
    let owners = ownership.owners(of: path.owned)
    var finding = finding(difference, path, owners)
    apply(&finding, path)
    let texts = ValueText.pair(difference.desired, difference.live, steps: difference.steps, isSecret: isSecret)
    if finding.driftClass == .contested, finding.note == nil, let writer = writer(path, finding.owner) {
      finding.note = advice(path.text, desired: texts.desired, live: texts.live, by: writer)
    }
    let agrees = difference.isTyped && !ownership.isEmpty && owners.allSatisfy { $0.apiVersion == object.apiVersion }
    var row = make(
      path, finding, fate: fate(of: finding.driftClass), texts, certainty: agrees ? .certain : .likely,
      origin: difference.desired.flatMap { desired.place(of: $0.origin) })
    if row.driftClass.isCounted || row.driftClass == .delegated, !isSecret, difference.desired?.holdsSecret != true {
      row.patch = FieldPatch.text(
        path.pointer, difference.steps, desired: difference.desired, live: difference.live)
    }
    return row
  }

  func row(_ surplus: Surplus) -> DriftRow {
    let path = FieldPath(surplus.steps, live: live, desired: nil)
    let owner = surplus.entry.owner
    var finding = Finding(driftClass: .drifted, cause: surplus.isFromGit ? .removedFromGit : .added, owner: owner)
    if path.pointer == Self.restartedAt, let time = surplus.live.string {
      finding.note =
        "pods restarted by hand at \(time); the next reconcile removes the mark and rolls the pods again"
    }
    // The engine's own apply had it: either the next run takes it away, or this one has not ended.
    let isOwn = surplus.entry.party == .own
    if isOwn, isApplying || wroteAfterLastRun(owner) { finding = pending(owner) }
    apply(&finding, path)
    let outlook = evaluation.fate.added(by: owner, isOwnedByEngine: isOwn, isKustomize: evaluation.isKustomize)
    let texts = ValueText.pair(nil, surplus.live, steps: surplus.steps, isSecret: isSecret)
    var row = make(
      path, finding, fate: finding.driftClass == .drifted ? outlook : fate(of: finding.driftClass), texts,
      certainty: isOwn ? .likely : .certain, origin: nil)
    if row.driftClass.isCounted, !isSecret {
      row.patch = FieldPatch.text(path.pointer, surplus.steps, desired: nil, live: surplus.live)
    }
    return row
  }

  /// A field that an earlier revision or release had.
  func removed(_ field: RemovedFields.Field) -> DriftRow {
    let path = FieldPath(field.steps, live: live, desired: nil)
    let owner = ownership.owners(of: path.owned).first?.owner
    var finding = Finding(driftClass: .drifted, cause: .removedFromGit, owner: owner)
    apply(&finding, path)
    let texts = ValueText.pair(nil, field.live, steps: field.steps, isSecret: isSecret)
    return make(path, finding, fate: fate(of: finding.driftClass), texts, certainty: .likely, origin: nil)
  }

  /// A field that a person owns, where Git's value is not known.
  func touched(_ surplus: Surplus) -> DriftRow {
    let path = FieldPath(surplus.steps, live: live, desired: nil)
    let owner = surplus.entry.owner
    let how = owner.subresource.isEmpty ? owner.manager : "\(owner.manager) (\(owner.subresource))"
    let finding = Finding(
      driftClass: .touched, cause: .human, owner: owner, note: "set by \(how); Git's value is not known here")
    let texts = ValueText.pair(nil, surplus.live, steps: surplus.steps, isSecret: isSecret)
    return make(path, finding, fate: .unknown, texts, certainty: .likely, origin: nil)
  }

  /// A field that HEAD changes.
  func ahead(_ steps: [PathStep], desired: PackedNode?, live value: JSONNode?, origin: String?) -> DriftRow {
    let path = FieldPath(steps, live: live, desired: desired)
    let texts = ValueText.pair(desired, value, steps: steps, isSecret: isSecret)
    let finding = Finding(driftClass: .pending, cause: .gitAhead)
    return make(path, finding, fate: .pending, texts, certainty: .certain, origin: origin)
  }

  private static let restartedAt = "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt"

  // What the owners of a field that Git sets say (R7).
  private func finding(_ difference: Difference, _ path: FieldPath, _ owners: [Ownership.Entry]) -> Finding {
    switch difference.form {
    case .unknownField:
      return Finding(driftClass: .undetermined, cause: .unknownField, note: "the server drops it")
    case .encrypted: return Finding(driftClass: .undetermined, cause: .reason("encrypted value"))
    case .unknown:
      let text = difference.desired?.string.map { ": \($0)" } ?? ""
      return Finding(driftClass: .undetermined, cause: .reason("depends on a variable that is not known\(text)"))
    case .tooDeep: return Finding(driftClass: .undetermined, cause: .reason("nested too deep"))
    case .changed, .missing, .surplus: break
    }
    if let human = owners.first(where: { $0.party == .human && !sentOtherwise($0, difference) }) {
      return Finding(driftClass: .drifted, cause: .human, owner: human.owner)
    }
    if let controller = owners.first(where: { $0.party == .controller }) {
      return byController(controller.owner, difference, path)
    }
    if let unknown = owners.first(where: { $0.party == .unknown }) {
      return Finding(driftClass: .drifted, cause: .unknownOwner, owner: unknown.owner)
    }
    // Before Kubernetes 1.2x a scale leaves no owner: the engine's entry says nothing here (fact 8).
    if path.pointer == "/spec/replicas", let value = difference.live, value.kind == .number {
      if autoscaler(of: path) != nil {
        return Finding(driftClass: reconciler.corrects ? .contested : .delegated, cause: .controller)
      }
      return Finding(
        driftClass: .drifted, cause: .unknownOwner, note: "who scaled it is not recorded by this API server")
    }
    return byNobodyElse(owners.first { $0.party == .own }?.owner, difference)
  }

  /// Whether an owner is a client-side apply that sent another value than lives: then somebody wrote it of whom the server
  /// kept no record (fact 8).
  private func sentOtherwise(_ entry: Ownership.Entry, _ difference: Difference) -> Bool {
    guard entry.owner.manager.hasSuffix("client-side-apply"), let value = difference.live.flatMap({ Scalar($0) }),
      let applied = LastApplied.node(of: live),
      let sent = PackedNode(YAMLNode(json: JSON(applied))).follow(difference.steps, live: live).flatMap({ Scalar($0) })
    else { return false }
    return sent.text != value.text
  }

  private func autoscaler(of path: FieldPath) -> Autoscaler? {
    // KEDA makes a HorizontalPodAutoscaler of each of its own: that one says less.
    let writers = input.autoscalers.filter { $0.writes(path.pointer) }
    return writers.first { $0.ref.groupKind != Autoscaler.horizontal } ?? writers.first
  }

  /// Who writes a field that Git sets: a controller, by the object that tells it to where that is known.
  private func writer(_ path: FieldPath, _ owner: FieldOwner?) -> String? {
    if let autoscaler = autoscaler(of: path) { return autoscaler.text }
    guard let owner else { return nil }
    if owner.manager == "cert-manager-cainjector", let source = Self.authority(of: live) {
      return "\(owner.manager) (\(source))"
    }
    return owner.manager
  }

  /// Where cert-manager's injector takes the certificate from (cert-manager: annotations `inject-ca-from` and
  /// `inject-ca-from-secret`, both `namespace/name`).
  private static func authority(of live: JSONNode) -> String? {
    let annotations = live.value(at: "metadata", "annotations")
    if let name = annotations?["cert-manager.io/inject-ca-from"]?.string { return "Certificate \(name)" }
    return annotations?["cert-manager.io/inject-ca-from-secret"]?.string.map { "Secret \($0)" }
  }

  private func byController(_ owner: FieldOwner, _ difference: Difference, _ path: FieldPath) -> Finding {
    if path.pointer == "/spec/replicas", owner.manager == "kube-controller-manager", input.seesAutoscalers,
      autoscaler(of: path) == nil
    {
      // It scaled once, and does not any more: the next reconcile has the last word.
      return Finding(
        driftClass: .drifted, cause: .controller, owner: owner, note: "no autoscaler has this object as its target now")
    }
    if isResizedClaim(difference) {
      return Finding(driftClass: .delegated, cause: .controller, owner: owner, note: "resized; a claim cannot shrink")
    }
    return Finding(driftClass: reconciler.corrects ? .contested : .delegated, cause: .controller, owner: owner)
  }

  private func byNobodyElse(_ own: FieldOwner?, _ difference: Difference) -> Finding {
    if input.inputsChanged { return pending(own) }
    guard let own else {
      let note = difference.form == .missing && !ownership.isEmpty ? "a removal leaves no owner" : nil
      return Finding(driftClass: .drifted, cause: .unknownOwner, note: note)
    }
    if wroteAfterLastRun(own), reconciler.health == .progressing || input.sawEqual { return pending(own) }
    if let otherOwner {
      let note = "also applied by \(reconciler.ref.kind) \(otherOwner)"
      return Finding(driftClass: .contested, cause: .controller, owner: own, note: note)
    }
    if let newer = input.newerRelease {
      return Finding(
        driftClass: .drifted, cause: .releaseChanged, owner: own, note: "release v\(newer.version) says otherwise")
    }
    if case .revision = reconciler.inEffect, !input.sawEqual {
      return Finding(driftClass: .mutated, cause: .admission, owner: own)
    }
    return Finding(driftClass: .drifted, cause: .unknownOwner)
  }

  private func pending(_ owner: FieldOwner?) -> Finding {
    Finding(driftClass: .pending, cause: .partial, owner: owner)
  }

  private var isApplying: Bool { if case .either = reconciler.inEffect { true } else { false } }

  private func wroteAfterLastRun(_ owner: FieldOwner) -> Bool {
    guard let time = owner.time, let last = reconciler.lastRun else { return false }
    return time > last
  }

  private func isResizedClaim(_ difference: Difference) -> Bool {
    guard input.object.groupKind == GroupKind(group: "", kind: "PersistentVolumeClaim"),
      let mine = difference.desired.flatMap({ Scalar($0) }).flatMap({ Quantity($0.text) }),
      let theirs = difference.live.flatMap({ Scalar($0) }).flatMap({ Quantity($0.text) })
    else { return false }
    return theirs > mine
  }

  /// What was seen before, and what the user's rules say.
  private func apply(_ finding: inout Finding, _ path: FieldPath) {
    if finding.driftClass == .drifted, input.fought.contains(path.pointer) { finding.driftClass = .contested }
    guard finding.driftClass.isCounted,
      let rule = input.ignore.first(where: {
        $0.matches(kind: input.object.kind, pointer: path.pointer, owner: finding.owner)
      })
    else { return }
    finding.note = "ignored: \(rule.text)"
    if case .controller = finding.cause {
      finding.driftClass = .delegated
    } else {
      finding.driftClass = .excluded
      finding.cause = .ignored(rule: rule.text)
    }
  }

  private func fate(of driftClass: DriftClass) -> Fate {
    switch driftClass {
    case .drifted, .missing, .extra: return evaluation.fate.corrected
    case .contested:
      if case .stays(let reason) = evaluation.fate.corrected { return .stays(reason: reason) }
      return .contested
    case .pending: return .pending
    case .touched, .delegated, .mutated, .excluded, .undetermined: return .unknown
    }
  }

  private func advice(_ path: String, desired: String?, live: String?, by manager: String) -> String {
    let ours =
      desired.map { $0.count <= 40 ? " sets \($0) at each reconcile" : " sets it at each reconcile" } ?? " sets it"
    let theirs = live.map { $0.count <= 40 ? " sets \($0)" : " sets its own" } ?? " removes it"
    return "\(reconciler.ref.kind) \(reconciler.ref.name)\(ours), \(manager)\(theirs): take \(path) out of Git"
  }

  private func make(
    _ path: FieldPath, _ finding: Finding, fate: Fate, _ texts: (desired: String?, live: String?),
    certainty: Certainty, origin: String?
  ) -> DriftRow {
    DriftRow(
      object: input.object, version: input.version, reconciler: reconciler.ref, path: path.text, pointer: path.pointer,
      driftClass: finding.driftClass, cause: finding.cause, fate: fate, desired: texts.desired, live: texts.live,
      owner: finding.owner, certainty: certainty, firstSeen: input.now, origin: origin, note: finding.note)
  }
}
