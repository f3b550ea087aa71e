import Structured

/// Lets references follow objects whose name or namespace changed (kustomize: api/filters/nameref,
/// api/internal/accumulator/namereferencetransformer.go). Runs once, at the root.
struct NameReferencePass: Pass, Sendable {
  private struct Reference: Sendable {
    let target: NameBackReferences
    let field: FieldSpec
    let isRole: Bool
  }

  private let references: [Reference]
  /// By the kind of the referrer; the empty kind speaks of every one.
  private let paths: [String: PathTrie]

  private static let standard = NameReferencePass(building: TransformerConfig.standard.nameReferences)

  init(_ table: [NameBackReferences]) {
    self =
      table == TransformerConfig.standard.nameReferences ? Self.standard : NameReferencePass(building: table)
  }

  private init(building table: [NameBackReferences]) {
    var references: [Reference] = []
    var paths: [String: PathTrie] = [:]
    for target in table {
      for field in target.referrers {
        paths[field.kind, default: PathTrie()].add(field.path[...], references.count)
        references.append(
          Reference(target: target, field: field, isRole: field.path.suffix(2) == ["roleRef", "name"]))
      }
    }
    self.references = references
    self.paths = paths
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    let referrals = Referrals(list)
    guard !referrals.isEmpty else {
      for resource in list.resources where resource.id.kind == "RoleBinding" {
        _ = try ReferralSearch(resource, among: referrals, place: place)
      }
      return
    }
    try list.transform { resource throws(RenderError) in
      let original = resource.original
      var search: ReferralSearch?
      for kind in [original.kind, ""] {
        // Most objects have few of the fields of their kind.
        for index in paths[kind]?.present(in: resource.root) ?? [] {
          let reference = references[index]
          guard reference.field.matches(original) else { continue }
          if search == nil { search = try ReferralSearch(resource, among: referrals, place: place) }
          search?.target = reference.target
          search?.isRole = reference.isRole
          guard let current = search else { continue }
          try reference.field.visit(&resource.root, creating: .none, place: place) { node throws(RenderError) in
            try current.update(&node, place)
          }
        }
      }
    }
  }
}

/// Paths of fields by their steps, so that one walk over an object finds those that it has.
private struct PathTrie: Sendable {
  private var ends: [Int] = []
  private var steps: [String: PathTrie] = [:]

  mutating func add(_ path: ArraySlice<String>, _ number: Int) {
    if let step = path.first {
      steps[step, default: PathTrie()].add(path.dropFirst(), number)
    } else {
      ends.append(number)
    }
  }

  /// The numbers of the paths that lead somewhere, ascending. Lists on the way are entered.
  func present(in root: YAMLNode) -> [Int] {
    var found: Set<Int> = []
    collect(root, &found)
    return found.sorted()
  }

  private func collect(_ node: YAMLNode, _ found: inout Set<Int>) {
    found.formUnion(ends)
    guard !steps.isEmpty else { return }
    switch node.value {
    case .map(let map):
      for (key, value) in map {
        if let step = steps[key] { step.collect(value, &found) }
      }
    case .list(let elements): for element in elements { collect(element, &found) }
    case .null, .bool, .number, .string: return
    }
  }
}

/// The objects that had another id once, found by a former name.
private struct Referrals {
  struct Referral {
    let id: ResourceID
    let isClusterScoped: Bool
    let previous: [ResourceID]
    let prefixes: [String]
    let suffixes: [String]
    let name: YAMLNode?
    let namespace: YAMLNode?
    var original: ResourceID { previous.first ?? id }
  }

  private var byName: [String: [Referral]] = [:]
  var isEmpty: Bool { byName.isEmpty }

  init(_ list: ResourceList) {
    for resource in list.resources where !resource.previous.isEmpty {
      let id = resource.id
      let metadata = resource.root["metadata"]
      let referral = Referral(
        id: id, isClusterScoped: id.isClusterScoped, previous: resource.previous, prefixes: resource.prefixes,
        suffixes: resource.suffixes, name: metadata?["name"], namespace: metadata?["namespace"])
      for name in Set(resource.previous.map(\.name)) { byName[name, default: []].append(referral) }
    }
  }

  func named(_ name: String) -> [Referral] { byName[name] ?? [] }
}

/// What one object may refer to.
private struct ReferralSearch {
  private let referrals: Referrals
  private let referrer: ResourceID
  private let isClusterScoped: Bool
  private let prefixes: [String]
  private let suffixes: [String]
  /// The namespaces of a RoleBinding's service accounts.
  private var namespaces: Set<String> = []
  private let roleGroup: String?
  private let roleKind: String?
  var target = NameBackReferences(kind: "", referrers: [])
  /// The field is a `roleRef/name`, where group and kind beside it count.
  var isRole = false

  init(_ resource: Resource, among referrals: Referrals, place: Place) throws(RenderError) {
    self.referrals = referrals
    referrer = resource.id
    isClusterScoped = referrer.isClusterScoped
    prefixes = resource.prefixes
    suffixes = resource.suffixes
    roleGroup = resource.root["roleRef"]?["apiGroup"]?.string
    roleKind = resource.root["roleRef"]?["kind"]?.string
    if referrer.kind == "RoleBinding", let subjects = resource.root["subjects"]?.list {
      for subject in subjects where subject["kind"]?.string == "ServiceAccount" {
        guard let namespace = subject["namespace"] else { continue }
        guard let text = namespace.string else {
          throw .failed(
            sentence: "the namespace of a subject of \(referrer) is blank", place: place(namespace.origin))
        }
        namespaces.insert(text)
      }
    }
  }

  func update(_ node: inout YAMLNode, _ place: Place) throws(RenderError) {
    switch node.value {
    case .string(let name):
      guard let referral = try select(name, within: nil, bothCount: false, at: node.origin, place) else { return }
      if referral.id.name != name { node = Self.renamed(referral.name) }
    case .map: try updateMap(&node, place)
    case .list(var elements):
      for index in elements.indices {
        switch elements[index].value {
        case .string, .map: try update(&elements[index], place)
        default: continue
        }
      }
      node.value = .list(elements)
    case .null, .bool, .number: return
    }
  }

  private static func renamed(_ value: YAMLNode?) -> YAMLNode {
    YAMLNode(value?.value ?? .null, origin: (value?.origin ?? .none).layered(.nameReference))
  }

  /// A map with a name and perhaps a namespace: a subject, the service of a webhook.
  private func updateMap(_ node: inout YAMLNode, _ place: Place) throws(RenderError) {
    guard let name = node["name"]?.string else {
      throw .failed(sentence: "a reference to a \(target.kind) without a name", place: place(node.origin))
    }
    let namespace = node["namespace"]?.string
    guard let referral = try select(name, within: namespace, bothCount: true, at: node.origin, place) else { return }
    if referral.id.name == name, referral.id.namespace.isEmpty { return }
    if referral.id.name != name { node["name"] = Self.renamed(referral.name) }
    // No namespace means any one here, not `default`.
    guard !referral.id.namespace.isEmpty, referral.id.namespace != namespace else { return }
    node["namespace"] = Self.renamed(referral.namespace)
  }

  private func select(
    _ name: String, within namespace: String?, bothCount: Bool, at origin: Origin, _ place: Place
  ) throws(RenderError) -> Referrals.Referral? {
    var found = referrals.named(name).filter { isReachable($0) }
    if let namespace {
      let original = found.filter { $0.original.effectiveNamespace == namespace }
      found = original.isEmpty ? found.filter { $0.id.effectiveNamespace == namespace } : original
    }
    found = found.filter { referral in
      referral.previous.contains { isSelected($0, target.group, target.version, target.kind) }
        && (!isRole || roleGroup == nil || roleKind == nil
          || referral.previous.contains { isSelected($0, roleGroup ?? "", "", roleKind ?? "") })
        && (isClusterScoped || referral.isClusterScoped || referral.id.kind == "ServiceAccount"
          || referral.id.effectiveNamespace == referrer.effectiveNamespace)
    }
    if found.count == 1 { return found[0] }
    // Those with affixes of their own that differ are another overlay's.
    found = found.filter { hasSameAffixes($0, orNone: true) }
    if found.count == 1 { return found[0] }
    found = found.filter { hasSameAffixes($0, orNone: false) }
    guard let first = found.first else { return nil }
    let isSame = found.allSatisfy {
      $0.id.name == first.id.name && (!bothCount || $0.id.namespace == first.id.namespace)
    }
    guard isSame else {
      let ids = found.map { "\($0.id)" }.joined(separator: ", ")
      throw .failed(
        sentence: "found multiple possible referrals for \(target.kind) \(name): \(ids)", place: place(origin))
    }
    return first
  }

  private func isReachable(_ referral: Referrals.Referral) -> Bool {
    isClusterScoped || referral.isClusterScoped || referral.id.effectiveNamespace == referrer.effectiveNamespace
      || namespaces.contains(referral.id.namespace)
  }

  private func isSelected(_ id: ResourceID, _ group: String, _ version: String, _ kind: String) -> Bool {
    (group.isEmpty || id.group == group) && (version.isEmpty || id.version == version)
      && (kind.isEmpty || id.kind == kind)
  }

  private func hasSameAffixes(_ referral: Referrals.Referral, orNone: Bool) -> Bool {
    func same(_ a: [String], _ b: [String]) -> Bool {
      if a.isEmpty || b.isEmpty { return orNone || a.isEmpty && b.isEmpty }
      let count = min(a.count, b.count)
      return a.suffix(count) == b.suffix(count)
    }
    return same(referral.prefixes, prefixes) && same(referral.suffixes, suffixes)
  }
}
