import FoundationEssentials

/// Something that its engine leaves alone: a suspended resource, or a single object that says so itself.
public struct Pause: Sendable, Hashable {
  public let object: ObjectRef
  /// For a single object, the reconciler that leaves it alone.
  public let reconciler: ObjectRef?
  /// What pauses it: `suspended`, `auto-sync off`, `reconcile: disabled`.
  public let how: String
  /// As far as somebody wrote it down.
  public let suspension: Suspension
}

extension Snapshot {
  /// All that rests, by reference.
  public var paused: [Pause] {
    var pauses: [Pause] = []
    for row in reconcilers {
      guard let suspension = row.resource.suspension else { continue }
      pauses.append(Pause(object: row.ref, reconciler: nil, how: row.resource.pausedBy, suspension: suspension))
    }
    for row in drift where row.driftClass == .excluded && row.path.isEmpty {
      guard case .ignored(let rule) = row.cause, Self.switches.contains(where: rule.contains) else { continue }
      pauses.append(Pause(object: row.object, reconciler: row.reconciler, how: rule, suspension: Suspension()))
    }
    return pauses.sorted { $0.object < $1.object }
  }

  /// Annotations of single objects that keep an engine away (wire-facts 10.3).
  private static let switches = ["reconcile: disabled", "driftDetection: disabled", "fluxcd.io/ignore"]
}

extension Resource {
  /// The words for what pauses it.
  public var pausedBy: String {
    if isFrozen { return "skip-reconcile" }
    if ref.groupKind == ApplicationAdapter.kind.groupKind { return "auto-sync off" }
    if let flux = KindAdapters.adapter(for: ref.groupKind) as? any FluxAdapter.Type,
      case .annotation(let key) = flux.pause
    {
      return "\(key): disabled"
    }
    return "spec.suspend"
  }
}
