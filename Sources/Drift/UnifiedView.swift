import GitOps
import Structured

/// An object reduced to what differs and what leads there, in the order of Git; the rest is counted (`drift.md` C).
public struct UnifiedView {
  /// One difference, at its place in both trees.
  private struct Change {
    let row: DriftRow
    let steps: [PathStep]
    let desired: PackedNode?
    let live: JSONNode?
  }

  /// Changes by their places.
  private final class Node {
    let step: PathStep?
    var change: Change?
    var children: [Node] = []

    init(_ step: PathStep?) { self.step = step }

    func child(_ step: PathStep) -> Node {
      if let known = children.first(where: { $0.step.map { $0.isSame(as: step) } ?? false }) { return known }
      let new = Node(step)
      children.append(new)
      return new
    }
  }

  private let isSecret: Bool
  private(set) var lines: [DiffLine] = []

  /// Of one value no more lines than these.
  static let valueLimit = 400
  /// Of the lines of two texts no more than these.
  static let textLimit = 4000
  /// A larger value is not laid out.
  static let byteLimit = 1 << 20

  /// The lines of an object's rows that are about fields. Costs a comparison; values too large to read are counted.
  public static func lines(_ rows: [DriftRow], _ input: DriftInput, schema: SchemaTable) -> [DiffLine] {
    guard case .present(let object, _) = input.live, let live = try? object.document().root else { return [] }
    let desired = input.desired.object
    let normal = desired.map(SecretValues.merged)
    var places: [String: Difference] = [:]
    if let desired {
      for difference in Comparison.differences(of: desired, from: live, schema: schema) {
        places[FieldPath(difference.steps, live: live, desired: difference.desired).pointer] = difference
      }
    }
    let type = schema.root(group: input.object.group, version: object.version, kind: input.object.kind)
    let top = Node(nil)
    for row in rows where !row.pointer.isEmpty && row.driftClass != .pending {
      let change: Change
      if let place = places[row.pointer] {
        change = Change(row: row, steps: place.steps, desired: place.desired, live: place.live)
      } else if let (steps, value) = Self.steps(row.pointer, live, type, schema) {
        change = Change(row: row, steps: steps, desired: normal?.follow(steps, live: live), live: value)
      } else {
        continue
      }
      var here = top
      for step in change.steps { here = here.child(step) }
      here.change = change
    }
    guard !top.children.isEmpty else { return [] }
    var view = UnifiedView(isSecret: input.object.groupKind == SecretValues.kind)
    view.write(top, normal, live, indent: 0)
    return view.lines
  }

  private init(isSecret: Bool) { self.isSecret = isSecret }

  /// The steps that a pointer into the live object takes.
  private static func steps(
    _ pointer: String, _ live: JSONNode, _ type: SchemaTable.ID?, _ schema: SchemaTable
  ) -> ([PathStep], JSONNode)? {
    var steps: [PathStep] = []
    var here = live
    var node = type
    for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let name = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
      if here.kind == .array {
        guard let index = Int(name), let next = here[index] else { return nil }
        let keys = node.map { schema.keys(of: $0) } ?? []
        steps.append(keys.isEmpty ? .element(index: index) : .item(index: index, keys: keys))
        node = node.flatMap { schema.item(of: $0) }
        here = next
      } else {
        guard let next = here[name] else { return nil }
        steps.append(.key(name))
        if let known = node, case .node(let child) = schema.child(of: known, named: name) {
          node = child
        } else {
          node = nil
        }
        here = next
      }
    }
    return (steps, here)
  }

  // MARK: Writing

  /// - Parameter shown: fields that stand there already.
  private mutating func write(
    _ node: Node, _ desired: PackedNode?, _ live: JSONNode?, indent: Int, shown: Set<String> = []
  ) {
    var left = node.children
    var hidden = 0
    if let desired, desired.isMap {
      for (key, value) in desired.entries {
        guard let index = left.firstIndex(where: { $0.step?.isKey(key) ?? false }) else {
          if !shown.contains(key) { hidden += 1 }
          continue
        }
        fold(&hidden, indent, "field")
        write(entry: left.remove(at: index), value, live?[key], indent: indent)
      }
      fold(&hidden, indent, "field")
    } else if let desired, desired.isList {
      let shown = left.count { $0.change?.desired != nil || $0.change == nil }
      hidden = max(0, desired.count - shown)
    }
    for child in left {
      let next = child.step.flatMap { desired?.follow([$0], live: live ?? Self.nothing) }
      write(entry: child, next, child.step.flatMap { live?.following($0) }, indent: indent)
    }
    fold(&hidden, indent, "element")
  }

  private static let nothing: JSONNode = {
    guard let document = try? JSONDocument(parsing: Array("{}".utf8)) else {
      preconditionFailure("an empty object is JSON")
    }
    return document.root
  }()

  private mutating func fold(_ count: inout Int, _ indent: Int, _ what: String) {
    guard count > 0 else { return }
    add(.fold, indent, "… \(count) unchanged \(what)\(count == 1 ? "" : "s")")
    count = 0
  }

  private mutating func write(entry node: Node, _ desired: PackedNode?, _ live: JSONNode?, indent: Int) {
    guard let step = node.step else { return }
    if let change = node.change { return write(change, step, indent: indent) }
    switch step {
    case .key(let key):
      add(.context, indent, YAMLPrinter.lines(.object(JSONObject([(key, .object(JSONObject([("x", .null)])))])))[0])
      write(node, desired, live, indent: indent + 2)
    case .item(_, let keys):
      let words = keys.compactMap { key in
        (live?[key.name].map { ValueText.text($0) } ?? desired?[key.name].map { ValueText.text($0) }).map {
          "\(key.name): \($0)"
        }
      }
      add(.context, indent, "- " + (words.isEmpty ? "…" : words.joined(separator: ", ")))
      write(node, desired, live, indent: indent + 2, shown: Set(keys.map(\.name)))
    case .member, .element:
      add(.context, indent, "- …")
      write(node, desired, live, indent: indent + 2)
    }
  }

  private mutating func write(_ change: Change, _ step: PathStep, indent: Int) {
    let (row, id) = (change.row, change.row.id)
    let mine = change.desired.flatMap { $0.isNull ? nil : $0 }
    let theirs = change.live.flatMap { $0.isNull ? nil : $0 }
    if isSecret || mine?.holdsSecret ?? false {
      if let live = row.live { add(.live, indent, Self.entry(step, live), id) }
      if let desired = row.desired { add(.git, indent, Self.entry(step, desired), row.live == nil ? id : nil) }
      return
    }
    if case .key(let key) = step, let new = mine?.string, let old = theirs?.string, new.contains("\n"),
      old.contains("\n"), max(new.utf8.count, old.utf8.count) <= Self.byteLimit
    {
      add(.context, indent, "\(key): |", id)
      return write(LineChanges(old, new), indent: indent + 2)
    }
    let before = lines.count
    write(theirs.map { ($0.size, JSON($0)) }, step, .live, indent: indent)
    write(mine.map { ($0.roughSize, $0.json) }, step, .git, indent: indent)
    if before < lines.count { lines[before] = DiffLine(lines[before].sign, lines[before].text, row: id) }
  }

  private static func entry(_ step: PathStep, _ text: String) -> String {
    if case .key(let key) = step { return "\(key): \(text)" }
    return "- \(text)"
  }

  private mutating func write(_ value: (size: Int, json: JSON)?, _ step: PathStep, _ sign: DiffLine.Sign, indent: Int) {
    guard let value else { return }
    if value.size > Self.byteLimit {
      return add(sign, indent, Self.entry(step, "… \(value.size >> 10) KB, not shown"))
    }
    var wrapped: JSON = .array([value.json])
    if case .key(let key) = step { wrapped = .object(JSONObject([(key, value.json)])) }
    let text = YAMLPrinter.lines(wrapped)
    for line in text.prefix(Self.valueLimit) { add(sign, indent, line) }
    if text.count > Self.valueLimit { add(.fold, indent, "… \(text.count - Self.valueLimit) more lines") }
  }

  private mutating func write(_ changes: LineChanges, indent: Int) {
    let parts = changes.parts(context: 3)
    defer { if parts.count > Self.textLimit { add(.fold, indent, "… \(parts.count - Self.textLimit) more lines") } }
    for part in parts.prefix(Self.textLimit) {
      switch part {
      case .same(let line): add(.context, indent, line)
      case .old(let line): add(.live, indent, line)
      case .new(let line): add(.git, indent, line)
      case .left(let count): add(.fold, indent, "… \(count) unchanged line\(count == 1 ? "" : "s")")
      }
    }
  }

  private mutating func add(_ sign: DiffLine.Sign, _ indent: Int, _ text: String, _ row: DriftRow.ID? = nil) {
    lines.append(DiffLine(sign, String(repeating: " ", count: indent) + text, row: row))
  }
}

extension PathStep {
  fileprivate func isKey(_ name: String) -> Bool { if case .key(name) = self { true } else { false } }

  fileprivate func isSame(as other: PathStep) -> Bool {
    switch (self, other) {
    case (.key(let a), .key(let b)): a == b
    case (.item(let a, _), .item(let b, _)), (.member(let a), .member(let b)), (.element(let a), .element(let b)):
      a == b
    default: false
    }
  }
}

extension JSONNode {
  fileprivate var size: Int { bytes().count }

  fileprivate func following(_ step: PathStep) -> JSONNode? {
    switch step {
    case .key(let key): self[key]
    case .item(let index, _), .member(let index), .element(let index): index >= 0 ? self[index] : nil
    }
  }
}

extension PackedNode {
  /// Bytes of all its texts.
  fileprivate var roughSize: Int {
    switch kind {
    case .map: entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.roughSize }
    case .list: elements.reduce(0) { $0 + $1.roughSize }
    case .string, .number: textSize
    case .no, .yes, .null: 4
    }
  }
}

/// The lines of two texts beside each other.
struct LineChanges {
  enum Part: Equatable {
    case same(String)
    case old(String)
    case new(String)
    /// So many unchanged lines are left out.
    case left(Int)
  }

  private var parts: [Part] = []

  /// Beyond this many different lines a text is replaced as a whole.
  private static let limit = 4000

  init(_ old: String, _ new: String) {
    var before = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    var after = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    var head: [Part] = []
    while let a = before.first, let b = after.first, a == b {
      head.append(.same(a))
      before.removeFirst()
      after.removeFirst()
    }
    var tail: [Part] = []
    while let a = before.last, let b = after.last, a == b {
      tail.append(.same(a))
      before.removeLast()
      after.removeLast()
    }
    parts = head
    if before.count + after.count > Self.limit {
      parts += before.map(Part.old) + after.map(Part.new)
    } else {
      let changes = Array(after).difference(from: Array(before))
      let gone = Set(changes.removals.compactMap { if case .remove(let offset, _, _) = $0 { offset } else { nil } })
      let added = Set(changes.insertions.compactMap { if case .insert(let offset, _, _) = $0 { offset } else { nil } })
      var index = 0
      for (offset, line) in before.enumerated() {
        if gone.contains(offset) {
          parts.append(.old(line))
          continue
        }
        while added.contains(index) {
          parts.append(.new(after[after.startIndex + index]))
          index += 1
        }
        parts.append(.same(line))
        index += 1
      }
      while index < after.count {
        parts.append(.new(after[after.startIndex + index]))
        index += 1
      }
    }
    parts += tail.reversed()
  }

  /// - Parameter context: so many unchanged lines stay around a change.
  func parts(context: Int) -> [Part] {
    var near = Set<Int>()
    for (index, part) in parts.enumerated() {
      if case .same = part { continue }
      near.formUnion(max(0, index - context)...min(parts.count - 1, index + context))
    }
    var result: [Part] = []
    var left = 0
    for (index, part) in parts.enumerated() {
      if near.contains(index) {
        if left > 0 { result.append(.left(left)) }
        left = 0
        result.append(part)
      } else {
        left += 1
      }
    }
    return left > 0 ? result + [.left(left)] : result
  }
}
