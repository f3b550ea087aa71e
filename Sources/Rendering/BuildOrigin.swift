import Structured

/// Where an object comes from or what changed it, as `buildMetadata` notes it (kustomize: api/resource/origin.go).
struct BuildOrigin: Sendable, Hashable {
  /// The file of a resource; empty for generated ones. Paths are seen from the root of the build.
  var path = ""
  var configuredIn = ""
  var apiVersion = ""
  var kind = ""
  var name = ""
  var namespace = ""

  init(path: String) { self.path = path }

  /// Something built in that a kustomization asked for.
  init(configuredIn: String, kind: String) {
    self.configuredIn = configuredIn
    apiVersion = "builtin"
    self.kind = kind
  }

  init(configuredIn: String, configuredBy id: ResourceID, apiVersion: String) {
    self.configuredIn = configuredIn
    self.apiVersion = apiVersion
    kind = id.kind
    name = id.name
    namespace = id.namespace
  }

  /// Its lines of YAML.
  fileprivate var lines: [String] {
    guard path.isEmpty else { return ["path: \(path)"] }
    let by = [("apiVersion", apiVersion), ("kind", kind), ("name", name), ("namespace", namespace)]
    return ["configuredIn: \(configuredIn)", "configuredBy:"]
      + by.filter { !$0.1.isEmpty }.map { "  \($0.0): \($0.1)" }
  }
}

/// What made an object and what changed it, in order, where the build was asked to note that.
struct BuildHistory: Sendable, Hashable {
  var origin: BuildOrigin?
  var transformations: [BuildOrigin] = []

  /// Writes the annotations.
  func write(to root: inout YAMLNode) {
    guard origin != nil || !transformations.isEmpty else { return }
    let place = Origin.none.layered(.buildMetadata)
    var annotations = root["metadata", orEmpty: place]["annotations", orEmpty: place]
    if !transformations.isEmpty {
      let lines = transformations.flatMap { step in step.lines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 } }
      annotations["alpha.config.kubernetes.io/transformations"] = YAMLNode(
        .string(lines.joined(separator: "\n") + "\n"), origin: place)
    }
    if let origin {
      annotations["config.kubernetes.io/origin"] = YAMLNode(
        .string(origin.lines.joined(separator: "\n") + "\n"), origin: place)
    }
    root["metadata", orEmpty: place]["annotations"] = annotations
  }
}
