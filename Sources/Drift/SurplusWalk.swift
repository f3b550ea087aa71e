import FoundationEssentials
import GitOps
import Structured

/// A live field that Git does not set, and who put it there (`drift.md` R6).
struct Surplus {
  let steps: [PathStep]
  let live: JSONNode
  let entry: Ownership.Entry
  let isFromGit: Bool
}

/// Walks what a manager owns and keeps what live has and Git has not. Only what the manager owns is looked at.
struct SurplusWalk {
  let schema: SchemaTable
  let ownership: Ownership
  /// What `kubectl apply` sent last, when the object carries that annotation.
  let lastApplied: JSONNode?
  let created: Date?
  /// Without the desired state everything that the manager owns counts.
  var ignoresDesired = false

  private(set) var found: [Surplus] = []
  private var steps: [PathStep] = []

  private static let limit = 100

  init(schema: SchemaTable, ownership: Ownership, lastApplied: JSONNode?, created: Date?) {
    self.schema = schema
    self.ownership = ownership
    self.lastApplied = lastApplied
    self.created = created
  }

  /// One side by side position in all the trees.
  private struct Position {
    var fields: JSONNode
    var live: JSONNode
    var desired: PackedNode?
    var applied: JSONNode?
    var node: SchemaTable.ID?
    /// Names of the fields that are this element's key.
    var keys: [String] = []
    var place = Place.other
  }

  mutating func walk(_ entry: Ownership.Entry, live: JSONNode, desired: PackedNode?, root: SchemaTable.ID?) {
    // Whoever made the object owns the defaults that it got then.
    if entry.party == .human, isCreator(entry) { return }
    let start = Position(
      fields: entry.fields, live: live, desired: desired, applied: lastApplied, node: root, place: .root)
    visit(start, entry)
  }

  /// By its name, or because it wrote in the second of the creation and the engine only later.
  private func isCreator(_ entry: Ownership.Entry) -> Bool {
    if ["kubectl-create", "kubectl-run", "kubectl-expose"].contains(entry.owner.manager) { return true }
    guard let time = entry.owner.time, let created, time.timeIntervalSince(created) < 1 else { return false }
    return !ownership.entries.contains { other in
      other.party == .own && other.owner.time.map { $0.timeIntervalSince(created) < 1 } ?? false
    }
  }

  private mutating func visit(_ here: Position, _ entry: Ownership.Entry) {
    guard steps.count <= Comparison.depthLimit else { return }
    let map = here.desired.map(PackedMap.init)
    here.fields.forEachMember { key, fields in
      if found.count >= Self.limit { return }
      let place: (PathStep, Position)?
      if key.count > 1, key[0] == UInt8(ascii: "f"), key[1] == UInt8(ascii: ":") {
        let bytes = UnsafeBufferPointer(rebasing: key[2...])
        let desired = map?[utf8: bytes]
        // Most of what an engine owns: a value that Git sets.
        if fields.count == 0, let desired, !desired.isNull { return }
        let name = String(decoding: bytes, as: UTF8.self)
        place = follow(field: name, desired, fields, from: here)
      } else {
        place = follow(String(decoding: key, as: UTF8.self), fields, from: here)
      }
      guard let (step, next) = place else { return }
      steps.append(step)
      defer { steps.removeLast() }
      if let desired = next.desired, !desired.isNull {
        if fields.count > 0 { visit(next, entry) }
      } else if fields.count == 0 || (fields["."] != nil && !isOpenMap(step, next)) {
        consider(next, entry)
      } else {
        visit(next, entry)
      }
    }
  }

  private func follow(
    field name: String, _ desired: PackedNode?, _ fields: JSONNode, from here: Position
  ) -> (PathStep, Position)? {
    var next = Position(fields: fields, live: here.live)
    if here.place.hidesSurplus(name) || here.keys.contains(name) { return nil }
    guard let live = here.live[name], !live.isEmptyValue else { return nil }
    next.live = live
    next.desired = desired
    next.applied = here.applied?[name]
    if let node = here.node, case .node(let child) = schema.child(of: node, named: name) { next.node = child }
    next.place = here.place.inner(name)
    return (.key(name), next)
  }

  private func follow(
    _ key: String, _ fields: JSONNode, from here: Position
  ) -> (PathStep, Position)? {
    var next = Position(fields: fields, live: here.live)
    guard key.hasPrefix("k:") || key.hasPrefix("v:"), let owned = OwnedKey(key), let elements = here.live.elements
    else {
      return nil
    }
    next.node = here.node.flatMap { schema.item(of: $0) }
    if key.hasPrefix("v:") {
      guard let text = Scalar(owned.root)?.text else { return nil }
      guard let index = Array(elements).firstIndex(where: { Scalar($0)?.text == text }), let live = here.live[index]
      else { return nil }
      next.live = live
      next.desired = here.desired?.elements.first { Scalar($0)?.text == text }
      next.applied = here.applied?.elements?.first { Scalar($0)?.text == text }
      return (.member(index: index), next)
    }
    let described = here.node.map { schema.keys(of: $0) } ?? []
    let names = owned.root.members.map { $0.map(\.key) } ?? []
    let keys =
      described.isEmpty
      ? names.map { SchemaTable.Key(name: $0, fallback: $0 == "protocol" ? "TCP" : nil) } : described
    let wanted = keys.map { owned.root[$0.name].flatMap { Scalar($0) }?.text ?? $0.fallback ?? "" }
    func isSame(_ value: (String) -> Scalar?) -> Bool {
      zip(keys, wanted).allSatisfy { key, text in (value(key.name)?.text ?? key.fallback ?? "") == text }
    }
    let all = Array(elements)
    guard let index = all.firstIndex(where: { element in isSame { element[$0].flatMap { Scalar($0) } } }) else {
      return nil
    }
    next.live = all[index]
    next.desired = here.desired?.elements.first { element in isSame { element[$0].flatMap { Scalar($0) } } }
    next.applied = here.applied?.elements?.first { element in isSame { element[$0].flatMap { Scalar($0) } } }
    next.keys = keys.map(\.name)
    return (.item(index: index, keys: keys), next)
  }

  /// Labels, annotations, data: each entry is a thing of its own.
  private func isOpenMap(_ step: PathStep, _ next: Position) -> Bool {
    if let node = next.node { return schema.shape(node) == .map }
    if case .key(let key) = step { return ["labels", "annotations", "data", "nodeSelector", "metadata"].contains(key) }
    return false
  }

  private mutating func consider(_ here: Position, _ entry: Ownership.Entry) {
    guard let step = steps.last, !Self.isDefault(here.live, step) else { return }
    if !ignoresDesired {
      if entry.party == .human {
        // A client-side apply owns every default it received; what it sent is in the annotation.
        if entry.owner.manager.hasSuffix("client-side-apply"), here.applied == nil { return }
        let path = FieldPath(steps, live: nil, desired: nil).owned
        if ownership.entries.contains(where: { $0.party == .own && $0.isApply && Ownership.owns(path, $0) }) { return }
      }
    }
    let isFromGit = entry.party == .own || (here.applied != nil && !ownership.hasOwn)
    found.append(Surplus(steps: steps, live: here.live, entry: entry, isFromGit: isFromGit))
  }

  /// Whether everything in it is what the server fills in by itself.
  static func isDefault(_ live: JSONNode, _ step: PathStep) -> Bool {
    if live.isEmptyValue { return true }
    if let scalar = Scalar(live), case .key(let key) = step { return FieldFacts.isDefault(scalar.text, of: key) }
    guard let members = live.members, case .key = step else { return false }
    return members.allSatisfy { isDefault($0.value, .key($0.key)) }
  }
}
