import FoundationEssentials
import Structured

/// Argo CD's ApplicationSet (argo-cd: pkg/apis/application/v1alpha1/applicationset_types.go; wire-facts 4.7).
public enum ApplicationSetAdapter: KindAdapter {
  public static let kind = Kind(
    group: ArgoStatus.group, kind: "ApplicationSet", plural: "applicationsets", shortNames: ["appset", "appsets"],
    role: .companion, versions: ["v1alpha1"])

  public static let columns = ["generators", "applications"]

  public static func describe(_ object: Object) -> Resource {
    var resource = Resource(object, as: kind)
    guard let root = try? object.document().root else { return resource }
    let status = root["status"]
    resource.conditions = ArgoStatus.conditions(of: status)
    resource.parent = ArgoStatus.parent(of: object, root["metadata"])
    resource.requestedToken = root["metadata"]?["annotations"]?[ArgoStatus.refreshSet]?.string
    judge(&resource, object)
    var generators: [String] = []
    if let elements = root["spec"]?["generators"]?.elements {
      for element in elements {
        guard let members = element.members else { continue }
        for (key, _) in members where key != "selector" { generators.append(key) }
      }
    }
    resource.add("generators", generators.joined(separator: ", "))
    let count = status?["resourcesCount"]?.int ?? status?["resources"]?.count ?? 0
    resource.add("applications", count > 0 ? String(count) : nil)
    return resource
  }

  private static func judge(_ resource: inout Resource, _ object: Object) {
    func holds(_ type: String, _ status: String = "True") -> Condition? {
      resource.condition(type).flatMap { $0.status == status ? $0 : nil }
    }
    func say(_ health: Health, _ condition: Condition?) {
      resource.health = health
      resource.reason = condition?.reason ?? ""
      resource.message = condition?.message ?? ""
      resource.since = condition?.since
    }
    if let deleted = object.deleted {
      say(.deleting, nil)
      resource.since = deleted
    } else if let error = holds("ErrorOccurred") ?? holds("ParametersGenerated", "False")
      ?? holds("InvalidRolloutConfig")
    {
      say(.failed, error)
    } else if let rollout = holds("RolloutProgressing") ?? holds("ResourcesUpToDate", "False") {
      say(.progressing, rollout)
    } else if let current = holds("ResourcesUpToDate") {
      say(.ready, current)
    } else if object.generation != nil {
      say(.progressing, nil)
      resource.message = "not reconciled yet"
      resource.since = object.created
    }
  }

  public static let verbs: [Verb] = [.reconcile]

  public static func patch(_ verb: Verb, request: PatchRequest) -> JSON? {
    guard verb == .reconcile else { return nil }
    return ["metadata": ["annotations": .object(JSONObject([(ArgoStatus.refreshSet, .string("true"))]))]]
  }

  /// The controller takes the annotation away when it has done what it asks.
  public static func isHandled(_ verb: Verb, _ resource: Resource, token: String, since begun: Date) -> Bool {
    resource.requestedToken == nil
  }
}
