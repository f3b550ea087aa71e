import GitOps
import Structured

/// One resource that a server serves in one version.
public struct ServedResource: Sendable, Hashable {
  public let groupKind: GroupKind
  public let version: String
  public let plural: String
  public let namespaced: Bool
  /// `get`, `list`, `watch`, `patch`, …
  public let verbs: Set<String>
  public let shortNames: [String]
  /// `status`, `scale`, `log`, …
  public var subresources: Set<String>

  public init(
    groupKind: GroupKind, version: String, plural: String, namespaced: Bool, verbs: Set<String>,
    shortNames: [String] = [], subresources: Set<String> = []
  ) {
    self.groupKind = groupKind
    self.version = version
    self.plural = plural
    self.namespaced = namespaced
    self.verbs = verbs
    self.shortNames = shortNames
    self.subresources = subresources
  }

  /// `apps/v1`, `v1`.
  public var apiVersion: String { groupKind.group.isEmpty ? version : "\(groupKind.group)/\(version)" }

  public var isWatchable: Bool { verbs.contains("list") && verbs.contains("watch") }
}

/// What a server serves.
public struct Discovery: Sendable {
  /// The server's preferred version of each kind comes before its others.
  public private(set) var resources: [ServedResource] = []
  /// Groups that could not be read, with the reason (E-P20): what they serve is unknown, not absent.
  public internal(set) var broken: [String: String] = [:]
  private var byKind: [GroupKind: [ServedResource]] = [:]

  public init(_ resources: [ServedResource] = []) {
    for resource in resources { add(resource) }
  }

  /// Adds what an earlier answer said and this one does not.
  public mutating func keep(_ resource: ServedResource) { add(resource) }

  mutating func add(_ resource: ServedResource) {
    resources.append(resource)
    byKind[resource.groupKind, default: []].append(resource)
  }

  /// The resource of a kind: in the version asked for, or the preferred one. Nil when it is not served.
  public func resource(for groupKind: GroupKind, version: String? = nil) -> ServedResource? {
    byKind[groupKind]?.first { version == nil || $0.version == version }
  }

  /// The first of the versions that is served, best first; nil when none is.
  public func resource(for groupKind: GroupKind, preferring versions: [String]) -> ServedResource? {
    for version in versions {
      if let found = resource(for: groupKind, version: version) { return found }
    }
    return nil
  }

  /// All versions of a kind, the preferred one first.
  public func versions(of groupKind: GroupKind) -> [String] { byKind[groupKind]?.map(\.version) ?? [] }

  // Decoding

  /// Adds what an `APIGroupDiscoveryList` holds (kubernetes: aggregated discovery, v2 and v2beta1). False when the
  /// document is something else: the server ignored the `Accept` header.
  mutating func add(aggregated root: JSONNode) -> Bool {
    guard root["kind"]?.string == "APIGroupDiscoveryList" else { return false }
    for group in root["items"]?.elements.map(Array.init) ?? [] {
      let name = group.value(at: "metadata", "name")?.string ?? ""
      for version in group["versions"]?.elements.map(Array.init) ?? [] {
        guard let versionName = version["version"]?.string else { continue }
        if version["freshness"]?.string == "Stale" {
          broken[name] = "its API server is not reachable (\(versionName) is stale)"
        }
        for resource in version["resources"]?.elements.map(Array.init) ?? [] {
          guard let plural = resource["resource"]?.string,
            let kind = resource.value(at: "responseKind", "kind")?.string,
            !kind.isEmpty
          else { continue }
          let subresources = resource["subresources"]?.elements?.compactMap { $0["subresource"]?.string } ?? []
          add(
            ServedResource(
              groupKind: GroupKind(group: name, kind: kind), version: versionName, plural: plural,
              namespaced: resource["scope"]?.string == "Namespaced", verbs: Set(Discovery.texts(resource["verbs"])),
              shortNames: Discovery.texts(resource["shortNames"]), subresources: Set(subresources)))
        }
      }
    }
    return true
  }

  /// Adds what an `APIResourceList` holds.
  mutating func add(resourceList root: JSONNode, group: String, version: String) {
    let entries = root["resources"]?.elements.map(Array.init) ?? []
    var subresources: [String: Set<String>] = [:]
    for entry in entries {
      let parts = entry["name"]?.string?.split(separator: "/", maxSplits: 1) ?? []
      if parts.count == 2 { subresources[String(parts[0]), default: []].insert(String(parts[1])) }
    }
    for entry in entries {
      guard let plural = entry["name"]?.string, !plural.contains("/"), let kind = entry["kind"]?.string, !kind.isEmpty
      else { continue }
      add(
        ServedResource(
          groupKind: GroupKind(group: group, kind: kind), version: version, plural: plural,
          namespaced: entry["namespaced"]?.bool == true, verbs: Set(Discovery.texts(entry["verbs"])),
          shortNames: Discovery.texts(entry["shortNames"]), subresources: subresources[plural] ?? []))
    }
  }

  private static func texts(_ node: JSONNode?) -> [String] { node?.elements?.compactMap(\.string) ?? [] }
}
