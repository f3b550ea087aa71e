import Cells
import FoundationEssentials
import GitOps

/// From the key of a verb to the mutation: the question, its answer, the outcome.
extension State {
  /// Opens the dialog. The caller has checked the availability.
  mutating func ask(_ verb: Verb) {
    guard let row = target else { return }
    var confirmation = Confirmation(
      verb: verb, target: row.ref, uid: row.resource.uid,
      source: verb == .reconcileWithSource && !row.fetchesItself ? row.resource.source : nil)
    if verb == .suspend {
      let reason = user.isEmpty ? "incident" : "incident, \(user)"
      confirmation.fields = [
        Confirmation.Field(name: .reason, text: reason), Confirmation.Field(name: .span, text: "4h"),
      ]
    }
    overlay = .confirmation(confirmation)
  }

  /// Enter in the dialog. It counts only 300 ms after the dialog was painted, and only while the facts still allow it.
  mutating func answer(_ confirmation: Confirmation) -> [Effect] {
    guard confirmation.isRipe(at: now) else { return [] }
    guard let row = reconciler(confirmation.target), row.resource.uid == confirmation.uid else {
      overlay = nil
      say("\(untrusted: Names.label(confirmation.target)) was replaced meanwhile: look again", .warning)
      return []
    }
    if case .denied(let reason) = availability(of: confirmation.verb, on: row) {
      overlay = nil
      say(SafeText(untrusted: reason), .warning)
      return []
    }
    var suspension: Suspension?
    if confirmation.verb == .suspend {
      switch read(confirmation) {
      case .success(let read): suspension = read
      case .failure(let problem):
        var asked = confirmation
        asked.problem = problem.sentence
        overlay = .confirmation(asked)
        return []
      }
    }
    let mutation = Mutation(
      id: nextMutation, verb: confirmation.verb, target: row.ref, uid: row.resource.uid, source: confirmation.source,
      suspension: suspension)
    nextMutation += 1
    sent[mutation.id] = mutation
    overlay = nil
    report("\(words(mutation)): sending", .plain)
    return [.mutate(mutation)]
  }

  private struct Problem: Error { let sentence: String }

  private func read(_ confirmation: Confirmation) -> Result<Suspension, Problem> {
    let span = confirmation.text(of: .span).filter { $0 != " " }
    var until: Date?
    if !span.isEmpty {
      guard let seconds = Format.parseSpan(span) else {
        return .failure(Problem(sentence: "\"\(span)\" is not a span: write 30m, 4h or 2d, at most a year"))
      }
      until = now.addingTimeInterval(seconds)
    }
    let reason = confirmation.text(of: .reason)
    return .success(
      Suspension(
        by: user.isEmpty ? nil : user, reason: reason.isEmpty ? nil : reason, since: now, until: until))
  }

  mutating func take(_ outcome: Outcome) {
    switch outcome {
    case .mutation(let mutation, let accepted, let message):
      sent[mutation.id] = nil
      let words = words(mutation)
      let text = Names.oneLine(message, limit: 500)
      if accepted {
        report(text.isEmpty ? "\(words): accepted" : "\(words): accepted, \(untrusted: text)", .good)
      } else {
        say("\(words) failed: \(untrusted: text)", .error)
      }
    case .object(let ref, let content):
      // Nobody waits for it any more when its screen was closed.
      if loaded[ref] != nil { loaded[ref] = LoadedText(content: content) }
    case .unmanaged(let place, let found):
      guard unmanaged[place] != nil else { return }
      unmanaged[place] = .some(found)
      answers += 1
    case .explained(let ref, let explanation): take(explanation, of: ref)
    case .refreshed: report("listed again", .good)
    case .login(let cluster, nil): report("logged in to \(untrusted: cluster.name)", .good)
    case .login(let cluster, let problem?):
      say("log-in to \(untrusted: cluster.name) failed: \(untrusted: Names.oneLine(problem, limit: 400))", .error)
    }
  }

  /// `reconcile ks flux-system/apps on prod-eu`.
  func words(_ mutation: Mutation) -> SafeText {
    "\(untrusted: mutation.verb.word) \(untrusted: Names.label(mutation.target)) on \(untrusted: mutation.target.cluster.name)"
  }
}
