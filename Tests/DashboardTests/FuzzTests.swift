import Cells
import FoundationEssentials
import GitOps
import Testing

@testable import Dashboard

/// Random keys, sizes and snapshots: nothing traps, and nothing is written that was not asked for.
@Suite struct FuzzTests {
  private static let chords: [KeyChord] =
    Commands.all.flatMap(\.keys) + Keymap.unbound.keys
    + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@/:-+_[]?=. ".map { KeyChord(.character($0)) }

  private func randomEvent(_ random: inout SeededGenerator, resizes: Bool) -> InputEvent {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<72: return .key(Self.chords.randomElement(using: &random)!)
    case 72..<82: return .key(["R", "W", "s", "Enter", "Enter", "Esc", "q"].randomElement(using: &random)!)
    case 82..<86: return .paste(["R", "\n", "apps /x @prod-eu", "カート"].randomElement(using: &random)!)
    case 86..<94:
      let actions: [InputEvent.Mouse.Action] = [.press(.left), .wheelUp, .wheelDown, .drag(.left), .press(.right)]
      let point = Point(x: Int.random(in: -5...250, using: &random), y: Int.random(in: -5...80, using: &random))
      return .mouse(.init(actions.randomElement(using: &random)!, at: point))
    default:
      guard resizes else { return .key("j") }
      return .resize(
        Size(width: Int.random(in: 0...300, using: &random), height: Int.random(in: 0...80, using: &random)))
    }
  }

  /// Another snapshot: rows missing, repeated in another order, changed.
  private func randomSnapshot(_ random: inout SeededGenerator) -> Snapshot {
    var snapshot = World.incident
    snapshot.reconcilers.shuffle(using: &random)
    snapshot.reconcilers.removeLast(Int.random(in: 0...snapshot.reconcilers.count, using: &random))
    snapshot.drift.shuffle(using: &random)
    snapshot.drift.removeLast(Int.random(in: 0...snapshot.drift.count, using: &random))
    snapshot.clusters.removeLast(Int.random(in: 0...3, using: &random))
    snapshot.repos.removeLast(Int.random(in: 0...3, using: &random))
    snapshot.namespaces.removeLast(Int.random(in: 0...5, using: &random))
    snapshot.log.removeLast(Int.random(in: 0...7, using: &random))
    return snapshot
  }

  @Test(arguments: [UInt64(1), 2, 3, 4]) func randomKeysNeverTrapAndWriteOnlyWhatWasConfirmed(seed: UInt64) {
    var random = SeededGenerator(state: seed)
    var state = World.state()
    var now = World.now
    var mutations = 0
    for step in 0..<3_000 {
      now = now.addingTimeInterval(Double.random(in: 0...0.4, using: &random))
      var asked: Dashboard.Confirmation?
      if case .confirmation(let confirmation) = state.overlay { asked = confirmation }
      let effects: [Effect]
      var isEnter = false
      if step.isMultiple(of: 97) {
        effects = update(&state, .snapshot(randomSnapshot(&random)), at: now)
      } else {
        let event = randomEvent(&random, resizes: true)
        isEnter = event == .key("Enter")
        effects = update(&state, .input(event), at: now)
      }
      for effect in effects {
        switch effect {
        case .mutate(let mutation):
          mutations += 1
          #expect(isEnter)
          #expect(asked?.target == mutation.target && asked?.verb == mutation.verb)
          #expect(asked?.isRipe(at: now) == true)
          _ = update(&state, .outcome(.mutation(mutation, accepted: Bool.random(using: &random), message: "")), at: now)
        case .loadObject(let ref):
          _ = update(&state, .outcome(.object(ref, .text(lines: ["a: 1", "b: 2"], managedFieldsFrom: 1))), at: now)
        case .explain(let ref):
          var explanation = Explanation()
          explanation.lines = [
            DiffLine(.context, "spec:"), DiffLine(.live, "  replicas: 5"), DiffLine(.git, "  replicas: 3"),
          ]
          _ = update(&state, .outcome(.explained(ref, explanation)), at: now)
        case .listUnmanaged(let place):
          var found = Unmanaged(at: now)
          let ref = ObjectRef(cluster: place.cluster, group: "", kind: "Secret", namespace: place.name, name: "old")
          found.objects = [UnmanagedObject(ref: ref, version: "v1", created: nil)]
          _ = update(&state, .outcome(.unmanaged(place, found)), at: now)
        case .copy: Issue.record("nobody allowed to write to the clipboard")
        case .refresh, .login, .stop, .quit: break
        }
      }
      if step.isMultiple(of: 19) { _ = view(state, size: state.size) }
      state.painted(at: now)
    }
    #expect(mutations > 0, "the walk never came to a write: it proves nothing")
  }

  @Test(arguments: [Mode.readOnly(reason: "--read-only"), .locked(reason: "policy")])
  func noKeysEverWriteWhenReadOnly(mode: Mode) {
    var random = SeededGenerator(state: 7)
    var state = World.state(mode: mode)
    var now = World.now
    for _ in 0..<10_000 {
      now = now.addingTimeInterval(0.2)
      let effects = update(&state, .input(randomEvent(&random, resizes: false)), at: now)
      for effect in effects {
        if case .mutate = effect { Issue.record("wrote while read-only") }
      }
      if case .confirmation = state.overlay { Issue.record("asked while read-only") }
      state.painted(at: now)
    }
  }

  @Test func everySizeCanBeDrawn() {
    let keys = ["", "Enter", "D", "?", "s Enter", "a", ": 'k'", "n", "5 j", "6 +", "@", "o", "!", "/ 'zzz'"]
    for (index, keys) in keys.enumerated() {
      var state = World.state(keys: keys)
      for width in stride(from: 1, through: 501, by: 40 + index) {
        for height in stride(from: 1, through: 201, by: 21 + index) {
          _ = update(&state, .input(.resize(Size(width: width, height: height))), at: World.now)
          #expect(view(state, size: state.size).size == Size(width: width, height: height))
        }
      }
    }
  }

  @Test func aStormOfSizesLeavesTheSelectionInSight() {
    var random = SeededGenerator(state: 11)
    var state = World.state(keys: "Right 4 G k k")
    let selected = state[.reconcilers].selected
    for _ in 0..<2000 {
      let size = Size(width: Int.random(in: 40...500, using: &random), height: Int.random(in: 10...200, using: &random))
      _ = update(&state, .input(.resize(size)), at: World.now)
      let position = state[.reconcilers]
      let rows = Layout(state).rows(.reconcilers)
      #expect(position.selected == selected)
      #expect(position.index >= position.top && position.index < position.top + rows, "\(size)")
    }
    _ = update(&state, .input(.resize(Size(width: 120, height: 36))), at: World.now)
    #expect(view(state, size: state.size).size == Size(width: 120, height: 36))
  }
}
