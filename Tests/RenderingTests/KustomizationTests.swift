import GitOps
import Structured
import Testing

@testable import Rendering

@Suite struct KustomizationTests {
  private func build(_ files: [String: String], _ path: String = "") throws(RenderError) -> ResourceList {
    var build = KustomizationBuild(MemoryTree(files))
    return try build.build(path)
  }

  private func problem(_ files: [String: String], _ path: String = "") -> RenderError? {
    do throws(RenderError) {
      _ = try build(files, path)
      return nil
    } catch { return error }
  }

  @Test func resourcesAreFilesAndDirectoriesInsideTheRoot() throws {
    let list = try build(
      [
        "clusters/prod/kustomization.yaml": "resources:\n- ../../base/\n- ./own.yaml\n- ../../shared/s.yaml\n",
        "clusters/prod/own.yaml": object("ConfigMap", "own"), "base/kustomization.yml": "resources: [b.yaml]",
        "base/b.yaml": object("ConfigMap", "b"), "shared/s.yaml": object("ConfigMap", "s"),
      ], "clusters/prod")
    #expect(list.resources.map(\.id.name) == ["b", "own", "s"])
  }

  @Test func theDeprecatedBasesFollowTheResources() throws {
    let list = try build([
      "kustomization.yaml": "bases: [base]\nresources: [a.yaml]\n", "a.yaml": object("ConfigMap", "a"),
      "base/Kustomization": "resources: [b.yaml]", "base/b.yaml": object("ConfigMap", "b"),
    ])
    #expect(list.resources.map(\.id.name) == ["a", "b"])
  }

  @Test(
    arguments: [
      ("resources: [../up.yaml]", "k/kustomization.yaml:1: no such file or directory: ../up.yaml"),
      ("resources: [../../up.yaml]", "k/kustomization.yaml:1: \"../../up.yaml\" is outside of the source"),
      ("resources: [/etc/x.yaml]", "k/kustomization.yaml:1: \"/etc/x.yaml\" is outside of the source"),
      ("resources:\n- nope.yaml", "k/kustomization.yaml:2: no such file or directory: nope.yaml"),
      ("resources: [sub]", "k/sub: no kustomization file in the directory"),
      ("resources: [.]", "k/kustomization.yaml:1: cycle: \".\" contains k"),
      ("resources: [..]", "k/kustomization.yaml:1: cycle: \"..\" contains k"),
      ("resources: [loop]", "k/loop/kustomization.yaml:1: cycle: \"../../k\" contains k"),
      ("resources: [two]", "k/two/Kustomization: multiple kustomization files"),
      ("resources: {a: b}", "k/kustomization.yaml:1: resources is not a list of texts"),
      ("resources: [1]", "k/kustomization.yaml:1: resources is not a list of texts"),
      ("namespace: 5", "k/kustomization.yaml:1: namespace is not text"),
      ("[]", "k/kustomization.yaml:1: a kustomization file is a map"),
      ("kind: Other", "k/kustomization.yaml:1: kind should be Kustomization or Component, not Other"),
      ("apiVersion: kustomize.config.k8s.io/v1", "k/kustomization.yaml:1: apiVersion for Kustomization should be"),
      ("", "k/kustomization.yaml: the kustomization file is empty"),
      ("resources: []", "the kustomization file is empty"),
      ("resources: [a: b", "invalid YAML"),
    ])
  func whatKustomizeRefusesFails(_ text: String, _ words: String) {
    let error = problem(
      [
        "k/kustomization.yaml": text, "k/sub/x.yaml": object("ConfigMap", "x"),
        "k/loop/kustomization.yaml": "resources: [../../k]", "k/two/kustomization.yaml": "resources: []",
        "k/two/Kustomization": "resources: []",
      ], "k")
    // The file named first of several does not matter.
    let found = error?.description.replacing("two/kustomization.yaml: mult", with: "two/Kustomization: mult")
    #expect(found?.contains(words) == true, "\(error?.description ?? "built")")
    if case .failed? = error {} else { Issue.record("\(text): \(String(describing: error))") }
  }

  @Test(arguments: ["helmCharts", "helmChartInflationGenerator"])
  func whatNeedsAnotherProgramIsNamed(_ field: String) {
    let files = ["kustomization.yaml": "resources: [a.yaml]\n\(field): [x]\n", "a.yaml": object("ConfigMap", "a")]
    #expect(problem(files) == .undetermined(feature: field, place: "kustomization.yaml:2"))
    #expect(
      problem(["kustomization.yaml": "resources: [a.yaml]\n\(field): []\n", "a.yaml": object("ConfigMap", "a")]) == nil)
  }

  @Test func anUnknownFieldFails() {
    let files = ["kustomization.yaml": "resources: [a.yaml]\nresourcess: [x]\n", "a.yaml": object("ConfigMap", "a")]
    #expect(
      problem(files)
        == .failed(sentence: "invalid Kustomization: unknown field \"resourcess\"", place: "kustomization.yaml:2"))
  }

  @Test(
    arguments: [
      "https://example.com/x.yaml", "github.com/example/repo//path?ref=v1", "git@example.com:a/b.git", "ssh://git@h/x",
      "git::https://example.com/a", "example.com/a.git",
    ])
  func remoteResourcesAreNamed(_ address: String) {
    #expect(
      problem(["kustomization.yaml": "resources:\n- \(address)\n"])
        == .undetermined(feature: "remote resource \(address)", place: "kustomization.yaml:2"))
  }

  @Test func orderAndNotesChangeNothing() throws {
    let list = try build([
      "kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: x}\nsortOptions: {order: legacy}\nresources: [a.yaml]\nresources: [b.yaml]\n",
      "b.yaml": object("ConfigMap", "b"),
    ])
    #expect(list.resources.map(\.id.name) == ["b"])
  }

  @Test func aComponentIsNoResource() {
    let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [a.yaml]\n"
    let files = ["c/kustomization.yaml": component, "c/a.yaml": object("ConfigMap", "a")]
    let error = problem(files.merging(["kustomization.yaml": "resources: [c]"]) { $1 })
    #expect(error == .failed(sentence: "expected kind != 'Component' for path 'c'", place: "kustomization.yaml:1"))
    #expect(problem(files.merging(["kustomization.yaml": "components: [c]"]) { $1 }) == nil)
  }

  @Test func deepNestingStops() {
    var files: [String: String] = [:]
    for depth in 0..<100 {
      files["\(depth)/kustomization.yaml"] = "resources: [../\(depth + 1)]"
    }
    #expect(problem(files, "0")?.description.contains("nested deeper than 64") == true)
  }
}

@Suite struct NamespaceTransformerTests {
  private func build(_ text: String, _ namespace: String = "prod") throws -> [YAMLNode] {
    var build = KustomizationBuild(
      MemoryTree(["kustomization.yaml": "namespace: \(namespace)\nresources: [a.yaml]", "a.yaml": text]))
    return try build.build("").resources.map(\.root)
  }

  @Test func namespacedAndUnknownKindsGetIt() throws {
    let roots = try build(
      [
        object("ConfigMap", "a", more: "  namespace: old\n"), object("Widget", "w", group: "example.com/v1"),
        object("ClusterRole", "c", group: "rbac.authorization.k8s.io/v1"),
        object("Namespace", "n", more: "  namespace: old\n"), object("Namespace", "other", group: "example.com/v1"),
      ].joined(separator: "---\n"))
    #expect(roots.map { $0["metadata"]?["namespace"]?.string } == ["prod", "prod", nil, "old", "prod"])
    #expect(roots.map { $0["metadata"]?["name"]?.string } == ["a", "w", "c", "prod", "other"])
  }

  @Test func fieldsThatNameANamespaceFollow() throws {
    let roots = try build(
      [
        object("APIService", "s", group: "apiregistration.k8s.io/v1", more: "spec: {service: {name: x}}\n"),
        object(
          "CustomResourceDefinition", "d", group: "apiextensions.k8s.io/v1",
          more: "spec: {conversion: {webhook: {clientConfig: {service: {name: x, namespace: old}}}}}\n"),
        object(
          "CustomResourceDefinition", "e", group: "apiextensions.k8s.io/v1",
          more: "spec: {conversion: {webhook: {clientConfig: {service: {name: x}}}}}\n"),
      ].joined(separator: "---\n"))
    #expect(roots[0].value(at: "spec", "service", "namespace")?.string == "prod")
    let path = ["spec", "conversion", "webhook", "clientConfig", "service", "namespace"]
    #expect(roots[1].value(at: path)?.string == "prod")
    #expect(roots[2].value(at: path) == nil)
  }

  private let binding = object("RoleBinding", "b", group: "rbac.authorization.k8s.io/v1")

  @Test func subjectsFollowTheirServiceAccounts() throws {
    let roots = try build(
      binding + """
        subjects:
        - {kind: ServiceAccount, name: default, namespace: x}
        - {kind: ServiceAccount, name: mine}
        - {kind: ServiceAccount, name: mine, namespace: old}
        - {kind: ServiceAccount, name: mine, namespace: elsewhere}
        - {kind: ServiceAccount, name: unknown}
        - {kind: Group, name: people}
        ---

        """ + object("ServiceAccount", "mine", more: "  namespace: old\n"))
    let subjects = try #require(roots[0]["subjects"]?.list)
    #expect(subjects.map { $0["namespace"]?.string } == ["prod", "prod", "prod", "elsewhere", nil, nil])
  }

  @Test func webhooksFollowTheirServices() throws {
    let roots = try build(
      object(
        "ValidatingWebhookConfiguration", "w", group: "admissionregistration.k8s.io/v1",
        more: "webhooks: [{clientConfig: {service: {name: hook, namespace: old}}}, {clientConfig: {url: x}}]\n")
        + "---\n"
        + object("Service", "hook", more: "  namespace: old\n"))
    #expect(roots[0].value(at: "webhooks", "0", "clientConfig", "service", "namespace")?.string == "prod")
  }

  @Test func anAmbiguousSubjectFails() {
    var build = KustomizationBuild(
      MemoryTree([
        "kustomization.yaml": "resources: [a, b, crb.yaml]",
        "a/kustomization.yaml": "namespace: a\nresources: [sa.yaml]",
        "b/kustomization.yaml": "namespace: b\nresources: [sa.yaml]", "a/sa.yaml": object("ServiceAccount", "sa"),
        "b/sa.yaml": object("ServiceAccount", "sa"),
        "crb.yaml": object(
          "ClusterRoleBinding", "c", group: "rbac.authorization.k8s.io/v1",
          more: "subjects: [{kind: ServiceAccount, name: sa}]\n"),
      ]))
    let error = #expect(throws: RenderError.self) { try build.build("") }
    #expect(
      error
        == .failed(
          sentence: "found multiple possible referrals for ServiceAccount sa: ServiceAccount a/sa, ServiceAccount b/sa",
          place: "crb.yaml:5"))
  }

  @Test func aBlankNamespaceOfASubjectFails() {
    let error = #expect(throws: RenderError.self) {
      try build(binding + "subjects:\n- {kind: ServiceAccount, name: a, namespace: }\n")
    }
    #expect(error?.description.contains("is blank") == true)
  }

  @Test func theOutermostNamespaceWins() throws {
    var build = KustomizationBuild(
      MemoryTree([
        "kustomization.yaml": "namespace: outer\nresources: [in]",
        "in/kustomization.yaml": "namespace: inner\nresources: [a.yaml]",
        "in/a.yaml": object("ConfigMap", "a"),
      ]))
    let resource = try build.build("").resources[0]
    #expect(resource.id.namespace == "outer")
    #expect(resource.previous.map(\.namespace) == ["", "inner"])
  }
}
