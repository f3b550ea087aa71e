import Foundation
import GitOps
import Structured

/// The CustomResourceDefinitions of the kinds that Driftglass reads, for a real API server.
public enum CustomResources {
  /// Kustomization, HelmRelease and what they come from.
  public static let usual: [Kind] = KindAdapters.kinds.filter { kind in
    ["kustomize", "helm", "source"].contains { kind.groupKind.group == "\($0).toolkit.fluxcd.io" }
  }

  /// The systems' own from the folder `shared/crds` beside the package where they exist, else minimal ones of ours.
  static func definitions(of kinds: [Kind]) throws -> [JSON] {
    try kinds.map { kind in
      try read("\(kind.plural).\(kind.groupKind.group).yaml").first ?? minimal(kind)
    }
  }

  /// Every definition of `shared/crds`; none where the folder is absent.
  public static func all() throws -> [JSON] {
    guard let folder = SharedFolder.path("crds") else { return [] }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted()
    return try names.flatMap(read)
  }

  /// The definitions of a file of `shared/crds`; none where it is absent.
  private static func read(_ name: String) throws -> [JSON] {
    guard let bytes = SharedFolder.bytes("crds/\(name)") else { return [] }
    return try YAMLReader.documents(in: bytes, rules: .core).map { withoutEmptyDefaults($0.json) }
  }

  /// Kubernetes 1.20 refuses `default: ""` below the top of a schema.
  public static func withoutEmptyDefaults(_ json: JSON) -> JSON {
    if let members = json.object {
      return .object(
        JSONObject(
          members.compactMap { member in
            member.key == "default" && member.value == "" ? nil : (member.key, withoutEmptyDefaults(member.value))
          }))
    }
    if let elements = json.array { return .array(elements.map(withoutEmptyDefaults)) }
    return json
  }

  /// Argo CD writes the status of an Application with the object (wire-facts 4).
  private static func hasStatus(_ kind: Kind) -> Bool {
    ![ApplicationAdapter.kind.groupKind, AppProjectAdapter.kind.groupKind].contains(kind.groupKind)
  }

  static func minimal(_ kind: Kind) -> JSON {
    let group = kind.groupKind.group
    return [
      "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "metadata": ["name": "\(kind.plural).\(group)"],
      "spec": [
        "group": .string(group), "scope": .string(kind.namespaced ? "Namespaced" : "Cluster"),
        "names": [
          "kind": .string(kind.groupKind.kind), "listKind": "\(kind.groupKind.kind)List",
          "plural": .string(kind.plural), "singular": .string(kind.groupKind.kind.lowercased()),
          "shortNames": .array(kind.shortNames.filter { $0 != kind.groupKind.kind.lowercased() }.map { .string($0) }),
        ],
        "versions": [
          [
            "name": .string(kind.versions.first ?? "v1"), "served": true, "storage": true,
            "subresources": hasStatus(kind) ? ["status": [:]] : [:],
            "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
          ]
        ],
      ],
    ]
  }
}
