import FoundationEssentials
import GitOps
import Journal
import Kube
import Structured

extension Engine {
  /// Executes one effect; ends in exactly one outcome. `.login`, `.stop` and `.quit` are the program's
  /// own.
  public func perform(_ effect: Effect) async -> Outcome? {
    switch effect {
    case .mutate(let mutation):
      let (accepted, message) = await perform(mutation)
      return .mutation(mutation, accepted: accepted, message: message)
    case .loadObject(let ref): return .object(ref, await load(ref))
    case .explain(let ref): return .explained(ref, await explain(ref))
    case .listUnmanaged(let place): return .unmanaged(place, await unmanaged(in: place))
    case .refresh(let cluster):
      refresh(cluster)
      return .refreshed
    case .login, .stop, .copy, .quit: return nil
    }
  }

  private func perform(_ mutation: Mutation) async -> (Bool, String) {
    let cluster = clusters[mutation.target.cluster]?.options
    guard cluster?.readOnly != true else {
      return (false, "read-only: set for cluster \(mutation.target.cluster) in the configuration")
    }
    guard let writer = cluster?.writer else { return (false, "read-only: this program was started without a writer") }
    guard let resource = resources[mutation.target], resource.uid == mutation.uid else {
      return (false, "\(mutation.target.kind) \(mutation.target.path) is not the object that was on screen any more")
    }
    if let refusal = KindAdapters.adapter(for: resource.ref.groupKind)?.refusal(of: mutation.verb, on: resource) {
      return (false, "\(mutation.target.kind) \(mutation.target.path): \(refusal)")
    }
    let begun = options.now()
    let token = Timestamp.format(begun, digits: 6)
    if let source = mutation.source, mutation.verb == .reconcileWithSource {
      let sent = await send(.reconcile, to: source, mutation, token: token, writer: writer)
      guard sent.accepted else { return sent }
      guard await isHandled(source, token: token) else {
        return (
          false, "\(source.kind) \(source.path) did not answer within 60s; nothing was sent to \(mutation.target.path)"
        )
      }
    }
    let verb: Verb = mutation.source != nil && mutation.verb == .reconcileWithSource ? .reconcile : mutation.verb
    return await send(verb, to: mutation.target, mutation, token: token, writer: writer)
  }

  private func send(
    _ verb: Verb, to ref: ObjectRef, _ mutation: Mutation, token: String, writer: any MutationWriter
  ) async -> (accepted: Bool, message: String) {
    guard let resource = resources[ref], let adapter = KindAdapters.adapter(for: ref.groupKind),
      let patch = adapter.patch(
        verb, request: PatchRequest(token: token, suspension: mutation.suspension, object: store.object(ref)))
    else { return (false, "\(ref.kind) has no \(verb.word)") }
    let request = "PATCH \(ref.kind) \(ref.path) \(String(decoding: patch.encoded(), as: UTF8.self))"
    let index = begin(
      ActionRecord(
        mutation: mutation, stage: .sending, begun: options.now(), changed: options.now(), token: token, message: "",
        request: request, equivalent: Self.equivalent(verb, ref, adapter, patch)))
    do throws(JournalError) {
      try await options.journal?.record(actions[index])
    } catch {
      finish(mutation.id, ref, .failed, "the journal refused the action: \(error)")
      return (false, "not sent: the journal refused the action: \(error)")
    }
    do throws(APIError) {
      try await writer.patch(
        ref, version: resource.version, plural: adapter.kind.plural, patch: patch, uid: resource.uid)
      finish(mutation.id, ref, .accepted, "accepted by the API server")
      await journal(mutation)
      return (true, "\(verb.word) \(ref.path): accepted")
    } catch {
      // A request whose answer was lost may have been carried out: nobody claims to know, and nothing is sent again.
      let stage: ActionRecord.Stage = error.isCertainlyNotDone ? .failed : .unknown
      finish(mutation.id, ref, stage, error.description)
      await journal(mutation)
      return (false, error.description)
    }
  }

  private func begin(_ record: ActionRecord) -> Int {
    actions.append(record)
    if actions.count > 500 { actions.removeFirst(actions.count - 500) }
    markDirty()
    return actions.count - 1
  }

  private func finish(_ id: UInt64, _ ref: ObjectRef, _ stage: ActionRecord.Stage, _ message: String) {
    guard let index = actions.lastIndex(where: { $0.mutation.id == id }) else { return }
    // The watch may have been faster than the answer.
    if stage == .accepted, actions[index].stage != .sending { return }
    actions[index].stage = stage
    actions[index].message = message
    actions[index].changed = options.now()
    markDirty()
  }

  private func journal(_ mutation: Mutation) async {
    guard let record = actions.last(where: { $0.mutation.id == mutation.id }) else { return }
    try? await options.journal?.record(record)
  }

  /// What a status says about open actions: handled when the token came back, then ready or failed.
  func advanceActions(_ resource: Resource) {
    if let token = resource.handledToken, let waiters = handledWaiters.removeValue(forKey: token) {
      for waiter in waiters { waiter.resume(returning: true) }
    }
    for index in actions.indices where actions[index].mutation.target == resource.ref && actions[index].isOpen {
      var record = actions[index]
      switch record.mutation.verb {
      case .reconcile, .reconcileWithSource, .force, .reset, .sync, .syncAndPrune, .previewSync:
        guard record.stage != .sending || resource.handledToken == record.token,
          KindAdapters.adapter(for: resource.ref.groupKind)?
            .isHandled(record.mutation.verb, resource, token: record.token, since: record.begun) == true
        else { continue }
        record.stage = .handled
        record.message = "handled by the controller"
        if resource.health == .ready {
          record.stage = .ready
          record.message = resource.message
        } else if resource.health == .failed {
          record.stage = .failed
          record.message = resource.message
        }
      case .suspend:
        guard resource.health == .suspended else { continue }
        record.stage = .ready
        record.message = "suspended"
      case .resume:
        guard resource.health != .suspended else { continue }
        record.stage = .ready
        record.message = "resumed"
      }
      guard record != actions[index] else { continue }
      record.changed = options.now()
      actions[index] = record
      markDirty()
      let mutation = record.mutation
      Task { await journal(mutation) }
    }
  }

  /// Waits until the watch reports the token as handled, at most a minute.
  private func isHandled(_ ref: ObjectRef, token: String) async -> Bool {
    if resources[ref]?.handledToken == token { return true }
    let timeout = Task {
      try? await Task.sleep(for: .seconds(60))
      giveUp(token)
    }
    defer { timeout.cancel() }
    return await withCheckedContinuation { handledWaiters[token, default: []].append($0) }
  }

  private func giveUp(_ token: String) {
    for waiter in handledWaiters.removeValue(forKey: token) ?? [] { waiter.resume(returning: false) }
  }

  /// What one would type instead: the system's own command, else the same patch by kubectl.
  static func equivalent(_ verb: Verb, _ ref: ObjectRef, _ adapter: any KindAdapter.Type, _ patch: JSON) -> String {
    if let command = adapter.command(verb, ref) { return command }
    let place = ref.namespace.isEmpty ? "" : " -n \(ref.namespace)"
    let text = Shell.quoted(String(decoding: patch.encoded(), as: UTF8.self))
    return
      "kubectl --context \(ref.cluster) patch \(adapter.kind.plural).\(ref.group) \(ref.name)\(place) --type merge -p \(text)"
  }

  private func load(_ ref: ObjectRef) async -> LoadedObject {
    guard mayRead(ref.groupKind) else { return .failed(Self.secretsNotRead) }
    guard let reader = clusters[ref.cluster]?.reader else { return .failed("\(ref.cluster) is not connected") }
    guard let state = clusters[ref.cluster], let discovery = state.discovery,
      let resource = servedResource(ref.groupKind, preferring: [:], in: discovery)
    else { return .failed("the cluster does not serve \(ref.groupKind)") }
    do throws(APIError) {
      let object = try await reader.get(ref, version: resource.version, plural: resource.plural)
      return ObjectText.lines(of: object)
    } catch {
      return .failed(error.description)
    }
  }
}
