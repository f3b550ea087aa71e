import Cells
import GitOps

extension State {
  /// Brings everything derived in line with the facts after a message: lists, selections, scrolling, text.
  mutating func settle() {
    if !Layout.showsScopePanes(size), focus.isScope, !isZoomed { focus = .reconcilers }
    if focus == .drift || focus == .log { bottom = focus }
    refreshLists()
    let layout = Layout(self)
    for pane in Pane.allCases {
      self[pane].scroll(count: lists.count(of: pane), height: layout.rows(pane))
    }
    forgetUnused()
    refreshDocument(layout)
  }

  private mutating func refreshLists() {
    for pane in Pane.allCases {
      // Taken out of the state while it works on it, so that nothing is copied.
      var lists = Lists()
      swap(&lists, &self.lists)
      lists.refresh(pane, self)
      self.lists = lists
      let count = lists.count(of: pane)
      var position = self[pane]
      func id(_ index: Int) -> RowID { lists.id(of: pane, at: index, in: snapshot) }
      // Until somebody touches a key the worst is selected: facts arrive in any order.
      if pane == .reconcilers, position.selected == nil || !isTouched, let worst = lists.firstRow {
        position.select(worst, count: count, id: id)
      } else if pane == .log, follows {
        position.select(count - 1, count: count, id: id)
      } else {
        position.follow(count: count, mayBeNothing: pane.isScope, id: id)
      }
      self[pane] = position
    }
  }

  private mutating func forgetUnused() {
    if !unmanaged.isEmpty {
      let names = Set(screens.compactMap { if case .namespace(let name) = $0.subject { name } else { nil } })
      unmanaged = unmanaged.filter { names.contains($0.key.name) }
    }
    if !loaded.isEmpty {
      let used = Set(screens.compactMap(\.object))
      loaded = loaded.filter { used.contains($0.key) }
    }
    if !unfolded.isEmpty { unfolded = unfolded.filter { lists.reconcilerIndex[$0] != nil } }
  }

  private mutating func refreshDocument(_ layout: Layout) {
    guard var screen else {
      document = Document()
      return
    }
    document.refresh(self, width: layout.text.width)
    let count = document.rows.count
    let isAtEnd = follows && (screen.tab == .logs || screen.tab == .events)
    var scroll = screen.scroll
    scroll.top = Scroll.offset(
      isAtEnd ? .max : scroll.top, showing: nil, count: count, height: layout.text.height)
    if wide { scroll.column = 0 }
    screen.scroll = scroll
    screens[screens.count - 1] = screen
  }

  func reconciler(_ ref: ObjectRef) -> ReconcilerRow? {
    lists.reconcilerIndex[ref].map { snapshot.reconcilers[$0] }
  }

  func cluster(_ id: ClusterID) -> ClusterRow? { lists.clusterIndex[id].map { snapshot.clusters[$0] } }

  func driftRow(_ id: DriftRow.ID) -> DriftRow? {
    if case .drift(let selected) = self[.drift].selected, selected == id, self[.drift].index < lists.drift.count {
      let row = snapshot.drift[lists.drift[self[.drift].index]]
      if row.id == id { return row }
    }
    return snapshot.drift.first { $0.id == id }
  }

  func logLine(_ sequence: UInt64) -> LogLine? { snapshot.log.first { $0.sequence == sequence } }

  /// The reconciler that a verb would act on.
  var target: ReconcilerRow? {
    switch screen?.subject {
    case .reconciler(let ref): return reconciler(ref)
    case .object(let ref):
      return snapshot.drift.first { $0.object == ref }.flatMap { reconciler($0.reconciler) }
    case .coverage(let ref): return ref.flatMap(reconciler)
    case .cluster, .repo, .namespace, .help, .actions, .text: return nil
    case nil: break
    }
    switch self[focus].selected {
    case .reconciler(let ref), .fold(let ref): return reconciler(ref)
    case .drift(let id): return driftRow(id).flatMap { reconciler($0.reconciler) }
    case .log(let sequence): return logLine(sequence)?.object.flatMap(reconciler)
    case .cluster, .repo, .namespace, .unreachable, .coverage, nil: return nil
    }
  }

  /// What `Enter`, `d`, `y` and `e` open.
  var subject: Screen.Subject? {
    if let screen { return screen.subject }
    switch self[focus].selected {
    case .reconciler(let ref): return .reconciler(ref)
    case .fold(let ref): return .reconciler(ref)
    case .unreachable(let id), .cluster(let id): return .cluster(id)
    case .repo(let id): return .repo(id)
    case .namespace(let name): return .namespace(name)
    case .drift(let id): return .object(id.object)
    case .coverage: return .coverage(nil)
    case .log(let sequence):
      guard let object = logLine(sequence)?.object else { return nil }
      return reconciler(object) == nil ? nil : .reconciler(object)
    case nil: return nil
    }
  }

  /// Whether an action of ours on it is under way.
  func isInFlight(_ row: ReconcilerRow) -> Bool { row.inFlight || sent.values.contains { $0.target == row.ref } }
}
