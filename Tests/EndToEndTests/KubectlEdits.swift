import Foundation
import Structured
import TestKit

/// What people do with kubectl, and what it is as drift.
struct KubectlEdit: Sendable {
  /// What the row has to be; nil: the edit means nothing, and there is none.
  struct Expected: Sendable {
    /// The path, or how it begins.
    let path: String
    /// Nil: the API server records nobody.
    let manager: String?
    var driftClass = "drifted"
    var fate = "reverts"
    var cause: String?
  }

  let name: String
  let object: RepositoryWorld.Held
  let commands: [[String]]
  let expected: Expected?
}

/// Chooses objects for edits, each once, and makes the commands.
struct KubectlEditor {
  private var random = SeededGenerator(seed: 20)
  private var free: [RepositoryWorld.Held]
  private(set) var edits: [KubectlEdit] = []

  init(_ held: [RepositoryWorld.Held]) {
    // Objects that Git itself takes out of the engine's hands, and those on which others depend.
    free = held.filter { each in
      let marks =
        (each.json.value(at: "metadata", "annotations")?.object.map { $0.map(\.key) } ?? [])
        + (each.json.value(at: "metadata", "labels")?.object.map { $0.map(\.key) } ?? [])
      return !marks.contains {
        $0.hasPrefix("kustomize.toolkit.fluxcd.io/") && !$0.hasSuffix("/name") && !$0.hasSuffix("/namespace")
      }
        && !["Namespace", "CustomResourceDefinition", "APIService", "ResourceQuota"].contains(each.kind)
    }.sorted { $0.path < $1.path }
  }

  private mutating func take(
    _ count: Int, _ kinds: Set<String>, where isFit: (RepositoryWorld.Held) -> Bool = { _ in true }
  ) -> [RepositoryWorld.Held] {
    let fit = free.filter { kinds.contains($0.kind) && isFit($0) }.shuffled(using: &random).prefix(count)
    let taken = Set(fit.map(\.path))
    free.removeAll { taken.contains($0.path) }
    return Array(fit)
  }

  private mutating func add(
    _ name: String, _ objects: [RepositoryWorld.Held], _ expected: (RepositoryWorld.Held) -> KubectlEdit.Expected?,
    _ commands: (RepositoryWorld.Held) -> [[String]]
  ) {
    for object in objects {
      edits.append(
        KubectlEdit(name: name, object: object, commands: commands(object), expected: expected(object)))
    }
  }

  private static func patch(_ object: RepositoryWorld.Held, _ patch: String, type: String = "merge") -> [String] {
    object.words.first == "-n"
      ? Array(object.words[0..<2]) + ["patch", object.words[2], "--type=\(type)", "-p", patch]
      : ["patch", object.words[0], "--type=\(type)", "-p", patch]
  }

  private static func run(_ words: [String], on object: RepositoryWorld.Held, _ more: [String] = []) -> [String] {
    let place = object.words.first == "-n" ? Array(object.words[0..<2]) : []
    return place + words + [object.words.last ?? ""] + more
  }

  private static func container(_ object: RepositoryWorld.Held) -> JSON {
    object.json.value(at: "spec", "template", "spec", "containers")?[0] ?? [:]
  }
  /// Of a ConfigMap, the first.
  private static func key(_ object: RepositoryWorld.Held) -> String {
    object.json["data"]?.object?.map(\.key).first ?? ""
  }
  private static func containerName(_ object: RepositoryWorld.Held) -> String {
    container(object)["name"]?.string ?? ""
  }
  private static func containerPath(_ object: RepositoryWorld.Held) -> String {
    "spec.template.spec.containers[\(containerName(object))]"
  }

  /// Every kind of edit, two hundred that are drift and some that are none.
  mutating func make() {
    let workloads: Set = ["Deployment"]
    let flux: Set = ["HelmRelease", "OCIRepository", "Kustomization", "ExternalSecret", "HelmRepository"]
    typealias Expected = KubectlEdit.Expected
    // What depends on one container comes first: there are fewer of those.
    add("set image", take(7, workloads) { Self.container($0)["image"] != nil }) {
      Expected(path: Self.containerPath($0) + ".image", manager: "kubectl-set")
    } _: {
      [Self.run(["set", "image"], on: $0, ["\(Self.containerName($0))=registry.example.com/edited:1"])]
    }
    add("set env", take(6, workloads)) {
      Expected(path: Self.containerPath($0) + ".env", manager: "kubectl-set")
    } _: {
      [Self.run(["set", "env"], on: $0, ["-c", Self.containerName($0), "EDITED=1"])]
    }
    add("quantity", take(5, workloads) { Self.container($0)["resources"]?["limits"] != nil }) {
      Expected(path: Self.containerPath($0) + ".resources.limits", manager: "kubectl-set")
    } _: {
      [Self.run(["set", "resources"], on: $0, ["-c", Self.containerName($0), "--limits=memory=7777Mi"])]
    }
    add("added port", take(5, workloads)) {
      Expected(path: Self.containerPath($0) + ".ports", manager: "kubectl-patch")
    } _: {
      [
        Self.patch(
          $0,
          #"{"spec":{"template":{"spec":{"containers":[{"name":"\#(Self.containerName($0))","ports":[{"containerPort":6543,"protocol":"TCP"}]}]}}}}"#,
          type: "strategic")
      ]
    }
    add("added container", take(6, workloads)) { _ in
      Expected(path: "spec.template.spec.containers[side]", manager: "kubectl-patch", cause: "added")
    } _: {
      [
        Self.patch(
          $0, #"{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"registry.example.com/side:1"}]}}}}"#,
          type: "strategic")
      ]
    }
    add("scale", take(6, workloads) { $0.json.value(at: "spec", "replicas") != nil }) { _ in
      Expected(path: "spec.replicas", manager: nil, cause: "owner not recorded")
    } _: {
      [Self.run(["scale"], on: $0, ["--replicas=9"])]
    }
    add("rollout restart", take(6, workloads)) { _ in
      Expected(
        path: "spec.template.metadata.annotations[kubectl.kubernetes.io/restartedAt]", manager: "kubectl-rollout",
        cause: "added")
    } _: {
      [Self.run(["rollout", "restart"], on: $0)]
    }
    add("paused", take(8, workloads)) { _ in
      Expected(path: "spec.paused", manager: "kubectl-rollout", cause: "added")
    } _: {
      [Self.run(["rollout", "pause"], on: $0)]
    }
    add("keyed list", take(15, ["Service"]) { ($0.json.value(at: "spec", "ports")?[0]?["port"]?.int ?? 0) > 0 }) { _ in
      Expected(path: "spec.ports[", manager: "kubectl-patch")
    } _: {
      let port = $0.json.value(at: "spec", "ports")?[0]
      return [
        Self.patch(
          $0, #"{"spec":{"ports":[{"port":\#(port?["port"]?.int ?? 0),"targetPort":31999}]}}"#, type: "strategic")
      ]
    }
    add("data", take(8, ["ConfigMap"]) { !($0.json["data"]?.object ?? [:]).isEmpty }) {
      Expected(
        path: Self.key($0).contains(".") ? "data[\(Self.key($0))]" : "data.\(Self.key($0))", manager: "kubectl-patch")
    } _: {
      let key = Self.key($0)
      let patch: JSON = ["data": .object(JSONObject([(key, .string("edited by hand"))]))]
      return [Self.patch($0, String(decoding: patch.encoded(), as: UTF8.self))]
    }
    add(
      "rules",
      take(6, ["ClusterRole"]) { ($0.json["rules"]?.array?.count ?? 0) > 0 && $0.json["aggregationRule"] == nil }
    ) { _ in
      Expected(path: "rules", manager: "kubectl-patch")
    } _: {
      [Self.patch($0, #"[{"op":"add","path":"/rules/0/verbs/-","value":"impersonate"}]"#, type: "json")]
    }
    add("scalar", take(40, flux) { $0.json.value(at: "spec", "interval") != nil }) { _ in
      Expected(path: "spec.interval", manager: "kubectl-patch")
    } _: {
      [Self.patch($0, #"{"spec":{"interval":"77m"}}"#)]
    }
    let anything = flux.union(["ServiceAccount", "ClusterRole", "NetworkPolicy", "GrafanaDashboard", "StorageClass"])
    add("label", take(18, anything)) { _ in
      Expected(path: "metadata.labels[edited.example.com/by]", manager: "kubectl-label", cause: "added")
    } _: {
      [Self.run(["label"], on: $0, ["edited.example.com/by=hand"])]
    }
    add("annotate", take(18, anything)) { _ in
      Expected(path: "metadata.annotations[edited.example.com/by]", manager: "kubectl-annotate", cause: "added")
    } _: {
      [Self.run(["annotate"], on: $0, ["edited.example.com/by=hand"])]
    }
    add("delete", take(18, anything)) { _ in
      Expected(path: "", manager: nil, driftClass: "missing", cause: "deleted")
    } _: {
      [Self.run(["delete"], on: $0, ["--wait=false"])]
    }
    add("delete with finalizer", take(14, anything)) { _ in
      Expected(path: "", manager: nil, driftClass: "missing", fate: "stays", cause: "terminating")
    } _: {
      [
        Self.patch($0, #"{"metadata":{"finalizers":["example.com/hold"]}}"#),
        Self.run(["delete"], on: $0, ["--wait=false"]),
      ]
    }
    add("removed Flux label", take(14, anything)) { _ in
      Expected(
        path: "metadata.labels[kustomize.toolkit.fluxcd.io/name]", manager: nil, cause: "label removed")
    } _: {
      [Self.run(["label"], on: $0, ["kustomize.toolkit.fluxcd.io/name-"])]
    }
    // What means the same is no drift, whoever wrote it.
    add(
      "same quantity",
      take(4, workloads) { Self.container($0)["resources"]?["limits"]?["memory"]?.string?.hasSuffix("Mi") == true }
    ) { _ in
      nil
    } _: {
      let memory = Self.container($0)["resources"]?["limits"]?["memory"]?.string ?? ""
      let kibi = (Int(memory.dropLast(2)) ?? 0) * 1024
      return [
        Self.patch(
          $0,
          #"{"spec":{"template":{"spec":{"containers":[{"name":"\#(Self.containerName($0))","resources":{"limits":{"memory":"\#(kibi)Ki"}}}]}}}}"#,
          type: "strategic")
      ]
    }
    add("same duration", take(6, flux) { $0.json.value(at: "spec", "interval")?.string == "1h" }) { _ in
      nil
    } _: {
      [Self.patch($0, #"{"spec":{"interval":"60m"}}"#)]
    }
  }
}
