import FoundationEssentials
import Structured

/// Argo CD's AppProject: what its Applications may read and write, and when (wire-facts 4.7). Nothing works on it, so it is
/// ready when it is there.
public enum AppProjectAdapter: KindAdapter {
  public static let kind = Kind(
    group: ArgoStatus.group, kind: "AppProject", plural: "appprojects", shortNames: ["appproj", "appprojs"],
    role: .companion, versions: ["v1alpha1"])

  public static let columns = ["repositories", "destinations", "windows"]

  public static func describe(_ object: Object) -> Resource {
    var resource = Resource(object, as: kind)
    guard let root = try? object.document().root else { return resource }
    resource.parent = ArgoStatus.parent(of: object, root["metadata"])
    guard let spec = root["spec"], spec.kind == .object else { return resource }
    if let deleted = object.deleted {
      resource.health = .deleting
      resource.since = deleted
    } else if object.generation != nil {
      resource.health = .ready
      resource.message = "static"
      resource.since = object.created
    }
    resource.add("repositories", Resource.count(spec["sourceRepos"]))
    resource.add("destinations", Resource.count(spec["destinations"]))
    resource.add("windows", Resource.count(spec["syncWindows"]))
    return resource
  }
}
