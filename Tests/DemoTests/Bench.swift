import Foundation
import Structured

@testable import Demo

/// A store with a namespace and a clock of its own, and shorthand for what tests do with it.
struct Bench {
  var store: ObjectStore
  var now = Date(timeIntervalSince1970: 1_800_000_000)

  init(window: Int = 4096) throws {
    store = ObjectStore(window: window)
    _ = try store.create(Bench.namespaces, namespace: "", ["metadata": ["name": "shop"]], WriteOptions(now: now))
  }

  static let namespaces = kind("", "namespaces")
  static let configMaps = kind("", "configmaps")
  static let deployments = kind("apps", "deployments")
  static let kustomizations = kind("kustomize.toolkit.fluxcd.io", "kustomizations")

  static func kind(_ group: String, _ plural: String) -> ServedKind {
    ServedKind.all.first { $0.group == group && $0.plural == plural }!
  }

  static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "shop", name: name) }

  static func yaml(_ text: String) throws -> JSON {
    try YAMLReader.documents(in: Array(text.utf8), rules: .core)[0].json
  }

  func options(_ manager: String = "test", force: Bool = false) -> WriteOptions {
    WriteOptions(manager: manager, force: force, now: now)
  }

  mutating func tick(_ seconds: Double = 60) { now += seconds }

  @discardableResult
  mutating func create(_ kind: ServedKind, _ yaml: String, by manager: String = "test") throws -> StoredObject {
    try store.create(kind, namespace: kind.namespaced ? "shop" : "", Bench.yaml(yaml), options(manager))
  }

  @discardableResult
  mutating func apply(
    _ kind: ServedKind, _ name: String, _ yaml: String, by manager: String = "kustomize-controller", force: Bool = true
  ) throws -> StoredObject {
    try store.apply(kind, Bench.key(name), Bench.yaml(yaml), options(manager, force: force))
  }

  @discardableResult
  mutating func merge(
    _ kind: ServedKind, _ name: String, _ yaml: String, by manager: String = "kubectl-patch",
    _ subresource: WriteOptions.Subresource = .none
  ) throws -> StoredObject {
    var options = options(manager)
    options.subresource = subresource
    return try store.patch(kind, Bench.key(name), .merge(Bench.yaml(yaml)), options)
  }

  func object(_ kind: ServedKind, _ name: String) -> StoredObject? { store.object(kind, Bench.key(name)) }

  /// `manager operation subresource: path, path`, one a line.
  static func owners(_ object: StoredObject) -> [String] {
    object.entries.map { entry in
      let who = [entry.manager, entry.operation.rawValue, entry.subresource].filter { !$0.isEmpty }
      return "\(who.joined(separator: " ")): \(entry.fields.paths().joined(separator: " "))"
    }.sorted()
  }

  static let cart = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: cart, labels: {app: cart}}
    spec:
      replicas: 3
      selector: {matchLabels: {app: cart}}
      template:
        metadata: {labels: {app: cart}}
        spec:
          containers:
          - {name: cart, image: "cart:1", ports: [{containerPort: 8080}]}
    """
}

func status(_ body: () throws -> Void) -> APIStatus? {
  do {
    try body()
    return nil
  } catch {
    return error as? APIStatus
  }
}
