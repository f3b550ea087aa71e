import GitOps
import Structured

/// One field whose desired value live does not satisfy.
struct Difference {
  enum Form: Sendable {
    case changed
    /// Live has nothing there.
    case missing
    /// Live has more inside something that is replaced as a whole.
    case surplus
    /// The schema does not know the field: the server drops it.
    case unknownField
    /// Git's value is encrypted.
    case encrypted
    /// Git's value depends on something that is not known here.
    case unknown
    /// Beyond the depth that is compared.
    case tooDeep
  }

  var steps: [PathStep]
  var desired: PackedNode?
  var live: JSONNode?
  let form: Form
  /// Whether the server's schema says what the field is.
  let isTyped: Bool
}

/// Compares what Git says with what lives: every path of the desired object is looked up in the live one, nothing else is
/// visited (`drift.md` B.3 R1-R5). The recursion follows the desired object, whose depth its reader limits.
struct Comparison {
  let schema: SchemaTable
  let rules: KindRules
  /// A kind that the API server itself serves: its types drop empty values.
  let isBuiltIn: Bool
  let isSecret: Bool
  let isConfigMap: Bool
  let hasSchema: Bool
  let ignoresRules: Bool

  /// Stop at the first difference.
  var stopsEarly = false
  var steps: [PathStep] = []
  var found: [Difference] = []
  /// Within something atomic: live may not have more than Git says.
  var isExact = false

  static let depthLimit = 200
  /// Beyond this an object is not compared any further; nobody reads that many rows of one object.
  static let differenceLimit = 500

  init(kind: GroupKind, root: SchemaTable.ID?, desired: PackedNode, schema: SchemaTable) {
    self.schema = schema
    rules = KindRules.rules(for: kind)
    isBuiltIn = root.map { schema.has(.builtIn, $0) } ?? FieldFacts.isBuiltIn(group: kind.group)
    hasSchema = root != nil
    isSecret = kind == GroupKind(group: "", kind: "Secret")
    isConfigMap = kind == GroupKind(group: "", kind: "ConfigMap")
    ignoresRules =
      kind.group == "rbac.authorization.k8s.io" && desired["aggregationRule"].map { !$0.isNull } ?? false
  }

  /// Whether nothing more has to be looked at.
  var isDone: Bool { stopsEarly ? !found.isEmpty : found.count >= Self.differenceLimit }

  /// The differences of a whole object.
  static func differences(
    of desired: DesiredObject, from live: JSONNode, schema: SchemaTable, stopsEarly: Bool = false
  ) -> [Difference] {
    let root = schema.root(
      group: desired.groupKind.group, version: desired.version, kind: desired.groupKind.kind)
    let normal = SecretValues.merged(desired)
    var comparison = Comparison(kind: desired.groupKind, root: root, desired: normal, schema: schema)
    comparison.stopsEarly = stopsEarly
    guard normal.isMap, live.kind == .object else {
      return [Difference(steps: [], desired: normal, live: live, form: .changed, isTyped: false)]
    }
    comparison.compareMap(normal, live, root, .root)
    return comparison.found
  }

  mutating func note(_ form: Difference.Form, _ desired: PackedNode?, _ live: JSONNode?, _ node: SchemaTable.ID?) {
    if isDone { return }
    found.append(Difference(steps: steps, desired: desired, live: live, form: form, isTyped: node != nil))
  }

  mutating func compareMap(_ desired: PackedNode, _ live: JSONNode, _ node: SchemaTable.ID?, _ place: Place) {
    // Large maps are looked up by hash, or ten thousand labels would be compared with ten thousand labels.
    var index: [String: JSONNode]?
    if desired.count > 64, live.count > 64, let members = live.members {
      index = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }
    for (key, value) in desired.entries {
      if isDone { return }
      if value.isNull || isIgnored(key, value, at: place) { continue }
      steps.append(.key(key))
      defer { steps.removeLast() }
      if let treatment = rules.treatment(at: steps), isExcused(value, treatment) { continue }
      let child = child(of: node, key, at: place)
      let liveValue = index == nil ? live[key] : index?[key]
      if let liveValue, !liveValue.isNull {
        if case .node(let id) = child {
          compare(value, liveValue, id, place.inner(key))
        } else {
          compare(value, liveValue, nil, place.inner(key))
        }
      } else if value.isMap, place.inner(key).isMetadata {
        compareMap(value, Self.nothing, nil, place.inner(key))
      } else {
        missing(value, key, child, keepsEmpty: liveValue == nil && isOpenMap(node, place))
      }
    }
    // A custom resource's own defaults cannot be told from additions here.
    if isExact, isBuiltIn || node.map({ schema.shape($0) == .map }) ?? false { noteSurplus(desired, live, node) }
  }

  /// In something atomic a live-only entry is a difference, unless it is empty or a default.
  private mutating func noteSurplus(_ desired: PackedNode, _ live: JSONNode, _ node: SchemaTable.ID?) {
    guard let members = live.members else { return }
    let wanted = PackedMap(desired)
    for (key, value) in members {
      if isDone { return }
      if wanted[key].map({ !$0.isNull }) ?? false || value.isEmptyValue { continue }
      if let scalar = Scalar(value), node.map({ schema.shape($0) != .map }) ?? true,
        FieldFacts.isDefault(scalar.text, of: key)
      {
        continue
      }
      steps.append(.key(key))
      note(.surplus, nil, value, node)
      steps.removeLast()
    }
  }

  private func child(of node: SchemaTable.ID?, _ key: String, at place: Place) -> SchemaTable.Child {
    guard let node else { return .free }
    let child = schema.child(of: node, named: key)
    // Every object has these, whatever its schema lists.
    if case .root = place, case .dropped = child, key == "metadata" { return .free }
    return child
  }

  private func isIgnored(_ key: String, _ value: PackedNode, at place: Place) -> Bool {
    if case .root = place {
      if key == "rules" { return ignoresRules }
      if key == "sops" { return value["mac"] != nil || value["version"] != nil }
    }
    return place.ignores(key)
  }

  private func isExcused(_ value: PackedNode, _ treatment: KindRules.Treatment) -> Bool {
    switch treatment {
    case .ignored: true
    case .ignoredWhenZero: Scalar(value)?.isZero ?? false
    case .ignoredWhenPlaceholder: value.string.map(KindRules.isPlaceholder(certificate:)) ?? false
    case .unordered, .subset: false
    }
  }

  /// Git says something where live has nothing (`drift.md` R4).
  /// - Parameter keepsEmpty: an entry of a map: the server keeps it, whatever its value.
  private mutating func missing(_ value: PackedNode, _ key: String, _ child: SchemaTable.Child, keepsEmpty: Bool) {
    let node: SchemaTable.ID? = if case .node(let id) = child { id } else { nil }
    let mattersWhenEmpty = FieldFacts.meaningfulWhenEmpty.contains(key) && value.isMap && isBuiltIn
    if value.isUnknown { return note(.unknown, value, nil, node) }
    if !mattersWhenEmpty, isNothing(value, node, keepsEmpty: keepsEmpty) { return }
    if case .dropped = child { return note(.unknownField, value, nil, node) }
    note(.missing, value, nil, node)
  }

  /// Whether a desired value is the same as its absence.
  private func isNothing(_ value: PackedNode, _ node: SchemaTable.ID?, keepsEmpty: Bool) -> Bool {
    switch value.kind {
    case .null: return true
    case .list: return value.count == 0 && !keepsEmpty
    case .map:
      if keepsEmpty { return false }
      let isOpen = isOpenMap(node, .other)
      return value.entries.allSatisfy { isNothing($0.value, nil, keepsEmpty: isOpen) }
    case .no, .yes, .number, .string:
      if keepsEmpty || Scalar(value)?.isZero != true { return false }
      return isBuiltIn || node.map { schema.has(.defaultsToZero, $0) } ?? false
    }
  }

  /// Whether the entries here are a map's, not the fields of a struct.
  private func isOpenMap(_ node: SchemaTable.ID?, _ place: Place) -> Bool {
    if let node { return schema.shape(node) == .map }
    if place.isOpenMap { return true }
    guard isSecret || isConfigMap, case .key(let field)? = steps.first else { return false }
    return field == "data" || field == "binaryData"
  }

  /// What is compared with where live has no metadata of some sort: each entry is a row of its own.
  private static let nothing: JSONNode = {
    guard let document = try? JSONDocument(parsing: Array("{}".utf8)) else {
      preconditionFailure("an empty object is JSON")
    }
    return document.root
  }()

  mutating func compare(_ desired: PackedNode, _ live: JSONNode, _ node: SchemaTable.ID?, _ place: Place) {
    if steps.count > Self.depthLimit { return note(.tooDeep, desired, live, nil) }
    if desired.isUnknown { return note(.unknown, desired, live, node) }
    switch desired.kind {
    case .null: return
    case .map:
      guard live.kind == .object else {
        if !(desired.count == 0 && live.isEmptyValue) { note(.changed, desired, live, node) }
        return
      }
      let wasExact = isExact
      if let node, schema.has(.atomic, node) { isExact = true }
      compareMap(desired, live, node, place)
      isExact = wasExact
    case .list:
      guard live.kind == .array else {
        if !(desired.count == 0 && live.isEmptyValue) { note(.changed, desired, live, node) }
        return
      }
      compareList(desired, live, node)
    case .no, .yes, .number, .string:
      if !isSatisfied(desired, live, node) {
        note(desired.isEncrypted ? .encrypted : .changed, desired, live, node)
      }
    }
  }

  private func isSatisfied(_ desired: PackedNode, _ live: JSONNode, _ node: SchemaTable.ID?) -> Bool {
    if desired.origin.layer == .secret { return SecretValues.isSame(desired, live) }
    if desired.isSameString(as: live) { return true }
    guard let mine = Scalar(desired), let theirs = Scalar(live) else { return false }
    if mine.isZero, case .key(let key)? = steps.last, let becomes = FieldFacts.zeroBecomes[key], isBuiltIn {
      if case .bool = mine {} else if becomes.isEmpty || becomes.contains(theirs.text) { return true }
    }
    return scalarClass(node).areEqual(mine, theirs, isCustom: !isBuiltIn, underResources: isUnderResources)
  }

  private func scalarClass(_ node: SchemaTable.ID?) -> ScalarClass {
    if steps.count == 2, case .key(let field) = steps[0] {
      if isSecret, field == "data" { return .bytes }
      if isConfigMap, field == "binaryData" { return .bytes }
    }
    return node.map { schema.scalars[Int($0)] } ?? .unknown
  }

  /// `….limits.cpu`, `….requests.memory`: amounts, also where a custom resource says only `string`.
  private var isUnderResources: Bool {
    guard !isBuiltIn, steps.count >= 2, case .key(let parent) = steps[steps.count - 2] else { return false }
    return parent == "limits" || parent == "requests"
  }
}

extension JSONNode {
  /// Null, `{}`, `[]` or `""`.
  var isEmptyValue: Bool {
    switch kind {
    case .null: true
    case .object, .array: count == 0
    case .string: string?.isEmpty ?? true
    case .bool, .number: false
    }
  }
}

extension PackedNode {
  /// A value that SOPS encrypted (wire-facts 7.3).
  var isEncrypted: Bool { hasPrefix("ENC[AES256_GCM,") }

  /// It depends on something that is not known here.
  var isUnknown: Bool { origin.layer == .undetermined }

  /// It is unknown, or names an element by something that is.
  func isUnknown(among keys: [String]) -> Bool { isUnknown || keys.contains { self[$0]?.isUnknown == true } }
}
