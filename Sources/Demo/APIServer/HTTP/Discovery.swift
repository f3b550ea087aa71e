import Structured

/// Discovery documents (kubernetes: plain, and aggregated as apidiscovery.k8s.io v2 and v2beta1).
struct Discovery: Sendable {
  let kinds: [ServedKind]

  private struct GroupVersion: Hashable {
    let group: String
    let version: String
  }

  /// Groups in the order of the kinds; each has one version.
  private var groups: [(group: String, version: String, kinds: [ServedKind])] {
    var order: [GroupVersion] = []
    var byGroup: [GroupVersion: [ServedKind]] = [:]
    for kind in kinds {
      let group = GroupVersion(group: kind.group, version: kind.version)
      if byGroup[group] == nil { order.append(group) }
      byGroup[group, default: []].append(kind)
    }
    let reviews = [
      GroupVersion(group: "authorization.k8s.io", version: "v1"),
      GroupVersion(group: "authentication.k8s.io", version: "v1"),
    ]
    return (order + reviews).map { ($0.group, $0.version, byGroup[$0] ?? []) }
  }

  var apiVersions: JSON { ["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []] }

  var groupList: JSON {
    ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.filter { !$0.group.isEmpty }.map(group))]
  }

  func group(named name: String) -> JSON? {
    groups.first { $0.group == name && !name.isEmpty }.map { entry in
      var json = group(entry)
      json["kind"] = "APIGroup"
      json["apiVersion"] = "v1"
      return json
    }
  }

  private func group(_ entry: (group: String, version: String, kinds: [ServedKind])) -> JSON {
    let version: JSON = ["groupVersion": "\(entry.group)/\(entry.version)", "version": .string(entry.version)]
    return ["name": .string(entry.group), "versions": [version], "preferredVersion": version]
  }

  func resourceList(group: String, version: String) -> JSON? {
    guard let entry = groups.first(where: { $0.group == group && $0.version == version }) else { return nil }
    var resources = entry.kinds.flatMap { kind -> [JSON] in
      var main: JSON = [
        "name": .string(kind.plural), "singularName": .string(kind.kind.lowercased()),
        "namespaced": .bool(kind.namespaced), "kind": .string(kind.kind), "verbs": Self.list(ServedKind.verbs),
      ]
      if !kind.shortNames.isEmpty { main["shortNames"] = Self.list(kind.shortNames) }
      if !kind.categories.isEmpty { main["categories"] = Self.list(kind.categories) }
      let subresources = Self.subresources(of: kind).map { sub -> JSON in
        var json: JSON = [
          "name": "\(kind.plural)/\(sub.name)", "singularName": "", "namespaced": .bool(kind.namespaced),
          "kind": .string(sub.kind), "verbs": Self.list(sub.verbs),
        ]
        if sub.group != kind.group {
          json["group"] = .string(sub.group)
          json["version"] = .string(sub.version)
        }
        return json
      }
      return [main] + subresources
    }
    resources += Self.reviews(group).map { name, kind, _ in
      [
        "name": .string(name), "singularName": "", "namespaced": false, "kind": .string(kind), "verbs": ["create"],
      ]
    }
    return [
      "kind": "APIResourceList", "apiVersion": "v1",
      "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"), "resources": .array(resources),
    ]
  }

  private static func reviews(_ group: String) -> [(plural: String, kind: String, singular: String)] {
    switch group {
    case "authorization.k8s.io":
      [
        ("selfsubjectaccessreviews", "SelfSubjectAccessReview", "selfsubjectaccessreview"),
        ("selfsubjectrulesreviews", "SelfSubjectRulesReview", "selfsubjectrulesreview"),
      ]
    case "authentication.k8s.io": [("selfsubjectreviews", "SelfSubjectReview", "selfsubjectreview")]
    default: []
    }
  }

  /// - Parameter core: of `/api`, else of `/apis`.
  func aggregated(core: Bool, version apiVersion: String) -> JSON {
    let items = groups.filter { $0.group.isEmpty == core }.map { entry -> JSON in
      let resources =
        entry.kinds.map { aggregated($0, apiVersion) }
        + Self.reviews(entry.group).map { plural, kind, singular -> JSON in
          [
            "resource": .string(plural),
            "responseKind": ["group": .string(entry.group), "version": .string(entry.version), "kind": .string(kind)],
            "scope": "Cluster", "singularResource": .string(singular), "verbs": ["create"],
          ]
        }
      return [
        "metadata": ["name": .string(entry.group), "creationTimestamp": .null],
        "versions": [
          ["version": .string(entry.version), "resources": .array(resources), "freshness": "Current"]
        ],
      ]
    }
    return [
      "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/\(apiVersion)", "metadata": [:],
      "items": .array(items),
    ]
  }

  private func aggregated(_ kind: ServedKind, _ apiVersion: String) -> JSON {
    var json: JSON = [
      "resource": .string(kind.plural),
      "responseKind": ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)],
      "scope": .string(kind.namespaced ? "Namespaced" : "Cluster"), "singularResource": .string(kind.kind.lowercased()),
      "verbs": Self.list(ServedKind.verbs),
    ]
    if !kind.shortNames.isEmpty { json["shortNames"] = Self.list(kind.shortNames) }
    if !kind.categories.isEmpty { json["categories"] = Self.list(kind.categories) }
    let subresources = Self.subresources(of: kind).map { sub -> JSON in
      [
        "subresource": .string(sub.name),
        "responseKind": ["group": .string(sub.group), "version": .string(sub.version), "kind": .string(sub.kind)],
        "verbs": Self.list(sub.verbs),
      ]
    }
    if !subresources.isEmpty { json["subresources"] = .array(subresources) }
    return json
  }

  private struct Subresource {
    let name: String
    let group: String
    let version: String
    let kind: String
    let verbs: [String]
  }

  private static func subresources(of kind: ServedKind) -> [Subresource] {
    var result: [Subresource] = []
    if kind.hasStatus {
      result.append(
        Subresource(
          name: "status", group: kind.group, version: kind.version, kind: kind.kind, verbs: ["get", "patch", "update"]))
    }
    if kind.hasScale {
      result.append(
        Subresource(
          name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: ["get", "patch", "update"]))
    }
    if kind.kind == "Pod" {
      result.append(Subresource(name: "log", group: "", version: "v1", kind: "Pod", verbs: ["get"]))
    }
    return result
  }

  private static func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
