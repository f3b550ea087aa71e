import Foundation
import Git
import GitOps
import Structured

/// A real API server with Flux's kinds and a bare Git repository, as Flux's controllers leave them when all is well: each
/// application is a folder, a Kustomization that is ready at the newest commit, and its objects. No controller runs, so
/// nothing changes but by the test.
public final class StillWorld: WatchedWorld {
  /// A Kustomization and the folder that it applies.
  public struct Application: Sendable {
    public let name: String
    /// Of the Kustomization and its source.
    public let namespace: String
    /// File name → YAML.
    public let files: [String: String]
    /// Its objects are on the server already.
    public let isApplied: Bool

    public init(
      _ name: String = "apps", namespace: String = "flux-system", files: [String: String]? = nil,
      isApplied: Bool = false
    ) {
      self.name = name
      self.namespace = namespace
      self.files = files ?? StillWorld.files()
      self.isApplied = isApplied
    }

    var folder: String { "\(namespace)/\(name)" }
  }

  public let server: RealAPIServer
  public let folder: TemporaryFolder
  /// In the repository's address.
  public let name: String
  private let repository: CommitBuilder
  public let commit: String

  public var repositoryURL: String { "https://git.example.com/acme/\(name).git" }
  public var repositoryPath: String { folder.file("fleet.git") }

  /// Starts the servers and makes everything.
  /// - Parameter server: one that serves Flux's kinds already; nil: a new one.
  public init(
    _ name: String = "real", _ applications: [Application] = [Application()],
    options: RealAPIServer.Options = RealAPIServer.Options(), server: RealAPIServer? = nil
  ) async throws {
    self.name = name
    folder = try TemporaryFolder("still")
    repository = try CommitBuilder(creatingBareAt: folder.file("fleet.git"))
    var files: [String: [UInt8]] = [:]
    var objects: [[JSON]] = []
    for application in applications {
      for (file, text) in application.files { files["\(application.folder)/\(file)"] = Array(text.utf8) }
      objects.append(
        try application.files.sorted { $0.key < $1.key }.flatMap {
          try YAMLReader.documents(in: Array($0.value.utf8), rules: .core).map(\.json)
        })
    }
    commit = try repository.commit(files, subject: "begin", time: Date())
    if let server {
      self.server = server
    } else {
      self.server = try await RealAPIServer(options)
      try await self.server.createCustomResources()
    }
    let homes = Set(applications.map(\.namespace))
    let places = zip(applications, objects).filter { !$0.0.isApplied }.flatMap(\.1)
      .compactMap { $0.value(at: "metadata", "namespace")?.string }
    for namespace in homes.union(places) { try await self.server.createNamespace(namespace) }
    for namespace in homes { try await createSource("fleet", url: repositoryURL, namespace: namespace) }
    for (application, objects) in zip(applications, objects) {
      let entries = application.isApplied ? objects.map(Self.entry) : try await apply(objects, of: application)
      try await createKustomization(application, of: entries)
    }
  }

  /// Commits to the branch that the sources follow, of which nobody tells them.
  /// - Returns: the commit's id.
  @discardableResult
  public func push(_ files: [String: String], _ subject: String) throws -> String {
    try repository.commit(files.mapValues { Array($0.utf8) }, subject: subject, time: Date())
  }

  /// A GitRepository that has seen the newest commit.
  public func createSource(_ name: String, url: String, namespace: String = "flux-system") async throws {
    let path = "/apis/source.toolkit.fluxcd.io/v1/namespaces/\(namespace)/gitrepositories"
    try await server.expect(
      .post, path,
      [
        "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": ["name": .string(name)],
        "spec": ["interval": "1h", "url": .string(url), "ref": ["branch": "main"]],
      ])
    try await server.mergePatch(
      "\(path)/\(name)/status?fieldManager=source-controller",
      [
        "status": [
          "observedGeneration": 1, "conditions": [Self.ready("Succeeded", "stored artifact for '\(revision)'")],
          "artifact": [
            "revision": .string(revision), "path": "fleet.tar.gz", "url": "http://source/fleet.tar.gz",
            "digest": .string("sha256:" + String(repeating: "0", count: 64)),
            "lastUpdateTime": .string(Timestamp.format(Date())),
          ],
        ]
      ])
  }

  private func createKustomization(_ application: Application, of entries: [JSON]) async throws {
    let path = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/\(application.namespace)/kustomizations"
    try await server.expect(
      .post, path,
      [
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
        "metadata": ["name": .string(application.name)],
        "spec": [
          "interval": "1h", "path": "./\(application.folder)", "prune": true,
          "sourceRef": ["kind": "GitRepository", "name": "fleet"],
        ],
      ])
    try await server.mergePatch(
      "\(path)/\(application.name)/status?fieldManager=gotk-kustomize-controller",
      [
        "status": [
          "observedGeneration": 1, "lastAppliedRevision": .string(revision),
          "lastAttemptedRevision": .string(revision), "inventory": ["entries": .array(entries)],
          "conditions": [Self.ready("ReconciliationSucceeded", "Applied revision: \(revision)")],
        ]
      ])
  }

  private var revision: String { "main@sha1:\(commit)" }

  private static func ready(_ reason: String, _ message: String) -> JSON {
    [
      "type": "Ready", "status": "True", "reason": .string(reason), "message": .string(message),
      "observedGeneration": 1, "lastTransitionTime": .string(Timestamp.format(Date())),
    ]
  }

  /// Applies the objects of one application, several at once.
  /// - Returns: the entries of the inventory.
  private func apply(_ objects: [JSON], of application: Application) async throws -> [JSON] {
    try await withThrowingTaskGroup(of: JSON.self) { group in
      var entries: [JSON] = []
      for (number, object) in objects.enumerated() {
        if number >= 16, let entry = try await group.next() { entries.append(entry) }
        group.addTask { try await self.apply(object, of: application) }
      }
      for try await entry in group { entries.append(entry) }
      return entries
    }
  }

  /// Applies one object as the controller does, with the owner's labels.
  /// - Returns: its entry of the inventory.
  @discardableResult
  public func apply(_ object: JSON, of application: Application) async throws -> JSON {
    guard let version = object["apiVersion"]?.string, let kind = object["kind"]?.string,
      let name = object.value(at: "metadata", "name")?.string,
      let namespace = object.value(at: "metadata", "namespace")?.string
    else { throw Missed("an object of \(application.name) has no name") }
    let labels = (object.value(at: "metadata", "labels") ?? [:]).merging(patch: [
      "kustomize.toolkit.fluxcd.io/name": .string(application.name),
      "kustomize.toolkit.fluxcd.io/namespace": .string(application.namespace),
    ])
    let base = version == "v1" ? "/api/v1" : "/apis/\(version)"
    try await server.apply(
      "\(base)/namespaces/\(namespace)/\(kind.lowercased())s/\(name)",
      object.merging(patch: ["metadata": ["labels": labels]]), manager: "kustomize-controller")
    return Self.entry(object)
  }

  /// An object's entry of the inventory (wire-facts 1.4).
  private static func entry(_ object: JSON) -> JSON {
    let parts = (object["apiVersion"]?.string ?? "").split(separator: "/")
    let words = [
      object.value(at: "metadata", "namespace")?.string ?? "",
      (object.value(at: "metadata", "name")?.string ?? "").replacing(":", with: "__"),
      parts.count > 1 ? String(parts[0]) : "", object["kind"]?.string ?? "",
    ]
    return ["id": .string(words.joined(separator: "_")), "v": .string(String(parts.last ?? ""))]
  }

  /// A ConfigMap as `files` has it.
  public static func configMap(_ name: String, namespace: String = "shop") -> JSON {
    [
      "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "data": ["mode": "on"],
    ]
  }

  /// The ConfigMaps `flags` and `limits`, and the Deployment `web`.
  public static func files(namespace: String = "shop") -> [String: String] {
    var files = [
      "web.yaml": """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: \(namespace)}
      spec:
        replicas: 3
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers: [{name: web, image: registry.example.com/web:1}]
      """
    ]
    for name in ["flags", "limits"] {
      files["\(name).yaml"] = String(decoding: configMap(name, namespace: namespace).encoded(), as: UTF8.self)
    }
    return files
  }
}
