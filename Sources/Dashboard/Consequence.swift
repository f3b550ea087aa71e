import Cells
import FoundationEssentials
import GitOps

/// What a verb will do to the world, for its dialog: the blast radius first.
struct Consequence {
  let state: State
  let verb: Verb
  let row: ReconcilerRow

  var lines: [SafeText] {
    var lines = warnings
    switch verb {
    case .reconcile, .reconcileWithSource: lines += reconciling
    case .suspend: lines += suspending
    case .resume: lines += resuming
    case .force:
      lines += ["It installs or upgrades once more, although nothing changed or no retry is left"] + followers
    case .reset: lines.append("It forgets the failures it counted and tries again")
    case .sync, .syncAndPrune: lines += syncing
    case .previewSync: lines.append("Argo CD says what a sync would do; nothing is changed")
    }
    return lines
  }

  /// Counted rows of this reconciler.
  private var drift: [DriftRow] {
    (state.lists.driftOf[row.ref] ?? []).map { state.snapshot.drift[$0] }.filter(\.counts)
  }

  private var warnings: [SafeText] {
    guard let since = row.staleSince ?? state.cluster(row.ref.cluster)?.unconfirmedSince else { return [] }
    return [
      "\(untrusted: row.ref.cluster.name) is not confirmed for \(untrusted: Format.age(since, at: state.now)): what you see may be old, and the request may not arrive"
    ]
  }

  private var reconciling: [SafeText] {
    var lines: [SafeText] = []
    if verb == .reconcileWithSource, let source = row.resource.source {
      lines.append("First \(untrusted: source.kind) \(untrusted: source.path) fetches, then it applies what Git says")
    }
    lines += reverting
    lines += arriving
    lines += followers
    return lines
  }

  /// By hand, a sync also undoes what the Application does not heal by itself.
  private var syncing: [SafeText] {
    var lines: [SafeText] = []
    let counted = drift.filter { $0.driftClass != .extra }.count
    if counted > 0 { lines.append("Reverts \(untrusted: Format.count(counted, "drift row")) to what Git says") }
    lines += arriving
    if lines.isEmpty { lines.append("No difference is known that it would undo") }
    lines.append(
      verb == .syncAndPrune ? "Deletes what Git no longer contains" : "Deletes nothing that Git no longer contains")
    return lines + followers
  }

  /// What is undone, and what is not.
  private var reverting: [SafeText] {
    if row.undetermined != nil { return ["What it will revert cannot be told: its drift is undetermined"] }
    let rows = drift
    guard !rows.isEmpty else { return ["No drift is known that it would revert"] }
    var lines: [SafeText] = []
    let undone = rows.filter { row in
      if case .stays = row.fate { return false }
      return true
    }
    let missing = undone.filter { $0.driftClass == .missing }.count
    let extra = undone.filter { $0.driftClass == .extra }.count
    let fields = undone.count - missing - extra
    if fields > 0 { lines.append("Reverts \(untrusted: Format.count(fields, "drifted field")) to what Git says") }
    if missing > 0 { lines.append("Creates \(untrusted: Format.count(missing, "missing object"))") }
    if extra > 0, row.resource.prunes {
      lines.append("Deletes \(untrusted: Format.count(extra, "object")) that Git no longer contains")
    }
    let staying = rows.count - undone.count
    if staying > 0 {
      lines.append("\(untrusted: Format.count(staying, "drift row stays", "drift rows stay")): it does not undo them")
    }
    return lines
  }

  private var arriving: [SafeText] {
    if case .ahead(let commits) = row.head {
      let count: SafeText = commits.map { "\(untrusted: Format.count($0, "commit"))" } ?? "new commits"
      return verb == .reconcileWithSource || verb == .resume
        ? ["Git is ahead: \(count) will be applied"]
        : ["Git is ahead by \(count), applied as far as the source has fetched"]
    }
    if row.drift.pending > 0 {
      return ["\(untrusted: Format.count(row.drift.pending, "pending change")) will be applied"]
    }
    return []
  }

  private var followers: [SafeText] {
    let dependants = state.lists.dependants[row.ref] ?? 0
    guard dependants > 0 else { return [] }
    return ["\(untrusted: Format.count(dependants, "reconciler depends", "reconcilers depend")) on it and follow"]
  }

  private var suspending: [SafeText] {
    var lines: [SafeText] = ["It stops following Git; nothing resumes it by itself, not even at the end named below"]
    let reverting = drift.filter { if case .reverts = $0.fate { true } else { false } }.count
    if reverting > 0 { lines.append("\(untrusted: Format.count(reverting, "drift row")) that would revert will stay") }
    let dependants = state.lists.dependants[row.ref] ?? 0
    if dependants > 0 {
      lines.append("\(untrusted: Format.count(dependants, "reconciler depends", "reconcilers depend")) on it")
    }
    if let parent {
      lines.append(
        "\(untrusted: Names.label(parent.ref)) applies it: if Git sets spec.suspend, that undoes the suspension")
    }
    return lines
  }

  /// The reconciler that has this one in its inventory and is running.
  private var parent: ReconcilerRow? {
    state.snapshot.reconcilers.first { candidate in
      candidate.ref != row.ref && candidate.ref.cluster == row.ref.cluster
        && candidate.resource.health != .suspended
        && candidate.resource.inventory.contains {
          $0.name == row.ref.name && $0.namespace == row.ref.namespace && $0.groupKind == row.ref.groupKind
        }
    }
  }

  private var resuming: [SafeText] {
    var lines: [SafeText] = ["It follows Git again and runs at once"]
    let counted = drift
    if counted.isEmpty, row.undetermined == nil {
      lines.append("No drift is known that it would revert")
    } else if row.undetermined != nil {
      lines.append("What it will revert cannot be told: its drift is undetermined")
    } else if row.resource.corrects {
      lines.append("Reverts \(untrusted: Format.count(counted.count, "drift row"))")
    } else {
      lines.append(
        "\(untrusted: Format.count(counted.count, "drift row stays", "drift rows stay")): it does not undo changes")
    }
    return lines + arriving + followers
  }
}
