import GitOps
import Structured
import Testing

@testable import Rendering

/// Renders with a spec for Kustomization flux-system/apps.
func render(
  _ files: [String: String], spec: JSON = [:], source: JSON = [:], special: [String: FileEntry] = [:]
) throws -> [DesiredObject] {
  let kustomization: JSON = ["metadata": ["name": "apps", "namespace": "flux-system"], "spec": spec]
  let repository: JSON = ["spec": source]
  return try Renderer().render(
    FluxKustomization(JSONDocument(parsing: kustomization.encoded())),
    source: FluxSource(JSONDocument(parsing: repository.encoded())), tree: MemoryTree(files, special: special))
}

/// The error that rendering ends with; nil when it does not.
func refusal(
  _ files: [String: String], spec: JSON = [:], source: JSON = [:], special: [String: FileEntry] = [:]
) -> RenderError? {
  do {
    _ = try render(files, spec: spec, source: source, special: special)
    return nil
  } catch { return error as? RenderError }
}

func object(_ kind: String, _ name: String, group: String = "v1", more: String = "") -> String {
  "apiVersion: \(group)\nkind: \(kind)\nmetadata:\n  name: \(name)\n\(more)"
}

@Suite struct RendererTests {
  private func names(_ objects: [DesiredObject]) -> [String] { objects.map { "\($0.groupKind.kind) \($0.name)" } }

  @Test func aPlainDirectoryIsWalkedInLexicalOrder() throws {
    let objects = try render([
      "b.yaml": object("ConfigMap", "b"), "a/z.yml": object("Secret", "z"), "README.md": "no",
      "a-b/kustomization.yaml": "resources: [only.yaml]", "a-b/only.yaml": object("Service", "only"),
      "a-b/other.yaml": object("Service", "other"), "a-b/deep/x.yaml": object("Service", "x"), "c.YAML": "not: read",
      "empty.yaml": "# nothing\n---\n", "data.json": "{}",
    ])
    #expect(names(objects) == ["Secret z", "Service only", "ConfigMap b"])
  }

  @Test func onlyThePathIsRendered() throws {
    let files = ["apps/a.yaml": object("ConfigMap", "a"), "infra/b.yaml": object("ConfigMap", "b")]
    for path in ["apps", "./apps", "/apps/", "../apps", "apps/../infra/../apps"] {
      #expect(try names(render(files, spec: ["path": .string(path)])) == ["ConfigMap a"], "\(path)")
    }
    #expect(try render(files).count == 2)
    #expect(try render(files, spec: ["path": "./"]).count == 2)
    #expect(
      refusal(files, spec: ["path": "./nope"]) == .failed(sentence: "kustomization path not found: ./nope", place: nil))
  }

  @Test func anEmptyDirectoryOrKustomizationIsNoFailure() throws {
    #expect(try render(["README.md": "x"]).isEmpty)
    #expect(
      try render(["kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"]).isEmpty)
    #expect(
      refusal(["kustomization.yaml": "resources: [sub]", "sub/kustomization.yaml": "kind: Kustomization"])
        == .failed(sentence: "the kustomization file is empty", place: "sub/kustomization.yaml"))
  }

  @Test func ownerLabelsAndCommonMetadataAreAddedLast() throws {
    let objects = try render(
      ["a.yaml": object("ConfigMap", "a", more: "  labels: {team: x, kustomize.toolkit.fluxcd.io/name: other}\n")],
      spec: ["commonMetadata": ["labels": ["team": "y", "env": "prod"], "annotations": ["note": "n"]]])
    #expect(
      objects[0].root["metadata"]?["labels"]
        == YAMLNode(
          json: [
            "team": "y", "env": "prod", "kustomize.toolkit.fluxcd.io/name": "apps",
            "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
          ]))
    #expect(objects[0].root["metadata"]?["annotations"] == YAMLNode(json: ["note": "n"]))
    let team = try #require(objects[0].root["metadata"]?["labels"]?["team"]?.origin)
    #expect(team.layer == .commonMetadata && objects[0].place(of: team) == "Kustomization flux-system/apps")
  }

  @Test func everyScalarKnowsItsFileAndLine() throws {
    let objects = try render(
      [
        "k/kustomization.yaml": "resources:\n- ../base\nnamespace: prod\n",
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": "---\n" + object("ConfigMap", "a", more: "data:\n  key: value\n"),
      ], spec: ["path": "k"])
    let root = objects[0].root
    #expect(root["data"]?["key"].flatMap { objects[0].place(of: $0.origin) } == "base/a.yaml:7")
    #expect(root["metadata"]?["namespace"].flatMap { objects[0].place(of: $0.origin) } == "k/kustomization.yaml:3")
  }

  @Test func targetNamespaceOverridesTheKustomizations() throws {
    let files = ["kustomization.yaml": "namespace: one\nresources: [a.yaml]", "a.yaml": object("ConfigMap", "a")]
    #expect(try render(files)[0].namespace == "one")
    let object = try render(files, spec: ["targetNamespace": "two"])[0]
    #expect(object.namespace == "two")
    #expect(object.root["metadata"]?["namespace"]?.string == "two")
    #expect(try render(["a.yaml": files["a.yaml"]!], spec: ["targetNamespace": "two"])[0].namespace == "two")
  }

  @Test func listsStreamsAndJSONAreFlattened() throws {
    let objects = try render([
      "kustomization.yaml": "resources: [list.yaml, pods.yaml, x.json]",
      "list.yaml":
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n-\n- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: t}}]}\n",
      "pods.yaml":
        "apiVersion: v1\nkind: PodList\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n---\n"
        + object("ConfigMap", "c"), "x.json": #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j"}}"#,
    ])
    #expect(names(objects) == ["Secret s", "Secret t", "Pod p", "ConfigMap c", "ConfigMap j"])
  }

  @Test func numericAnnotationsBecomeTextAsWritten() throws {
    let object = try render([
      "a.yaml": object(
        "ConfigMap", "a",
        more: "  annotations: {a: true, b: 0755, c: 2020-01-01, d: 1.10, e: x, f: , config.kubernetes.io/origin: y}\n")
    ])[0]
    #expect(
      object.root["metadata"]?["annotations"]
        == YAMLNode(json: ["a": "true", "b": "0755", "c": "2020-01-01", "d": "1.10", "e": "x", "f": ""]))
  }

  @Test func localConfigurationAndKustomizationsAreNotApplied() throws {
    let objects = try render([
      "a.yaml": object("ConfigMap", "a", more: "  annotations: {config.kubernetes.io/local-config: 'true'}\n"),
      "b.yaml": object("ConfigMap", "b", more: "  annotations: {config.kubernetes.io/local-config: 'false'}\n"),
      "d.yaml": object("Kustomization", "d", group: "kustomize.config.k8s.io/v1beta1"),
    ])
    #expect(names(objects) == ["ConfigMap b"])
  }

  @Test func clusterScopedBuiltinsHaveNoNamespace() throws {
    let objects = try render(
      [
        "a.yaml": object("ClusterRole", "a", group: "rbac.authorization.k8s.io/v1", more: "  namespace: x\n"),
        "b.yaml": object("Widget", "b", group: "example.com/v1"),
        "c.yaml": object("DeviceClass", "c", group: "resource.k8s.io/v1"),
      ], spec: ["targetNamespace": "apps"])
    #expect(objects.map(\.namespace) == ["", "apps", ""])
  }

  @Test(
    arguments: [
      ("a: 1\n", "a.yaml:1: not a Kubernetes object: kind is missing"), ("- x\n", "a.yaml:1: not a Kubernetes object"),
      ("kind: X\n", "a.yaml:1: not a Kubernetes object: metadata is missing"),
      ("kind: X\nmetadata:\n  name: 5\n", "a.yaml:3: not a Kubernetes object: metadata.name is missing or not text"),
      ("kind: X\nmetadata: [a]\n", "a.yaml:1: not a Kubernetes object: metadata is missing"),
      ("a: {{ .Values.x }}\n", "a.yaml:1: a list or map as a key"),
      ("x: [\n", "a.yaml:2: invalid YAML: did not find expected node content"),
      ("a: 1\na: 2\n", "a.yaml:2: mapping key \"a\" is repeated, first on line 1"),
      (object("ConfigMap", "a", more: "data:\n  x: [1, ]\n  y: [null]\n"), "a.yaml:7: an empty item in a list"),
      ("kind: X\nmetadata: {name: x}\n", "a.yaml:1: not a Kubernetes object: apiVersion is missing"),
      ("kind: PodList\nitems: {}\n", "a.yaml:1: the items of a PodList are not a list"),
    ])
  func whatIsNoManifestFailsWithItsPlace(_ text: String, _ words: String) {
    let error = refusal(["a.yaml": text])
    #expect(error?.description == words)
    if case .failed? = error {} else { Issue.record("\(String(describing: error))") }
  }

  @Test(
    arguments: [
      ("a: !include x\n", "a.yaml:1: the tag \"!include\" is not supported"),
      ("a: .nan\n", "a.yaml:1: \".nan\" has no form in JSON"),
      ("kind: AllowList\nmetadata: {name: x}\n", "a.yaml:1: kind AllowList without items"),
      (object("ConfigMap", "a", more: "  labels: {a: 1}\n"), "a.yaml:5: metadata.labels.a is not text"),
    ])
  func whatWeCannotKnowIsUndetermined(_ text: String, _ words: String) {
    let error = refusal(["a.yaml": text])
    #expect(error?.description == words)
    if case .undetermined? = error {} else { Issue.record("\(String(describing: error))") }
  }

  @Test func twoObjectsWithOneIdentityFail() {
    let error = refusal([
      "a.yaml": object("Secret", "s"), "b.yaml": object("Secret", "s", more: "  namespace: default\n"),
    ])
    #expect(
      error
        == .failed(
          sentence: "may not add resource with an already registered id: Secret default/s, also in a.yaml:1",
          place: "b.yaml:1"))
    let cluster = object("ClusterRole", "r", group: "rbac.authorization.k8s.io/v1")
    #expect(refusal(["a.yaml": cluster, "b.yaml": cluster + "  namespace: x\n"]) != nil)
    #expect(
      refusal(
        [
          "a.yaml": object("Secret", "s", more: "  namespace: a\n"),
          "b.yaml": object("Secret", "s", more: "  namespace: b\n"),
        ],
        spec: ["targetNamespace": "c"])
        == .failed(sentence: "the namespace gives two objects the id Secret c/s", place: "b.yaml:1"))
  }

  @Test(
    arguments: [
      "patches", "patchesStrategicMerge", "patchesJson6902", "images", "components", "namePrefix", "nameSuffix",
      "buildMetadata",
    ])
  func aFieldOfTheSpecThatMakesNoSenseFails(_ field: String) {
    let value: JSON = field.hasPrefix("name") ? ["x"] : ["x"]
    let error = refusal(["a.yaml": object("ConfigMap", "a")], spec: [field: value])
    if !field.hasPrefix("name") { #expect(error != nil) }
    #expect(refusal(["a.yaml": object("ConfigMap", "a")], spec: [field: field.hasPrefix("name") ? "" : []]) == nil)
  }

  @Test func theSpecGoesOverTheKustomizationFile() throws {
    let deployment = object(
      "Deployment", "web", group: "apps/v1",
      more: "spec:\n  template:\n    spec:\n      containers:\n      - {name: web, image: 'web:1'}\n")
    let objects = try render(
      [
        "kustomization.yaml": "resources: [a.yaml]\nnamePrefix: old-\nimages: [{name: web, newTag: '2'}]\n",
        "a.yaml": deployment,
        "c/kustomization.yaml":
          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {c: d}\n",
      ],
      spec: [
        "namePrefix": "new-", "nameSuffix": "-x", "images": [["name": "web", "newTag": "3"]],
        "components": ["c", "none"], "ignoreMissingComponents": true,
        "patches": [["patch": "- {op: add, path: /spec/replicas, value: 4}", "target": ["kind": "Deployment"]]],
      ])
    let root = objects[0].root
    #expect(objects[0].name == "new-web-x")
    #expect(root.value(at: "spec", "template", "spec", "containers", "0", "image") == YAMLNode(.string("web:3")))
    #expect(root.value(at: "metadata", "annotations", "c")?.string == "d")
    let replicas = try #require(root.value(at: "spec", "replicas"))
    #expect(replicas.int == 4 && replicas.origin.layer == .patch)
    #expect(objects[0].place(of: replicas.origin) == "Kustomization flux-system/apps")
  }

  @Test func variablesArePutIn() throws {
    let text = object(
      "ConfigMap", "v", more: "data:\n  a: x\n  b: ${a}\n  c: ${none}\n  d: $${a}\n  e: ${a:-z}-${n:=9}\n")
    let objects = try render(["v.yaml": text], spec: ["postBuild": ["substitute": ["a": "true"]]])
    let data = try #require(objects[0].root["data"])
    #expect(data == YAMLNode(json: ["a": "x", "b": true, "c": .null, "d": "${a}", "e": "true-9"]))
    #expect(
      data["b"]?.origin.layer == .substitution && data["b"].flatMap { objects[0].place(of: $0.origin) } == "v.yaml:7")
    #expect(data["a"]?.origin.layer == .resource)
    // Without a variable nothing runs; with the strategy it does.
    #expect(try render(["v.yaml": text])[0].root["data"]?["b"]?.string == "${a}")
    let always = try render(["v.yaml": text], spec: ["postBuild": ["substituteStrategy": "Always"]])
    #expect(always[0].root["data"]?["b"]?.isNull == true)
  }

  @Test func aSourceThatIsNotReadMakesItsFieldsUndetermined() throws {
    let text = object("ConfigMap", "v", more: "data:\n  a: ${known}\n  b: [x, 'is ${secret}']\n  c: plain\n")
    let spec: JSON = [
      "postBuild": [
        "substitute": ["known": "k"], "substituteFrom": [["kind": "Secret", "name": "s"]],
      ]
    ]
    let object = try render(["v.yaml": text], spec: spec)[0]
    #expect(object.root["data"]?["a"]?.string == "k")
    #expect(
      object.undetermined == [
        UndeterminedField(path: ["data", "b", "1"], reason: "depends on the variable secret")
      ])
  }

  @Test func sourcesOverrideInTheirOrder() throws {
    let files = ["v.yaml": object("ConfigMap", "v", more: "data: {a: '${a}', b: '${b}', c: '${c}'}\n")]
    let spec: JSON = [
      "postBuild": [
        "substitute": ["c": "inline"],
        "substituteFrom": [
          ["kind": "ConfigMap", "name": "one"], ["kind": "Secret", "name": "two"],
          ["kind": "ConfigMap", "name": "gone", "optional": true],
        ],
      ]
    ]
    let kustomization: JSON = ["metadata": ["name": "apps", "namespace": "flux-system"], "spec": spec]
    let flux = FluxKustomization(try JSONDocument(parsing: kustomization.encoded()))
    let objects = try Renderer().render(flux, tree: MemoryTree(files)) { reference in
      switch reference.name {
      case "one": .values(["a": "1st", "b": "1st", "c": "1st"])
      case "two": .values(["b": "2nd\n"])
      default: .missing
      }
    }
    #expect(objects[0].root["data"] == YAMLNode(json: ["a": "1st", "b": "2nd", "c": "inline"]))
    // Where a value came from a Secret, nobody shows it.
    let layers = ["a", "b", "c"].map { objects[0].root["data"]?[$0]?.origin.layer }
    #expect(layers == [.substitution, .secret, .substitution])
    let error = #expect(throws: RenderError.self) {
      try Renderer().render(flux, tree: MemoryTree(files)) { _ in .missing }
    }
    #expect(error?.description.contains("ConfigMap/one") == true)
  }

  @Test func anEncryptedObjectHasKeysAndNoValues() throws {
    let value = "ENC[AES256_GCM,data:AAAA,iv:BBBB,tag:CCCC,type:str]"
    let text = object("Secret", "s", more: "data:\n  user: \(value)\n  open: eA==\nsops:\n  mac: x\n")
    let objects = try render(["a.yaml": text])
    #expect(objects[0].root["sops"] == nil)
    #expect(objects[0].root["data"]?.map?.keys == ["user", "open"])
    #expect(objects[0].undetermined == [UndeterminedField(path: ["data", "user"], reason: "encrypted with SOPS")])
  }

  @Test func substitutionIsForbiddenByALabelOrAnAnnotation() throws {
    let spec: JSON = ["postBuild": ["substitute": ["a": "b"]]]
    let exempt = object(
      "ConfigMap", "v",
      more: "  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\ndata: {b: '${a}'}\n")
    #expect(try render(["v.yaml": exempt], spec: spec)[0].root["data"]?["b"]?.string == "${a}")
  }

  @Test func theDefaultsSpeakOnlyWhereThereIsNoPattern() throws {
    let files = [
      "a.yaml": object("ConfigMap", "a"), ".github/ci.yaml": object("ConfigMap", "ci"), ".sops.yaml": "keys: []",
      "x/empty/.sourceignore": "# nothing\n",
    ]
    #expect(try names(render(files)) == ["ConfigMap a"])
    #expect(refusal(files, source: ["ignore": "*.md"])?.description.contains(".sops.yaml") == true)
    let more = files.merging(["x/deep/.sourceignore": "*.md", ".sops.yaml": object("ConfigMap", "keys")]) { $1 }
    #expect(try names(render(more)) == ["ConfigMap ci", "ConfigMap keys", "ConfigMap a"])
  }

  @Test func aPathOfWhichNothingReachesTheArtifactIsNotThere() {
    let files = ["apps/a.yaml": object("ConfigMap", "a"), "b.yaml": object("ConfigMap", "b")]
    #expect(
      refusal(files, spec: ["path": "./apps"], source: ["ignore": "apps/"])
        == .failed(sentence: "kustomization path not found: ./apps", place: nil))
  }

  @Test func aFileThatGitLFSKeepsElsewhereIsNotKnown() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    #expect(
      refusal(["a.yaml": pointer]) == .undetermined(feature: "the Git LFS file a.yaml", place: "a.yaml"))
    let generated = "configMapGenerator: [{name: m, files: [model.bin]}]"
    #expect(
      refusal(["kustomization.yaml": generated, "model.bin": pointer])
        == .undetermined(feature: "the Git LFS file model.bin", place: "model.bin"))
  }

  @Test func whatTheSourceLeavesOutIsNotThere() throws {
    let files = [
      "a.yaml": object("ConfigMap", "a"), "b.yaml": object("ConfigMap", "b"), ".gitmodules": "no: manifest",
      ".sourceignore": "# comment\n/b.yaml\n", "sub/.sourceignore": "*\n!keep.yaml\n",
      "sub/x.yaml": "no: manifest", "sub/keep.yaml": object("ConfigMap", "keep"), "link.yaml": "no: manifest",
    ]
    #expect(
      try names(render(files, special: ["link.yaml": .link, "module": .submodule])) == [
        "ConfigMap a", "ConfigMap keep",
      ])
    #expect(
      try names(render(files, source: ["ignore": "sub/\n!b.yaml"], special: ["link.yaml": .link])) == [
        "ConfigMap a", "ConfigMap b",
      ])
    #expect(
      refusal(["a.yaml": object("ConfigMap", "a")], source: ["recurseSubmodules": true], special: ["m": .submodule])
        == .undetermined(feature: "submodule m", place: "m"))
    #expect(
      refusal([:], source: ["include": [["repository": ["name": "x"]]]])
        == .undetermined(feature: "spec.include", place: "the source"))
  }
}
