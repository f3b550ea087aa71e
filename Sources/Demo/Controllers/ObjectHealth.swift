import Structured

/// Whether an object has become what its spec says: the rules of kstatus that Flux's health checks use (wire-facts 1.2).
enum ObjectHealth: String, Sendable {
  case current = "Current"
  case inProgress = "InProgress"
  case failed = "Failed"
  case terminating = "Terminating"
  case notFound = "NotFound"

  init(_ object: JSON?) {
    guard let object else {
      self = .notFound
      return
    }
    let metadata = object["metadata"]
    let status = object["status"]
    if metadata?["deletionTimestamp"] != nil {
      self = .terminating
    } else if let observed = status?["observedGeneration"]?.int, let generation = metadata?["generation"]?.int,
      observed != generation
    {
      self = .inProgress
    } else if let decided = Self.flagged(object) {
      self = decided
    } else if object["kind"]?.string == "Deployment" {
      self = Self.deployment(object)
    } else if let ready = Conditions(object)["Ready"] {
      self = ready["status"]?.string == "True" ? .current : .inProgress
    } else {
      self = .current
    }
  }

  private static func flagged(_ object: JSON) -> ObjectHealth? {
    for condition in Conditions(object).json where condition["status"]?.string == "True" {
      if condition["type"]?.string == "Reconciling" { return .inProgress }
      if condition["type"]?.string == "Stalled" { return .failed }
    }
    return nil
  }

  private static func deployment(_ object: JSON) -> ObjectHealth {
    let wanted = object["spec"]?["replicas"]?.int ?? 1
    let status = object["status"]
    let conditions = Conditions(object)
    if conditions["Progressing"]?["reason"]?.string == "ProgressDeadlineExceeded" { return .failed }
    let counts = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"]
    guard counts.allSatisfy({ (status?[$0]?.int ?? 0) == wanted }), conditions.isTrue("Available"),
      object["spec"]?["progressDeadlineSeconds"] == nil
        || conditions["Progressing"]?["reason"]?.string == "NewReplicaSetAvailable"
    else { return .inProgress }
    return .current
  }
}
