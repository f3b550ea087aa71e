import FoundationEssentials
import Structured

/// Flagger's Canary: a Deployment that is released step by step (flagger: pkg/apis/flagger/v1beta1; wire-facts 8).
public enum CanaryAdapter: KindAdapter {
  public static let kind = Kind(
    group: "flagger.app", kind: "Canary", plural: "canaries", shortNames: ["canary"], role: .companion,
    versions: ["v1beta1", "v1alpha3"])

  public static let columns = ["phase", "weight", "failed checks", "target"]

  public static func describe(_ object: Object) -> Resource {
    var resource = Resource(object, as: kind)
    guard let root = try? object.document().root else { return resource }
    let (spec, status) = (root["spec"], root["status"])
    resource.conditions = FluxStatus.conditions(of: status)
    resource.interval = spec?["analysis"]?["interval"]?.string.flatMap(GoDuration.parse)
    if spec?["suspend"]?.bool == true {
      resource.suspension = Suspension(annotations: root["metadata"]?["annotations"])
    }
    let phase = status?["phase"]?.string
    resource.reason = phase ?? ""
    resource.message = resource.condition("Promoted")?.message ?? ""
    resource.since = status?["lastTransitionTime"]?.string.flatMap(Timestamp.parse)
    resource.health = health(phase, object)
    if let deleted = object.deleted {
      resource.health = .deleting
      resource.since = deleted
    } else if let suspension = resource.suspension {
      resource.health = .suspended
      resource.since = suspension.since
    }
    resource.add("phase", phase)
    resource.add("weight", status?["canaryWeight"]?.int.map { "\($0) %" })
    resource.add("failed checks", status?["failedChecks"]?.int.flatMap { $0 > 0 ? String($0) : nil })
    let target = spec?["targetRef"]
    resource.add("target", target?["name"]?.string.map { "\(target?["kind"]?.string ?? "Deployment") \($0)" })
    return resource
  }

  private static func health(_ phase: String?, _ object: Object) -> Health {
    switch phase {
    case "Failed": .failed
    case "Initialized", "Succeeded": .ready
    case "Terminating", "Terminated": .deleting
    case "Initializing", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising": .progressing
    default: object.generation == nil ? .unknown : .progressing
    }
  }

  public static let verbs: [Verb] = [.suspend, .resume]

  public static func patch(_ verb: Verb, request: PatchRequest) -> JSON? {
    switch verb {
    case .suspend: FluxPause.spec.patch(true, annotations: (request.suspension ?? Suspension()).annotations)
    case .resume: FluxPause.spec.patch(false, annotations: Suspension().annotations)
    default: nil
    }
  }

  public static func refusal(of verb: Verb, on resource: Resource) -> String? { resource.refusal(ofPausing: verb) }
}
