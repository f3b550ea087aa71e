import FoundationEssentials
import GitOps
import Structured

/// `status.conditions` as Flux's controllers keep them (wire-facts 1.2): the time of a condition is that of its last
/// change of status.
struct Conditions {
  private(set) var json: [JSON]

  init(_ object: JSON) { json = object["status"]?["conditions"]?.array ?? [] }

  subscript(type: String) -> JSON? { json.first { $0["type"]?.string == type } }

  func isTrue(_ type: String) -> Bool { self[type]?["status"]?.string == "True" }

  mutating func set(
    _ type: String, _ status: String, _ reason: String, _ message: String, generation: Int?, at now: Date
  ) {
    var condition: JSON = [
      "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
      "lastTransitionTime": .string(Timestamp.format(now)),
    ]
    if let generation { condition["observedGeneration"] = .integer(generation) }
    if let index = json.firstIndex(where: { $0["type"]?.string == type }) {
      if json[index]["status"]?.string == status, let since = json[index]["lastTransitionTime"] {
        condition["lastTransitionTime"] = since
      }
      json[index] = condition
    } else if type == "Reconciling" || type == "Stalled" {
      // Negative ones come first, then Ready (flux: pkg/runtime/conditions, lexicographic summary order).
      json.insert(condition, at: 0)
    } else {
      json.append(condition)
    }
  }

  /// A condition of a built-in kind, which knows no generation.
  mutating func set(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String, at now: Date) {
    set(type, isTrue ? "True" : "False", reason, message, generation: nil, at: now)
  }

  mutating func remove(_ type: String) { json.removeAll { $0["type"]?.string == type } }
}
