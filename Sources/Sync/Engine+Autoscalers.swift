import Drift
import GitOps

/// Autoscalers write to objects that Git has too: which one has which target decides whose doing a difference is.
extension Engine {
  /// An object came, changed or went (nil): where it is an autoscaler, what it scales is compared again.
  func autoscalerChanged(_ object: Object?, _ ref: ObjectRef) {
    guard Autoscaler.kinds.contains(ref.groupKind) else { return }
    let new = object.flatMap { Autoscaler($0) }
    let old = autoscalers[ref]
    guard new != old else { return }
    autoscalers[ref] = new
    if let target = old?.target {
      autoscaled[target]?.remove(ref)
      if autoscaled[target]?.isEmpty == true { autoscaled[target] = nil }
      compareOwners(of: target)
    }
    if let target = new?.target {
      autoscaled[target, default: []].insert(ref)
      compareOwners(of: target)
    }
  }

  /// Every kind of autoscaler that the cluster serves was listed where the object is.
  func seesAutoscalers(of object: ObjectRef) -> Bool {
    guard let state = clusters[object.cluster] else { return false }
    let streams = state.wanted.filter { $0.selector == .everything && Autoscaler.kinds.contains($0.groupKind) }
    return !streams.isEmpty
      && streams.allSatisfy { whole in
        state.visibility.streams(of: whole).contains { part in
          (part.namespace == nil || part.namespace == object.namespace) && state.listed.contains(part)
        }
      }
  }
}
