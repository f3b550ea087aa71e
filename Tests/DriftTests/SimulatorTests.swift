import FoundationEssentials
import GitOps
import Structured
import TestKit
import Testing

@testable import Drift

/// No false alarms, measured on the objects of real repositories (`drift.md` B.8): what a server makes of an object is no
/// drift, and one edit by a person is exactly one row at its place.
@Suite struct SimulatorTests {
  /// The objects of all real repositories, each once.
  private static let objects = RepositoryObjects.all()

  private func rows(_ desired: YAMLNode, _ live: JSON, ignore: [IgnoreRule] = []) throws -> [DriftRow] {
    let json = desired.json
    let (groupKind, version) = Fixture.kind(of: json)
    let object = DesiredObject(
      groupKind: groupKind, version: version, namespace: json.value(at: "metadata", "namespace")?.string ?? "",
      name: json.value(at: "metadata", "name")?.string ?? "", root: desired, files: FileIndex())
    let hashed = SecretValues.hashed(object)
    return driftRows(
      Fixture.input(
        .object(hashed), .present(try Fixture.object(String(decoding: live.encoded(), as: UTF8.self)), labelled: true)
      ) { $0.ignore = ignore }, schema: BuiltinSchema.schema)
  }

  @Test func whatIsKeptOfAnObjectIsAllOfIt() {
    guard !Self.objects.isEmpty else { return Corpus.skip() }
    for (node, packed) in zip(Self.objects, PackedNode.packed(Self.objects)) { #expect(packed.unpacked == node) }
  }

  @Test func whatAServerMakesOfAnObjectIsNoDrift() throws {
    guard !Self.objects.isEmpty else { return Corpus.skip() }
    var alarms: [String: Int] = [:]
    var compared = 0
    var noted = 0
    var notes: [String: Int] = [:]
    for (index, desired) in Self.objects.enumerated() {
      for seed in 1...3 {
        var server = ServerSimulator(seed: UInt64(index * 31 + seed))
        let live = server.stored(desired.json)
        compared += 1
        let found = try rows(desired, live)
        noted += found.count { $0.driftClass == .mutated }
        for row in found where row.driftClass == .mutated {
          notes["\(row.object.kind) \(row.path): \(row.desired ?? "-") / \(row.live ?? "-")", default: 0] += 1
        }
        for row in found.counted {
          alarms["\(row.object.kind) \(row.path): \(row.desired ?? "-") / \(row.live ?? "-")", default: 0] += 1
        }
      }
    }
    for (alarm, count) in alarms.sorted(by: { $0.value > $1.value }).prefix(40) {
      print("false alarm x\(count): \(alarm)")
    }
    print(
      "simulator: \(Self.objects.count) objects, \(compared) comparisons, \(alarms.values.reduce(0, +)) false alarms")
    #expect(alarms.isEmpty)
  }

  // MARK: Edits

  enum Edit: String, CaseIterable {
    case text, number, flag, removal
  }

  enum Addition: String, CaseIterable {
    case label, annotation, variable, container
  }

  /// Fields by their names alone: an index says nothing where a server may have another order.
  private static func names(_ pointer: String) -> [String] {
    pointer.split(separator: "/").map { String($0).replacing("~1", with: "/").replacing("~0", with: "~") }
      .filter { Int($0) == nil }
  }

  /// A leaf of what Git wants that may be edited.
  private struct Leaf {
    let path: [String]
    let value: JSON
  }

  private static func leaves(_ value: JSON, _ path: [String] = []) -> [Leaf] {
    switch value {
    case .object(let members):
      return members.flatMap { key, member -> [Leaf] in
        if path.isEmpty, ["apiVersion", "kind", "status"].contains(key) { return [] }
        if path == ["metadata"], !["labels", "annotations"].contains(key) { return [] }
        // Keys of lists tell elements apart.
        if path.last.flatMap({ Int($0) }) != nil,
          ["name", "mountPath", "containerPort", "port", "protocol", "key"].contains(key)
        {
          return []
        }
        return leaves(member, path + [key])
      }
    case .array(let elements): return elements.enumerated().flatMap { leaves($1, path + ["\($0)"]) }
    case .null: return []
    default: return [Leaf(path: path, value: value)]
    }
  }

  private static func replaced(_ value: JSON, _ path: ArraySlice<String>, _ new: JSON?) -> JSON? {
    guard let step = path.first else { return new }
    switch value {
    case .object(var members):
      members[step] = members[step].flatMap { replaced($0, path.dropFirst(), new) }
      return .object(members)
    case .array(var elements):
      guard let index = Int(step), elements.indices.contains(index) else { return value }
      if let changed = replaced(elements[index], path.dropFirst(), new) {
        elements[index] = changed
      } else {
        elements.remove(at: index)
      }
      return .array(elements)
    default: return value
    }
  }

  /// Ownership of one path: the fields of the object with everything else taken out.
  private static func fields(of value: JSON, _ path: ArraySlice<String>, under field: String) -> JSON {
    guard let step = path.first else { return [:] }
    switch value {
    case .object(let members):
      return .object(JSONObject([("f:\(step)", fields(of: members[step] ?? .null, path.dropFirst(), under: step))]))
    case .array(let elements):
      guard let index = Int(step), let keys = ServerSimulator.keyed[field], elements.allSatisfy({ $0.object != nil })
      else {
        return [:]
      }
      return .object(
        JSONObject([
          (ServerSimulator.key(of: elements[index], keys), fields(of: elements[index], path.dropFirst(), under: ""))
        ]))
    default: return [:]
    }
  }

  /// The path that a person owns after an edit: an atomic list as a whole, and what is left of a map that was emptied;
  /// what is gone is nobody's (nil).
  private static func owned(_ path: [String], in changed: JSON, isRemoved: Bool) -> [String]? {
    var here = changed
    for (index, step) in path.enumerated() {
      if let elements = here.array {
        let field = index > 0 ? path[index - 1] : ""
        let isKeyed = ServerSimulator.keyed[field] != nil && elements.allSatisfy { $0.object != nil }
        if !isKeyed { return Array(path[..<index]) }
        guard let number = Int(step), elements.indices.contains(number) else { return nil }
        here = elements[number]
      } else {
        guard let inner = here[step] else { return here.object?.isEmpty == true ? Array(path[..<index]) : nil }
        here = inner
      }
    }
    return isRemoved ? nil : path
  }

  /// A set of fields without the leaves of another; nil when nothing is left of it.
  private static func subtracting(_ other: JSON, from fields: JSON) -> JSON? {
    guard let leaves = other.object, !leaves.isEmpty, var members = fields.object else { return nil }
    for (key, inner) in leaves { members[key] = members[key].flatMap { subtracting(inner, from: $0) } }
    return members.isEmpty ? nil : .object(members)
  }

  private static func edited(_ leaf: Leaf, _ edit: Edit) -> JSON?? {
    switch (edit, leaf.value) {
    case (.text, .string(let text)) where !text.isEmpty: .some(.string(text + "-edited"))
    case (.number, .number(let text)): .some(Int(text).map { .number("\($0 + 7)") } ?? .number("77"))
    case (.flag, .bool(let flag)): .some(.bool(!flag))
    case (.removal, .string(let text)) where !text.isEmpty: .some(nil)
    default: nil
    }
  }

  @Test(arguments: Edit.allCases) func oneEditIsOneRowAtItsPlace(_ edit: Edit) throws {
    guard !Self.objects.isEmpty else { return Corpus.skip() }
    var random = SeededGenerator(seed: 1)
    var made = 0
    var wrong: [String: Int] = [:]
    var attempts = 0
    while made < 1000, attempts < 40_000 {
      attempts += 1
      guard let desired = Self.objects.randomElement(using: &random) else { break }
      let json = desired.json
      guard let leaf = Self.leaves(json).randomElement(using: &random), let change = Self.edited(leaf, edit) else {
        continue
      }
      // Shapes of values that the API itself would refuse, or that mean the same, are no edits.
      if json["kind"] == "Secret" || leaf.path.contains(where: { ["limits", "requests", "capacity"].contains($0) }) {
        continue
      }
      var server = ServerSimulator(seed: UInt64(attempts))
      // The edited object as the server stored it, with the edit on top, by a person.
      guard let changed = Self.replaced(json, leaf.path[...], change) else { continue }
      var live = server.stored(changed)
      let apiVersion = json["apiVersion"]?.string ?? ""
      let persons = Self.owned(leaf.path, in: changed, isRemoved: change == nil).map {
        Self.fields(of: changed, $0[...], under: "")
      }
      let all = ServerSimulator.fields(of: changed)
      var owners = [
        ServerSimulator.entry(
          "kustomize-controller", "Apply", apiVersion, persons.flatMap { Self.subtracting($0, from: all) } ?? all)
      ]
      if let persons {
        var person = ServerSimulator.entry("kubectl-edit", "Update", apiVersion, persons)
        person["time"] = "2026-02-03T04:05:06Z"
        owners.append(person)
      }
      live["metadata"]?["managedFields"] = .array(owners)
      made += 1
      let found = try rows(desired, live).counted
      let wanted = leaf.path.filter { Int($0) == nil }
      let place = found.first.map { Self.names($0.pointer) } ?? []
      let isThere = found.count == 1 && (wanted.starts(with: place) || place.starts(with: wanted))
      let isTheirs = persons == nil || found.first?.owner?.manager == "kubectl-edit"
      if !isThere || !isTheirs {
        let kind = json["kind"]?.string ?? ""
        wrong[
          "\(kind) \(leaf.path.joined(separator: "/")): \(found.count) rows \(found.prefix(3).map { "\($0.path) \($0.owner?.manager ?? "-")" })",
          default: 0] += 1
      }
    }
    for (text, count) in wrong.sorted(by: { $0.value > $1.value }).prefix(30) {
      print("edit \(edit.rawValue) x\(count): \(text)")
    }
    print("simulator: \(made) edits of a \(edit.rawValue), \(wrong.values.reduce(0, +)) not exactly one row")
    #expect(wrong.isEmpty)
  }

  /// A field that a controller owns and Git sets too: both write it at every turn, unless a rule says whose it is.
  @Test func whatAControllerWritesAgainstGitIsContested() throws {
    guard !Self.objects.isEmpty else { return Corpus.skip() }
    var random = SeededGenerator(seed: 3)
    var made = 0
    var wrong: [String: Int] = [:]
    for attempt in 0..<40_000 where made < 1000 {
      guard let desired = Self.objects.randomElement(using: &random) else { break }
      let json = desired.json
      guard let leaf = Self.leaves(json).randomElement(using: &random),
        let change = Self.edited(leaf, .number) ?? Self.edited(leaf, .text),
        let changed = Self.replaced(json, leaf.path[...], change)
      else { continue }
      if json["kind"] == "Secret" || leaf.path.contains(where: { ["limits", "requests", "capacity"].contains($0) }) {
        continue
      }
      guard let owned = Self.owned(leaf.path, in: changed, isRemoved: false) else { continue }
      var server = ServerSimulator(seed: UInt64(attempt))
      var live = server.stored(changed)
      let apiVersion = json["apiVersion"]?.string ?? ""
      let theirs = Self.fields(of: changed, owned[...], under: "")
      let all = ServerSimulator.fields(of: changed)
      live["metadata"]?["managedFields"] = [
        ServerSimulator.entry(
          "kustomize-controller", "Apply", apiVersion, Self.subtracting(theirs, from: all) ?? [:]),
        ServerSimulator.entry("horizontal-pod-autoscaler", "Update", apiVersion, theirs),
      ]
      made += 1
      let found = try rows(desired, live)
      let rule = found.first.map { IgnoreRule(kind: json["kind"]?.string, path: $0.pointer, manager: nil) }
      let ruled = try rows(desired, live, ignore: rule.map { [$0] } ?? [])
      if found.map(\.driftClass) != [.contested] || ruled.map(\.driftClass) != [.delegated] {
        wrong[
          "\(json["kind"]?.string ?? "") \(leaf.path.joined(separator: "/")): \(found.map(\.driftClass)) \(ruled.map(\.driftClass))",
          default: 0] += 1
      }
    }
    for (text, count) in wrong.sorted(by: { $0.value > $1.value }).prefix(20) { print("contested x\(count): \(text)") }
    print(
      "simulator: \(made) writes of a controller, \(wrong.values.reduce(0, +)) not contested, or not delegated by a rule"
    )
    #expect(wrong.isEmpty)
  }

  @Test(arguments: Addition.allCases) func oneAdditionIsOneRow(_ addition: Addition) throws {
    guard !Self.objects.isEmpty else { return Corpus.skip() }
    var random = SeededGenerator(seed: 2)
    let leaf: JSON = [:]
    func nested(_ steps: [String], _ inner: JSON) -> JSON {
      steps.reversed().reduce(inner) { .object(JSONObject([($1, $0)])) }
    }
    var made = 0
    var wrong: [String: Int] = [:]
    for attempt in 0..<20_000 where made < 1000 {
      guard let desired = Self.objects.randomElement(using: &random) else { break }
      let json = desired.json
      var server = ServerSimulator(seed: UInt64(attempt))
      var live = server.stored(json)
      let apiVersion = json["apiVersion"]?.string ?? ""
      let fields: JSON
      let wanted: [String]
      switch addition {
      case .label, .annotation:
        let field = "\(addition.rawValue)s"
        var metadata = live["metadata"] ?? [:]
        var map = metadata[field] ?? [:]
        map["added.example.com/by"] = "hand"
        metadata[field] = map
        live["metadata"] = metadata
        fields = nested(["f:metadata", "f:\(field)", "f:added.example.com/by"], leaf)
        wanted = ["metadata", field, "added.example.com/by"]
      case .variable, .container:
        guard ["Deployment", "StatefulSet", "DaemonSet"].contains(json["kind"]?.string),
          var containers = live.value(at: "spec", "template", "spec", "containers")?.array,
          let first = containers.first,
          let name = json.value(at: "spec", "template", "spec", "containers")?[0]?["name"]?.string,
          let index = containers.firstIndex(where: { $0["name"]?.string == name })
        else { continue }
        let added: JSON
        if addition == .variable {
          var environment = containers[index]["env"]?.array ?? []
          environment.append(["name": "ADDED", "value": "1"])
          containers[index]["env"] = .array(environment)
          added = nested(
            ["k:{\"name\":\"\(name)\"}", "f:env", "k:{\"name\":\"ADDED\"}"],
            [".": leaf, "f:name": leaf, "f:value": leaf])
          wanted = ["spec", "template", "spec", "containers", "env"]
        } else {
          containers.append(["name": "added", "image": "busybox:1", "resources": first["resources"] ?? [:]])
          added = ["k:{\"name\":\"added\"}": [".": leaf, "f:name": leaf, "f:image": leaf]]
          wanted = ["spec", "template", "spec", "containers"]
        }
        live["spec"]?["template"]?["spec"]?["containers"] = .array(containers)
        fields = ["f:spec": ["f:template": ["f:spec": ["f:containers": added]]]]
      }
      var owners = live.value(at: "metadata", "managedFields")?.array ?? []
      var person = ServerSimulator.entry("kubectl-edit", "Update", apiVersion, fields)
      person["time"] = "2026-02-03T04:05:06Z"
      owners.append(person)
      live["metadata"]?["managedFields"] = .array(owners)
      made += 1
      let found = try rows(desired, live).counted
      let place = found.first.map { Self.names($0.pointer) } ?? []
      if found.count != 1 || !(place.starts(with: wanted) || wanted.starts(with: place)) {
        wrong["\(json["kind"]?.string ?? ""): \(found.count) rows \(found.prefix(3).map(\.path))", default: 0] += 1
      }
    }
    for (text, count) in wrong.sorted(by: { $0.value > $1.value }).prefix(20) {
      print("added \(addition.rawValue) x\(count): \(text)")
    }
    print("simulator: \(made) additions of a \(addition.rawValue), \(wrong.values.reduce(0, +)) not exactly one row")
    #expect(wrong.isEmpty)
  }
}
