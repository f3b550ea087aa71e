/// A place in an object that has rules of its own (`drift.md` N1).
enum Place: Sendable {
  case root
  case metadata(isRoot: Bool)
  case labels, annotations
  case other

  func inner(_ key: String) -> Place {
    switch (self, key) {
    case (.root, "metadata"): .metadata(isRoot: true)
    case (.metadata, "labels"): .labels
    case (.metadata, "annotations"): .annotations
    case (_, "metadata"): .metadata(isRoot: false)
    default: .other
    }
  }

  /// Each entry is a thing of its own, whatever the schema says.
  var isOpenMap: Bool {
    switch self {
    case .labels, .annotations: true
    case .root, .metadata, .other: false
    }
  }

  var isMetadata: Bool {
    switch self {
    case .metadata, .labels, .annotations: true
    case .root, .other: false
    }
  }

  /// Fields that are never compared, also when Git sets them.
  func ignores(_ key: String) -> Bool {
    switch self {
    case .root: key == "apiVersion" || key == "kind" || key == "status"
    case .metadata(let isRoot): isRoot ? FieldFacts.serverMetadata.contains(key) : key == "creationTimestamp"
    case .annotations: FieldFacts.isRecord(annotation: key)
    case .labels, .other: false
    }
  }

  /// Live-only fields that are not looked at: what is ignored, what engines mark their objects with, and what compares
  /// only if Git has it.
  func hidesSurplus(_ key: String) -> Bool {
    if ignores(key) { return true }
    switch self {
    case .root: return key == "stringData"
    case .metadata(let isRoot): return isRoot && (key == "finalizers" || key == "ownerReferences")
    case .labels, .annotations: return FieldFacts.isEngineMark(key)
    case .other: return false
    }
  }
}
