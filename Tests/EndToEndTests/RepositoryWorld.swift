import Foundation
import GitOps
import Structured
import TestKit

/// A real API server that holds what real repositories build: applied by kustomize-controller, each fifth object by a plain
/// `kubectl apply`, and one Kustomization that has applied them all.
final class RepositoryWorld: Sendable {
  /// One object that the server took.
  struct Held: Sendable {
    let json: JSON
    let place: KindPlace
    let isClientSide: Bool

    var kind: String { json["kind"]?.string ?? "" }
    var version: String { json["apiVersion"]?.string ?? "" }
    var group: String { version.contains("/") ? String(version.split(separator: "/")[0]) : "" }
    var namespace: String { json.value(at: "metadata", "namespace")?.string ?? "" }
    var name: String { json.value(at: "metadata", "name")?.string ?? "" }
    var path: String { place.path(namespace: namespace, name: name) }
    /// As kubectl is told of it.
    var words: [String] {
      (namespace.isEmpty ? [] : ["-n", namespace])
        + [group.isEmpty ? "\(place.plural)/\(name)" : "\(place.plural).\(group)/\(name)"]
    }
  }

  static let application = "truth"
  let world: StillWorld
  let held: [Held]
  /// Why the server refused the others, and how many.
  let refused: [String: Int]
  let home: TemporaryFolder

  var server: RealAPIServer { world.server }

  /// Nil where the reference material is absent.
  init?() async throws {
    let documents = RepositoryObjects.all()
    guard !documents.isEmpty else { return nil }
    home = try TemporaryFolder("home")
    var options = RealAPIServer.Options()
    options.hasWebhooks = false
    let server = try await RealAPIServer(options)
    try await server.createCustomResources()

    var unique: [[String]: JSON] = [:]
    var order: [[String]] = []
    for document in documents {
      let json = Self.labelled(document.json)
      let version = json["apiVersion"]?.string ?? ""
      let group = version.contains("/") ? String(version.split(separator: "/")[0]) : ""
      let key = [
        group, json["kind"]?.string ?? "", json.value(at: "metadata", "namespace")?.string ?? "",
        json.value(at: "metadata", "name")?.string ?? "",
      ]
      if unique[key] == nil { order.append(key) }
      unique[key] = json
    }
    // More Deployments than the repositories have: most edits are of those.
    let objects = order.compactMap { unique[$0] }.flatMap { json in
      json["kind"] == "Deployment" ? [json, Self.renamed(json, "-b"), Self.renamed(json, "-c")] : [json]
    }
    var loader = Loader(server: server)
    try await loader.loadDefinitions(objects)
    try await loader.load(objects.filter { !Loader.isDefinition($0) })
    held = loader.held
    refused = loader.refused
    var files: [String: String] = [:]
    for (index, each) in held.enumerated() {
      files[String(format: "objects/%04d.yaml", index)] = YAMLPrinter.text(Self.unlabelled(each.json))
    }
    world = try await StillWorld(
      "truth", [StillWorld.Application(Self.application, files: files, isApplied: true)], server: server)
    for branch in Set(held.compactMap { $0.json.value(at: "spec", "ref", "branch")?.string }) where branch != "main" {
      try await Program.check(["git", "-C", world.repositoryPath, "branch", branch, world.commit])
    }
  }

  private static let labels: JSON = [
    "kustomize.toolkit.fluxcd.io/name": .string(application), "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
  ]

  private static func labelled(_ json: JSON) -> JSON {
    let labels = (json.value(at: "metadata", "labels") ?? [:]).merging(patch: labels)
    var json = json
    // Kubernetes 1.20 refuses some newer defaults.
    if Loader.isDefinition(json) { json = CustomResources.withoutEmptyDefaults(json) }
    return json.merging(patch: ["metadata": ["labels": labels]])
  }

  private static func renamed(_ json: JSON, _ end: String) -> JSON {
    let name = json.value(at: "metadata", "name")?.string ?? ""
    return json.merging(patch: ["metadata": ["name": .string(name + end)]])
  }

  /// As Git has it: the labels are the controller's.
  private static func unlabelled(_ json: JSON) -> JSON {
    json.merging(
      patch: [
        "metadata": [
          "labels": [
            "kustomize.toolkit.fluxcd.io/name": .null, "kustomize.toolkit.fluxcd.io/namespace": .null,
          ]
        ]
      ])
  }

  /// Every repository that the objects name is this world's own: nothing leaves the machine.
  func configuration() throws -> String {
    var others: [String: String] = [:]
    for each in held where each.kind == "GitRepository" {
      if let url = each.json.value(at: "spec", "url")?.string { others[url] = world.repositoryPath }
    }
    return try world.configuration(others: others)
  }

  /// `driftglass get drift -o json`.
  func drift() async throws -> (status: Int32, json: JSON, errors: String) {
    let result = try await Program.run(
      [
        EndToEnd.executable(), "get", "drift", "-o", "json", "--timeout", "300s", "--kubeconfig",
        try server.kubeconfig(), "--config", try configuration(),
      ],
      environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
    return (result.status, try JSON(parsing: Array(result.output.utf8)), result.errors)
  }
}

/// Puts objects on the server.
private struct Loader {
  let server: RealAPIServer
  var held: [RepositoryWorld.Held] = []
  var refused: [String: Int] = [:]

  static func isDefinition(_ json: JSON) -> Bool { json["kind"] == "CustomResourceDefinition" }

  init(server: RealAPIServer) { self.server = server }

  /// Those of the objects, and ours for kinds that no repository defines. One that cannot be applied (its schema says more
  /// than this server knows) is created, and then is not Git's.
  mutating func loadDefinitions(_ objects: [JSON]) async throws {
    let places = try await server.kinds()
    guard let place = places["apiextensions.k8s.io/v1"]?["CustomResourceDefinition"] else { return }
    let definitions = objects.filter(Self.isDefinition)
    for definition in definitions {
      let each = RepositoryWorld.Held(json: definition, place: place, isClientSide: false)
      if await apply(each) {
        held.append(each)
      } else {
        _ = try await server.request(.post, place.path(namespace: ""), definition)
      }
    }
    for definition in try CustomResources.all() + Self.standIns(for: objects) {
      _ = try await server.request(.post, place.path(namespace: ""), definition)
    }
    try await eventually("every definition is established", within: .seconds(60)) { () -> Bool? in
      let list = try await server.expect(.get, place.path(namespace: ""))["items"]?.array ?? []
      return list.allSatisfy { definition in
        let conditions = definition.value(at: "status", "conditions")?.array ?? []
        return conditions.contains {
          ["Established", "NamesAccepted"].contains($0["type"]?.string) && $0["status"] == "False"
        } || conditions.contains { $0["type"] == "Established" && $0["status"] == "True" }
      } ? true : nil
    }
  }

  /// Definitions without a schema for kinds whose own are not among the material.
  private static func standIns(for objects: [JSON]) -> [JSON] {
    var names: [[String]: Bool] = [:]
    for object in objects {
      let parts = (object["apiVersion"]?.string ?? "").split(separator: "/").map(String.init)
      guard parts.count == 2, parts[0].contains("."),
        !parts[0].hasSuffix(".k8s.io") || parts[0].contains("gateway") || parts[0].contains("snapshot")
      else { continue }
      let isNamespaced = object.value(at: "metadata", "namespace") != nil
      names[[parts[0], parts[1], object["kind"]?.string ?? ""], default: false] = isNamespaced
    }
    return names.sorted { $0.key.joined() < $1.key.joined() }.map { key, isNamespaced in
      let plural = key[2].lowercased() + "s"
      return [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": [
          "name": .string("\(plural).\(key[0])"),
          "annotations": ["api-approved.kubernetes.io": "unapproved, for a test"],
        ],
        "spec": [
          "group": .string(key[0]), "scope": isNamespaced ? "Namespaced" : "Cluster",
          "names": [
            "kind": .string(key[2]), "listKind": .string(key[2] + "List"), "plural": .string(plural),
            "singular": .string(key[2].lowercased()),
          ],
          "versions": [
            [
              "name": .string(key[1]), "served": true, "storage": true,
              "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
            ]
          ],
        ],
      ]
    }
  }

  mutating func load(_ objects: [JSON]) async throws {
    let places = try await server.kinds()
    var found: [RepositoryWorld.Held] = []
    var known: Set<String> = []
    for json in objects {
      let version = json["apiVersion"]?.string ?? ""
      guard let place = places[version]?[json["kind"]?.string ?? ""] else {
        refused["not served: \(version) \(json["kind"]?.string ?? "")", default: 0] += 1
        continue
      }
      var json = json
      if place.isNamespaced, json.value(at: "metadata", "namespace") == nil {
        json = json.merging(patch: ["metadata": ["namespace": "default"]])
      }
      if !place.isNamespaced { json = json.merging(patch: ["metadata": ["namespace": .null]]) }
      let each = RepositoryWorld.Held(json: json, place: place, isClientSide: found.count % 5 == 4)
      if known.insert(each.path).inserted { found.append(each) }
    }
    // What a repository's own Namespace says of it is applied over it.
    for namespace in Set(found.map(\.namespace)) where !namespace.isEmpty {
      try await server.createNamespace(namespace)
    }
    for each in found where !each.isClientSide { if await apply(each) { held.append(each) } }
    try await loadPlainly(found.filter(\.isClientSide))
  }

  private mutating func apply(_ each: RepositoryWorld.Held) async -> Bool {
    do {
      try await server.apply(each.path, each.json, manager: "kustomize-controller")
      return true
    } catch {
      // Servers of that age want every key of a list's elements from an apply (kubernetes #91395): as an update they come in.
      let answer = try? await server.request(
        .post, "\(each.place.path(namespace: each.namespace))?fieldManager=kustomize-controller", each.json)
      if answer?.isSuccess == true { return true }
      note("\(error)", each)
      return false
    }
  }

  /// By `kubectl apply`, all at once.
  private mutating func loadPlainly(_ objects: [RepositoryWorld.Held]) async throws {
    let list: JSON = ["apiVersion": "v1", "kind": "List", "items": .array(objects.map(\.json))]
    let result = try await Program.run(
      ["kubectl", "--kubeconfig", server.kubeconfig(), "apply", "--validate=false", "-f", "-"],
      environment: ["HOME": server.folder.file("kubectl"), "PATH": "/usr/bin:/bin"],
      input: String(decoding: list.encoded(), as: UTF8.self))
    for line in result.errors.split(separator: "\n").prefix(40) where line.contains("rror") {
      refused["kubectl: \(line.prefix(160))", default: 0] += 1
    }
    for each in objects {
      let answer = try await server.request(.get, each.path)
      guard answer.isSuccess, let live = try? JSON(parsing: answer.body),
        live.value(at: "metadata", "annotations")?["kubectl.kubernetes.io/last-applied-configuration"] != nil
      else { continue }
      held.append(each)
    }
  }

  private mutating func note(_ text: String, _ each: RepositoryWorld.Held) {
    let reason =
      text.range(of: "\"message\":\"").map { String(text[$0.upperBound...].prefix(110)) } ?? String(text.prefix(110))
    refused["\(each.kind): \(reason)", default: 0] += 1
  }
}
