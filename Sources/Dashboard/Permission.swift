import GitOps

extension State {
  /// Whether a verb can be done to a row, and if not, why. Read-only is not asked here but in `Command.availability`.
  func availability(of verb: Verb, on row: ReconcilerRow?) -> Availability {
    guard let row else { return screens.isEmpty ? .denied("select a reconciler first") : .hidden }
    if cluster(row.ref.cluster)?.readOnly == true {
      return .denied("\(row.ref.cluster.name) is read-only by configuration")
    }
    guard let adapter = KindAdapters.adapter(for: row.ref.groupKind), adapter.verbs.contains(verb) else {
      return .denied("\(row.ref.kind) cannot be told to \(verb.word)")
    }
    if let reason = row.denied[verb] { return .denied(reason) }
    if isInFlight(row) { return .denied("a request to \(Names.label(row.ref)) is under way") }
    if row.resource.health == .deleting { return .denied("\(Names.label(row.ref)) is being deleted") }
    let known = verb.isReconcile ? availabilityOfReconcile(verb, row, adapter) : availabilityOfSuspension(verb, row)
    guard case .ready = known, let refusal = adapter.refusal(of: verb, on: row.resource) else { return known }
    return .denied("\(Names.label(row.ref)): \(refusal)")
  }

  private func availabilityOfReconcile(
    _ verb: Verb, _ row: ReconcilerRow, _ adapter: any KindAdapter.Type
  ) -> Availability {
    if row.resource.health == .suspended,
      row.resource.suspension == nil || adapter.refusal(of: verb, on: row.resource) != nil
    {
      let by = row.resource.suspension?.by.map { " by \($0)" } ?? ""
      return .denied("suspended\(by): a reconcile would do nothing; resume it first (s)")
    }
    guard verb == .reconcileWithSource, !adapter.fetchesItself else { return .ready }
    guard let source = row.resource.source else { return .denied("\(Names.label(row.ref)) has no source object") }
    if snapshot.sources.first(where: { $0.ref == source })?.health == .suspended {
      return .denied("its source \(source.kind) \(source.path) is suspended: resume that first")
    }
    return .ready
  }

  private func availabilityOfSuspension(_ verb: Verb, _ row: ReconcilerRow) -> Availability {
    let isSuspended = row.resource.health == .suspended
    if verb == .suspend, isSuspended { return .denied("\(Names.label(row.ref)) is already suspended") }
    if verb == .resume, !isSuspended { return .denied("\(Names.label(row.ref)) is not suspended") }
    return .ready
  }
}

extension Verb {
  var isReconcile: Bool { self != .suspend && self != .resume }
}

extension ReconcilerRow {
  /// Whether its controller reads the source by itself.
  var fetchesItself: Bool { KindAdapters.adapter(for: ref.groupKind)?.fetchesItself ?? false }
}
