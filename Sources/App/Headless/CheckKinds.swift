import GitOps
import Kube
import Structured

/// Which GitOps kinds a server serves, and in which version each will be read.
struct CheckKinds: Sendable, Equatable {
  struct Served: Sendable, Equatable {
    let kind: Kind
    let version: String
    let plural: String

    var isKnownVersion: Bool { kind.versions.contains(version) }
  }

  var served: [Served] = []
  var absent: [Kind] = []
  /// Groups of GitOps kinds that could not be read, with the reason.
  var broken: [String: String] = [:]

  init(_ discovery: Discovery) {
    for kind in KindAdapters.kinds {
      let resource =
        discovery.resource(for: kind.groupKind, preferring: kind.versions) ?? discovery.resource(for: kind.groupKind)
      if let resource {
        served.append(Served(kind: kind, version: resource.version, plural: resource.plural))
      } else {
        absent.append(kind)
      }
    }
    let groups = Set(KindAdapters.kinds.map(\.groupKind.group))
    broken = discovery.broken.filter { groups.contains($0.key) }
  }

  var findings: [CheckFinding] {
    var findings = broken.sorted { $0.key < $1.key }.map { group, reason in
      CheckFinding.warning(
        "kinds", "\(group): \(reason)", remedy: "look at the APIService of this group", paste: "kubectl get apiservices"
      )
    }
    let facts: JSON = [
      "served": .object(JSONObject(served.map { ($0.kind.groupKind.description, .string($0.version)) })),
      "absent": .array(absent.map { .string($0.groupKind.description) }),
    ]
    guard !served.isEmpty else {
      findings.append(
        .warning(
          "kinds", "no GitOps kind is served: there is nothing to show of this cluster",
          remedy: "install Flux (flux install), or leave the cluster out with clusters: in the configuration",
          facts: facts))
      return findings
    }
    for kind in served where !kind.isKnownVersion {
      findings.append(
        .warning(
          "kinds", "\(kind.kind.groupKind.kind) is served as \(kind.version) only, which this version does not know",
          remedy: "update driftglass; until then some of its columns may be empty"))
    }
    let some = absent.prefix(6).map(\.groupKind.kind).joined(separator: ", ")
    let more = absent.count > 6 ? " and \(absent.count - 6) others" : ""
    let missing = absent.isEmpty ? "" : "; absent: \(some)\(more)"
    let list = served.map { "\($0.kind.groupKind.kind) \($0.version)" }.joined(separator: ", ")
    findings.append(.ok("kinds", list + missing, facts: facts))
    return findings
  }
}
