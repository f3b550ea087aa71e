import FoundationEssentials
import Structured

/// Health from Flux's conditions (flux: fluxcd/pkg apis/meta/conditions.go).
enum FluxStatus {
  /// `Ready=False` for these is waiting for somebody else, not a failure of its own.
  static let waitingReasons: Set<String> = ["DependencyNotReady", "SourceNotReady"]
  /// `Ready=False` for these is work under way; a cancelled health check means that a newer revision has arrived.
  static let progressReasons: Set<String> = ["Progressing", "ProgressingWithRetry", "HealthCheckCanceled"]

  static func conditions(of status: JSONNode?) -> [Condition] {
    guard let elements = status?["conditions"]?.elements else { return [] }
    var conditions: [Condition] = []
    for element in elements {
      guard let type = element["type"]?.string, let status = element["status"]?.string else { continue }
      conditions.append(
        Condition(
          type: type, status: status, reason: element["reason"]?.string ?? "",
          message: Masking.text(element["message"]?.string ?? ""),
          since: element["lastTransitionTime"]?.string.flatMap(Timestamp.parse)))
    }
    return conditions
  }

  /// Sets health, reason, message and since. Suspended comes first: a suspended object's conditions are frozen.
  static func judge(_ resource: inout Resource, object: Object, status: JSONNode?) {
    let ready = resource.condition("Ready")
    if resource.suspension != nil {
      resource.health = .suspended
      resource.since = resource.suspension?.since
      resource.reason = ready?.reason ?? ""
      resource.message = ready?.message ?? ""
    } else if object.deleted != nil {
      decide(&resource, .deleting, ready)
      resource.since = object.deleted
    } else if let stalled = resource.condition("Stalled"), stalled.status == "True",
      isCurrent("Stalled", object: object, status: status)
    {
      decide(&resource, .failed, stalled)
    } else if let ready {
      judge(&resource, ready: ready, object: object, status: status)
    } else if resource.condition("Reconciling")?.status == "True" {
      decide(&resource, .progressing, resource.condition("Reconciling"))
    } else if let generation = object.generation, status?["observedGeneration"]?.int != generation {
      resource.health = .progressing
      resource.message = "not reconciled yet"
      resource.since = object.created
    }
  }

  private static func judge(_ resource: inout Resource, ready: Condition, object: Object, status: JSONNode?) {
    let reconciling = resource.condition("Reconciling").flatMap { $0.status == "True" ? $0 : nil }
    guard isCurrent("Ready", object: object, status: status) else {
      decide(&resource, .progressing, reconciling ?? ready)
      if reconciling == nil { resource.message = "the newest generation is not observed yet; before: \(ready.message)" }
      return
    }
    switch ready.status {
    case "False" where waitingReasons.contains(ready.reason): decide(&resource, .waiting, ready)
    case "False" where progressReasons.contains(ready.reason): decide(&resource, .progressing, reconciling ?? ready)
    case "False": decide(&resource, .failed, ready)
    case "True" where reconciling == nil: decide(&resource, .ready, ready)
    default: decide(&resource, .progressing, reconciling ?? ready)
    }
  }

  /// Whether a condition speaks of the newest generation. Conditions carry their own number, which counts for
  /// failures: `status.observedGeneration` stays behind while runs fail, and at -1 before the first good one
  /// (wire-facts 1.4). Ready needs both. Without any number the rule is skipped, as kstatus does.
  private static func isCurrent(_ type: String, object: Object, status: JSONNode?) -> Bool {
    guard let generation = object.generation else { return true }
    let own = status?["conditions"]?.elements?.first { $0["type"]?.string == type }
    let observed = status?["observedGeneration"]?.int
    let succeeded = type == "Ready" && own?["status"]?.string == "True"
    if let number = own?["observedGeneration"]?.int {
      return number == generation && (!succeeded || observed ?? generation == generation)
    }
    if observed == -1 { return !succeeded }
    return observed ?? generation == generation
  }

  private static func decide(_ resource: inout Resource, _ health: Health, _ condition: Condition?) {
    resource.health = health
    resource.reason = condition?.reason ?? ""
    resource.message = condition?.message ?? ""
    resource.since = condition?.since
  }
}

extension Resource {
  /// The first condition of a type.
  public func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }
}
