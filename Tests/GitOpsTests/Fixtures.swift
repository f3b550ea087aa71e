import Foundation
import GitOps
import Structured
import Testing

/// Objects in files: our own under Tests/Fixtures, and the shared samples beside the package where they exist.
enum Fixtures {
  static let cluster = ClusterID("test")

  /// The package's root: the folder that contains Package.swift, upwards from this file.
  static let root: URL = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/",
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
    {
      folder.deleteLastPathComponent()
    }
    return folder
  }()

  static let samples: URL? = {
    let folder = root.deletingLastPathComponent().appendingPathComponent("shared/samples")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static func files(of kind: Kind) -> [URL] {
    let folder = root.appendingPathComponent("Tests/Fixtures/\(kind.groupKind.kind.lowercased())")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder.appendingPathComponent($0) }
  }

  static func json(_ file: URL) throws -> JSON {
    let documents = try YAMLReader.documents(in: [UInt8](Data(contentsOf: file)), rules: .core)
    return try #require(documents.first).json
  }

  /// `kustomization/ready` of our own.
  static func object(_ name: String) throws -> Object {
    try object(json(root.appendingPathComponent("Tests/Fixtures/\(name).yaml")))
  }

  static func sample(_ name: String) throws -> Object? {
    guard let samples else { return nil }
    return try object(json(samples.appendingPathComponent("\(name).yaml")))
  }

  static func object(_ json: JSON, cluster: ClusterID = cluster) throws -> Object {
    let parts = (json["apiVersion"]?.string ?? "v1").split(separator: "/").map(String.init)
    let groupKind = GroupKind(group: parts.count > 1 ? parts[0] : "", kind: json["kind"]?.string ?? "")
    return try Object(bytes: json.encoded(), cluster: cluster, groupKind: groupKind, version: parts.last ?? "")
  }

  /// The row of an object, by the adapter of its kind.
  static func describe(_ object: Object) throws -> Resource {
    try #require(KindAdapters.adapter(for: object.ref.groupKind)).describe(object)
  }
}
