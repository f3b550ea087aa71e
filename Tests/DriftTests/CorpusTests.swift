import Foundation
import GitOps
import Structured
import TestKit
import Testing

@testable import Drift

/// Measured against other people's cases and Kubernetes' own documents beside the package.
@Suite struct CorpusTests {
  @Test func compilesTheDocumentsOfKubernetes() throws {
    guard let document = SharedFolder.unpacked("corpora/openapi/openapi-v2-k8s-1.36.json.gz") else {
      return Corpus.skip()
    }
    var v2 = SchemaTable()
    try v2.add(openAPIv2: document)
    var v3 = SchemaTable()
    for name in ["api__v1", "apis__apps__v1", "apis__autoscaling__v2", "apis__apiextensions.k8s.io__v1"] {
      let part = try #require(
        SharedFolder.unpacked("corpora/openapi/openapi-v3-k8s-1.36.tar.gz", member: "v3/\(name)_openapi.json"))
      try v3.add(openAPIv3: part)
    }
    let old = try #require(SharedFolder.unpacked("corpora/openapi/kubernetes-openapi-union-v1.21.2.bundle-v1.json.gz"))
    var v121 = SchemaTable()
    try v121.add(openAPIv2: old)

    let containers = ["spec", "template", "spec", "containers"]
    for table in [v2, v3, v121] {
      let names = { (path: [String]) in table.keys(at: path, of: ("apps", "v1", "Deployment"))?.map(\.name) }
      #expect(names(containers) == ["name"])
      #expect(names(containers + ["*", "env"]) == ["name"])
      #expect(names(containers + ["*", "volumeMounts"]) == ["mountPath"])
      #expect(
        table.keys(at: containers + ["*", "ports"], of: ("apps", "v1", "Deployment"))
          == [
            SchemaTable.Key(name: "containerPort", fallback: nil), SchemaTable.Key(name: "protocol", fallback: "TCP"),
          ])
      #expect(
        table.scalar(at: containers + ["*", "resources", "limits", "*"], of: ("apps", "v1", "Deployment")) == .quantity)
      #expect(table.scalar(at: ["spec", "ports", "*", "targetPort"], of: ("", "v1", "Service")) == .intOrString)
      #expect(table.scalar(at: ["data", "*"], of: ("", "v1", "Secret")) == .bytes)
      // A type that contains itself.
      let schema =
        ["spec", "versions", "*", "schema", "openAPIV3Schema"]
        + Array(repeating: ["properties", "*"], count: 9).flatMap { $0 }
      #expect(
        table.scalar(at: schema + ["description"], of: ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"))
          == .string)
    }
    #expect(v2.count < 20_000)
  }

  @Test func agreesWithTheExamplesOfArgoCD() throws {
    func read(_ name: String) throws -> String? {
      guard let bytes = SharedFolder.bytes("corpora/diff/argo-util/\(name).yaml") else { return nil }
      let document = try YAMLReader.documents(in: bytes, rules: .kustomize).first?.json ?? .null
      return String(decoding: document.encoded(), as: UTF8.self)
    }
    guard let deployment = try read("desired_deployment"),
      let scaled = try read("live_deployment_with_managed_replica"),
      let webhook = try read("desired_validating_webhook"), let injected = try read("live_validating_webhook")
    else { return Corpus.skip() }
    func rows(_ desired: String, _ live: String) throws -> [DriftRow] {
      try Fixture.rows(desired, live, schema: BuiltinSchema.schema) { $0.engine = ["argocd"] }
    }
    // A controller of its own put the certificate in: Git has a placeholder.
    #expect(try rows(webhook, injected).counted.isEmpty)
    let found = try rows(deployment, scaled)
    #expect(found.map(\.path) == ["spec.replicas", "spec.revisionHistoryLimit"])
    #expect(found.map(\.driftClass) == [.contested, .drifted])
    #expect(found.map { $0.owner?.manager } == ["kube-controller-manager", "revision-history-manager"])
  }

  @Test func agreesWithTheVerdictsOfGitopsEngine() throws {
    guard let folder = SharedFolder.path("corpora/diff/gitops-engine"),
      let document = SharedFolder.unpacked("corpora/openapi/openapi-v2-k8s-1.36.json.gz")
    else { return Corpus.skip() }
    var schema = SchemaTable()
    try schema.add(openAPIv2: document)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    var disagreements: Set<String> = []
    for name in names {
      let read = { (file: String) -> JSON? in
        FileManager.default.contents(atPath: "\(folder)/\(name)/\(file).json").flatMap { try? JSON(parsing: Array($0)) }
      }
      // One case has a verdict of its own for comparisons without a dry run.
      let verdict = read("expected")
      guard let expected = (verdict?["client_side_modified"] ?? verdict?["modified"])?.bool else { continue }
      let desired = read("desired").flatMap { $0.isNull ? nil : $0 }
      let live = read("live").flatMap { $0.isNull ? nil : $0 }
      var reconciler = Fixture.kustomization()
      let options = read("expected")?["options"]
      let rules = (options?["ignorePaths"]?.array ?? []).map { path in
        IgnoreRule(kind: nil, path: "/" + (path.array ?? []).compactMap(\.string).joined(separator: "/"), manager: nil)
      }
      // Without a desired object theirs says nothing differs; without a live one, that it is missing.
      reconciler.inventory = []
      var rows: [DriftRow] = []
      if let desired {
        let text = String(decoding: desired.encoded(), as: UTF8.self)
        let there = try live.map {
          Live.present(try Fixture.object(String(decoding: $0.encoded(), as: UTF8.self)), labelled: true)
        }
        rows = driftRows(
          Fixture.input(.object(try Fixture.desired(text)), there ?? .absent(seenBefore: false), reconciler: reconciler)
          {
            $0.engine = ["argocd-controller"]
            $0.ignore = rules
          }, schema: schema)
      }
      let differs = rows.contains { $0.driftClass.isCounted || $0.driftClass == .mutated }
      if differs != expected {
        disagreements.insert(name)
        print(
          "gitops-engine \(name): they say \(expected), we \(rows.map { "\($0.driftClass) \($0.path) \($0.desired ?? "-") \($0.live ?? "-")" })"
        )
      }
    }
    print("gitops-engine: \(names.count - disagreements.count) of \(names.count) agree")
    #expect(disagreements == [])
  }

  /// Cases that say too little: the API server's refusal of a dry run, and an ignored path that was not written down.
  static let untold = [
    "handles errors gracefully when instructed", "returns error without graceful option",
    "label and annotation changed with ignore path",
  ]

  @Test func agreesWithFluxWhichFieldsDiffer() throws {
    guard let bytes = SharedFolder.bytes("corpora/diff/flux-jsondiff/cases.json"),
      let document = SharedFolder.unpacked("corpora/openapi/openapi-v2-k8s-1.36.json.gz")
    else { return Corpus.skip() }
    var schema = SchemaTable()
    try schema.add(openAPIv2: document)
    var agreed = 0
    for each in try #require(JSON(parsing: bytes).array) {
      let name = each["name"]?.string ?? ""
      if Self.untold.contains(name) { continue }
      let rules = Self.rules(each["opts"]?.array ?? [])
      for pair in Self.pairs(of: each) {
        let rows = try Self.rows(pair.desired, pair.live, schema) { $0.ignore = rules }
        let found = rows.filter { $0.driftClass.isCounted || $0.driftClass == .mutated }
        guard pair.live != nil, let wanted = pair.wanted else {
          #expect(found.map(\.driftClass) == [.missing], "\(name)")
          continue
        }
        // They name a whole map where we name its entries, and a new element by `-`.
        let ours = found.map(\.pointer)
        let theirs = wanted.map { $0.hasSuffix("/-") ? String($0.dropLast(2)) : $0 }
        let isSame =
          ours.allSatisfy { mine in theirs.contains { mine.overlaps($0) } }
          && theirs.allSatisfy { other in ours.contains { other.overlaps($0) } }
        #expect(isSame, "\(name): they \(theirs), we \(ours)")
        agreed += 1
      }
    }
    print("flux-jsondiff: \(agreed) objects agree, \(Self.untold.count) cases left out")
  }

  /// Each object of a case, and the places that its patch adds or replaces; nil: it is created.
  private static func pairs(of each: JSON) -> [(desired: JSON, live: JSON?, wanted: [String]?)] {
    if let patch = each["patch"]?.array { return [(each["desired"] ?? .null, each["cluster"], pointers(patch))] }
    return (each["desired"]?.array ?? []).compactMap { desired in
      let name = desired.value(at: "metadata", "name")
      let key = "\(desired["kind"]?.string ?? "")/\(name?.string ?? "")"
      let want = each["want"]?.array?.first { $0["object"]?.string?.hasSuffix(key) ?? false }
      // Their selectors take whole objects out; ours are rules for paths.
      if ["exclude", "skip"].contains(want?["type"]?.string) { return nil }
      let live = each["cluster"]?.array?.first {
        $0["kind"] == desired["kind"] && $0.value(at: "metadata", "name") == name
      }
      return (desired, live, want?["type"]?.string == "create" ? nil : pointers(want?["patch"]?.array ?? []))
    }
  }

  private static func pointers(_ patch: [JSON]) -> [String] {
    patch.filter { $0["op"]?.string != "remove" }.compactMap { $0["path"]?.string }
  }

  private static func rules(_ options: [JSON]) -> [IgnoreRule] {
    options.flatMap { $0.array ?? [] }.flatMap { option -> [IgnoreRule] in
      if let path = option.string { return [IgnoreRule(kind: nil, path: path, manager: nil)] }
      let kind = option.value(at: "Selector", "Kind")?.string
      return (option["Paths"]?.array ?? []).compactMap(\.string).map { IgnoreRule(kind: kind, path: $0, manager: nil) }
    }
  }

  private static func rows(
    _ desired: JSON, _ live: JSON?, _ schema: SchemaTable, _ change: (inout DriftInput) -> Void
  ) throws -> [DriftRow] {
    func complete(_ json: JSON) -> String {
      var json = json
      if json["metadata"]?["name"] == nil {
        if json["metadata"] == nil { json["metadata"] = [:] }
        json["metadata"]?["name"] = "x"
      }
      return String(decoding: json.encoded(), as: UTF8.self)
    }
    let object = try live.map { Live.present(try Fixture.object(complete($0)), labelled: true) }
    return driftRows(
      Fixture.input(.object(try Fixture.desired(complete(desired))), object ?? .absent(seenBefore: false), change),
      schema: schema)
  }
}

extension SchemaTable {
  private func node(_ path: [String], _ kind: (String, String, String)) -> ID? {
    var here = root(group: kind.0, version: kind.1, kind: kind.2)
    for step in path {
      guard let id = here else { return nil }
      if step == "*" {
        here = item(of: id)
      } else if case .node(let child) = child(of: id, named: step) {
        here = child
      } else {
        return nil
      }
    }
    return here
  }

  func keys(at path: [String], of kind: (String, String, String)) -> [Key]? { node(path, kind).map { keys(of: $0) } }
  func scalar(at path: [String], of kind: (String, String, String)) -> ScalarClass? {
    node(path, kind).map { scalars[Int($0)] }
  }
}
