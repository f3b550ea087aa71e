import GitOps
import Structured

/// An entry of `spec.ignore` of a Kustomization, or of `spec.driftDetection.ignore` of a HelmRelease: fields that the
/// controller does not correct (flux: pkg/ssa jsondiff, IgnoreRule; wire-facts 1.4, 1.5).
public struct FluxIgnore: Sendable, Equatable {
  /// As it is written.
  private let entry: JSON
  /// JSON pointers (RFC 6901), each with everything below it; empty is the whole object.
  public let paths: [String]
  private let target: ResourceSelector?

  /// The entries of a reconciler's object. One that cannot be read hides nothing.
  public static func rules(of document: JSONDocument) -> [FluxIgnore] {
    let spec = document.root["spec"]
    let isHelm = document.root["kind"]?.string == "HelmRelease" || spec?["driftDetection"] != nil
    guard let entries = (isHelm ? spec?["driftDetection"]?["ignore"] : spec?["ignore"])?.elements else { return [] }
    return entries.compactMap { FluxIgnore($0) }
  }

  private init?(_ entry: JSONNode) {
    guard let paths = entry["paths"]?.elements?.compactMap(\.string), !paths.isEmpty else { return nil }
    self.entry = JSON(entry)
    self.paths = paths.map { $0 == "/" ? "" : $0 }
    guard let target = entry["target"], target.kind == .object else {
      self.target = nil
      return
    }
    guard let selector = try? ResourceSelector(YAMLNode(json: JSON(target)), place: { _ in nil }) else { return nil }
    self.target = selector
  }

  /// Whether it is about an object.
  public func covers(_ object: DesiredObject) -> Bool { target?.matches(Resource(object.root)) ?? true }

  public static func == (a: FluxIgnore, b: FluxIgnore) -> Bool { a.entry == b.entry }
}
