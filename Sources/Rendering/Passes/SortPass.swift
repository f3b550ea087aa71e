import Structured

/// `sortOptions:` (kustomize: SortOrderTransformer). The order of objects makes no drift; it is what is printed.
struct SortPass: Pass {
  private let isLegacy: Bool
  private let first: [String]
  private let last: [String]

  static let first = [
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy",
    "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service",
    "LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob",
    "PodDisruptionBudget",
  ]
  static let last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]

  init(_ options: YAMLNode, place: Place) throws(RenderError) {
    let order = options["order"]?.string ?? ""
    guard order == "fifo" || order == "legacy" else {
      throw .failed(
        sentence: "the field 'sortOptions.order' must be one of [fifo, legacy]", place: place(options.origin))
    }
    let legacy = options["legacySortOptions"].flatMap { $0.isNull ? nil : $0 }
    if let legacy, order != "legacy" {
      throw .failed(
        sentence:
          "the field 'sortOptions.legacySortOptions' is set but the selected sort order is '\(order)', not 'legacy'",
        place: place(legacy.origin))
    }
    isLegacy = order == "legacy"
    first = legacy.map { ($0["orderFirst"]?.list ?? []).compactMap(\.string) } ?? Self.first
    last = legacy.map { ($0["orderLast"]?.list ?? []).compactMap(\.string) } ?? Self.last
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    guard isLegacy else { return }
    var ranks: [String: Int] = [:]
    for (index, kind) in first.enumerated() { ranks[kind] = index - first.count }
    for (index, kind) in last.enumerated() { ranks[kind] = index + 1 }
    list.sort { a, b in
      let (a, b) = (a.id, b.id)
      let (rankA, rankB) = (ranks[a.kind] ?? 0, ranks[b.kind] ?? 0)
      if rankA != rankB { return rankA < rankB }
      let (typeA, typeB) = (Self.type(a), Self.type(b))
      // The core group's Namespace comes before others of that kind.
      if a.kind == "Namespace", b.kind == "Namespace", a.group.isEmpty != b.group.isEmpty { return a.group.isEmpty }
      if typeA != typeB { return typeA.utf8.lexicographicallyPrecedes(typeB.utf8) }
      return Self.name(a).utf8.lexicographicallyPrecedes(Self.name(b).utf8)
    }
  }

  private static func type(_ id: ResourceID) -> String {
    func word(_ text: String, _ none: String) -> String { text.isEmpty ? none : text }
    return "\(word(id.group, "~G"))_\(word(id.version, "~V"))_\(word(id.kind, "~K"))"
  }

  private static func name(_ id: ResourceID) -> String {
    "\(type(id))|\(id.namespace.isEmpty ? "~X" : id.namespace)|\(id.name.isEmpty ? "~N" : id.name)"
  }
}
