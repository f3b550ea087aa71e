import Drift
import GitOps
import Kube
import Structured

/// The answer to a dry run of one desired object on one state of the live one (`drift.md` B.5).
struct Confirmation: Sendable {
  enum State: Sendable {
    case asking
    /// Not allowed, or refused, such as by a webhook with side effects: the verdict stays as it was.
    case refused
    case answered([DriftRow])
  }

  let uid: String
  let resourceVersion: String
  let desired: PackedNode
  var state = State.asking

  func isSame(as other: Confirmation) -> Bool {
    uid == other.uid && resourceVersion == other.resourceVersion && desired == other.desired
  }
}

/// Server-side dry runs that confirm rows, where the user asked for them. Never needed for a verdict.
extension Engine {
  /// The field manager of the applies of a reconciler; nil where it applies in another way.
  private static func applier(of reconciler: ObjectRef) -> String? {
    reconciler.group == "kustomize.toolkit.fluxcd.io" ? "kustomize-controller" : nil
  }

  private static func question(_ request: CompareRequest) -> Confirmation? {
    guard case .present(let live, _) = request.input.live, case .object(let desired) = request.input.desired,
      live.version == desired.version, Prediction.isPossible(for: desired), applier(of: request.pair.reconciler) != nil
    else { return nil }
    return Confirmation(uid: live.uid, resourceVersion: live.resourceVersion, desired: desired.packed)
  }

  /// The rows with what a dry run said of them; asks for one where nothing was asked yet.
  func confirmed(_ rows: [DriftRow], _ request: CompareRequest) -> [DriftRow] {
    guard options.confirmsByDryRun, let cluster = clusters[request.pair.object.cluster], cluster.options.writer != nil
    else { return rows }
    guard rows.contains(where: Prediction.concerns), let question = Self.question(request) else {
      confirmations[request.pair] = nil
      return rows
    }
    if let known = confirmations[request.pair], known.isSame(as: question) {
      guard case .answered(let predicted) = known.state else { return rows }
      return Prediction.confirmed(rows, by: predicted)
    }
    confirmations[request.pair] = question
    confirmQueue.add(request.pair)
    return rows
  }

  func confirmLoop() async {
    await work(confirmQueue.wakeUps, width: 4, take: { $0.takeConfirmation() }) { requests in
      for request in requests { await self.confirm(request) }
    }
  }

  /// What a dry run needs: the request as it is now, and who sends it.
  private struct ConfirmRequest: Sendable {
    let pair: Pair
    let question: Confirmation
    let request: CompareRequest
    let resource: ServedResource
    let reader: KubeReader
    let writer: any MutationWriter
  }

  private func takeConfirmation() -> [ConfirmRequest] {
    while let pair = confirmQueue.take(1).first {
      if let request = compareRequest(pair), let question = Self.question(request),
        confirmations[pair]?.isSame(as: question) == true, let state = clusters[pair.object.cluster],
        let resource = state.discovery?.resource(for: pair.object.groupKind, version: request.input.version),
        let reader = state.reader, let writer = state.options.writer, !state.options.readOnly
      {
        return [
          ConfirmRequest(
            pair: pair, question: question, request: request, resource: resource, reader: reader, writer: writer)
        ]
      }
      // What it was asked for is another by now, and is asked for with the next comparison.
      confirmations[pair] = nil
      confirmQueue.done(1)
      workDone()
    }
    return []
  }

  nonisolated private func confirm(_ item: ConfirmRequest) async {
    await answered(item, await Self.answer(item))
  }

  private nonisolated static func answer(_ item: ConfirmRequest) async -> Confirmation.State {
    let ref = item.pair.object
    let question = AccessQuestion(
      verb: "patch", group: ref.group, resource: item.resource.plural, namespace: ref.namespace, name: ref.name)
    guard await item.reader.canI(question).isAllowed, let manager = applier(of: item.pair.reconciler) else {
      return .refused
    }
    do throws(APIError) {
      let predicted = try await item.writer.predict(
        ref, version: item.resource.version, plural: item.resource.plural, applying: item.question.desired.json,
        as: manager)
      let rows = try? Prediction.rows(of: predicted, item.request.input, schema: item.request.schema)
      return rows.map(Confirmation.State.answered) ?? .refused
    } catch {
      return .refused
    }
  }

  private func answered(_ item: ConfirmRequest, _ state: Confirmation.State) {
    confirmQueue.done(1)
    if confirmations[item.pair]?.isSame(as: item.question) == true {
      confirmations[item.pair]?.state = state
      compare(item.pair.object, under: item.pair.reconciler)
    }
    workDone()
  }
}
