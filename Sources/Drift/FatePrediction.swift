import FoundationEssentials
import GitOps

/// What becomes of a difference without anybody doing anything (`drift.md` R8, Fate).
struct FatePrediction {
  let reconciler: Resource
  let now: Date
  /// Why this object is left alone although its reconciler is not: its own switches.
  var objectPause: String?
  /// The release is not the one that the HelmRelease made: helm-controller upgrades it whatever its drift detection says
  /// (helm-controller: internal/reconcile/state.go, ReleaseStatusUnmanaged).
  var isReleaseChanged = false

  /// A field that Git sets, or an object that Git has.
  var corrected: Fate {
    if let blocked { return blocked }
    if !reconciler.corrects, !isReleaseChanged {
      return .stays(reason: isHelm ? "drift detection is off" : "nothing applies it again")
    }
    return .reverts(by: next)
  }

  /// A field that only live has.
  /// - Parameters:
  ///   - isOwnedByEngine: an apply of the engine put it there: the next one takes it away.
  ///   - isKustomize: the engine is kustomize-controller, which removes what `kubectl` wrote (wire-facts 1.4).
  func added(by owner: FieldOwner?, isOwnedByEngine: Bool, isKustomize: Bool) -> Fate {
    if let blocked { return blocked }
    if isOwnedByEngine { return corrected }
    guard isKustomize else { return .stays(reason: "Git does not set it") }
    if let owner, owner.manager.hasPrefix("kubectl"), owner.subresource.isEmpty { return .reverts(by: next) }
    return .stays(reason: owner.map { "kustomize-controller leaves what \($0.manager) added" } ?? "Git does not set it")
  }

  /// An object that Git no longer has.
  var pruned: Fate {
    if let blocked { return blocked }
    return reconciler.prunes ? .reverts(by: next) : .stays(reason: "prune is off")
  }

  /// Why no run will reach the apply.
  private var blocked: Fate? {
    if reconciler.suspension != nil { return .stays(reason: "suspended") }
    if let objectPause { return .stays(reason: objectPause) }
    if let stalled = reconciler.conditions.first(where: { $0.type == "Stalled" && $0.status == "True" }) {
      return .stays(reason: "stalled: \(stalled.reason)")
    }
    if reconciler.health == .deleting { return .unknown }
    switch reconciler.reason {
    case "ArtifactFailed", "BuildFailed", "DependencyNotReady", "SourceNotReady", "ValuesError":
      return .stays(reason: "no apply: \(reconciler.reason)")
    case "ReconciliationFailed": return .unknown
    default: return nil
    }
  }

  private var isHelm: Bool { reconciler.ref.group == "helm.toolkit.fluxcd.io" }

  /// A run that is overdue has no time.
  private var next: Date? {
    let run = reconciler.nextRun ?? reconciler.lastRun.flatMap { last in reconciler.interval.map { last + $0 } }
    return run.flatMap { $0 >= now ? $0 : nil }
  }
}
