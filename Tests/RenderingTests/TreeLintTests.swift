import Structured
import Testing

@testable import Rendering

@Suite struct TreeLintTests {
  private static func kustomization(_ name: String, path: String, source: String = "flux-system", more: String = "")
    -> String
  {
    """
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: \(name), namespace: flux-system}
    spec:
      path: \(path)
      sourceRef: {kind: GitRepository, name: \(source)}
    \(more)
    """
  }

  private static let repository = """
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: GitRepository
    metadata: {name: flux-system, namespace: flux-system}
    spec: {url: 'https://git.example.com/fleet'}
    """

  /// A cluster whose Flux applies itself and the applications.
  private static func fleet(_ more: [String: String] = [:]) -> [String: String] {
    [
      "clusters/prod/flux-system/sync.yaml": repository + "\n---\n"
        + kustomization("flux-system", path: "./clusters/prod"),
      "clusters/prod/apps.yaml": kustomization("apps", path: "./apps"),
      "apps/kustomization.yaml": "resources: [web.yaml]", "apps/web.yaml": object("ConfigMap", "web"),
    ].merging(more) { $1 }
  }

  private func findings(_ files: [String: String], below directory: String = "") -> [String] {
    TreeLint(MemoryTree(files), below: directory).findings.map { finding in
      let line = finding.line.map { ":\($0)" } ?? ""
      return "\(finding.file)\(line): \(finding.severity) \(finding.rule) \(finding.object ?? ""): \(finding.sentence)"
    }
  }

  @Test func aTreeInOrderHasNothing() {
    let lint = TreeLint(MemoryTree(Self.fleet()), below: "")
    #expect(lint.findings == [])
    #expect(lint.directories == 1 && lint.kustomizations == 2 && lint.objects.count == 5)
  }

  @Test func whatDoesNotBuildIsNamedWithItsLine() {
    let files = Self.fleet([
      "apps/kustomization.yaml": "resources:\n- web.yaml\n- gone.yaml\n",
      "x/kustomization.yaml": "resources: [y.yaml]\nbogus: 1",
    ])
    #expect(
      findings(files) == [
        "apps/kustomization.yaml:3: error build Kustomization flux-system/apps: no such file or directory: gone.yaml",
        "x/kustomization.yaml:2: error build x: invalid Kustomization: unknown field \"bogus\"",
      ])
    #expect(findings(files, below: "clusters").count == 1)
  }

  @Test func componentsAreBuiltWhereTheyAreUsed() {
    let files = Self.fleet([
      "c/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: gone.yaml}]"
    ])
    #expect(findings(files) == [])
  }

  @Test func whatCannotBeRenderedHereIsAWarning() {
    let files = Self.fleet(["apps/kustomization.yaml": "resources: ['https://git.example.com/base?ref=v1']"])
    #expect(
      findings(files) == [
        "apps/kustomization.yaml:1: warning undetermined Kustomization flux-system/apps: remote resource https://git.example.com/base?ref=v1 is not rendered here"
      ])
  }

  @Test func referencesOfAWholeClusterMustResolve() {
    let files = Self.fleet([
      "clusters/prod/apps.yaml": Self.kustomization(
        "apps", path: "./apps", source: "fleet",
        more:
          "  dependsOn: [{name: infra}]\n  postBuild: {substituteFrom: [{kind: Secret, name: vars}, {kind: ConfigMap, name: more, optional: true}]}"
      ),
      "clusters/prod/more.yaml": Self.kustomization("more", path: "./apps2", more: "  dependsOn:\n  - name: infra"),
      "apps2/x.yaml": object("ConfigMap", "x"),
      "apps/web.yaml": """
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata: {name: web, namespace: shop}
      spec:
        chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts, namespace: flux-system}}}
      """,
    ])
    #expect(
      findings(files) == [
        "apps/web.yaml:5: error reference HelmRelease shop/web: HelmRepository flux-system/charts is not in what Flux applies from this tree",
        "clusters/prod/apps.yaml:6: error reference Kustomization flux-system/apps: GitRepository flux-system/fleet is not in what Flux applies from this tree",
        "clusters/prod/apps.yaml:7: error reference Kustomization flux-system/apps: Kustomization flux-system/infra is not in what Flux applies from this tree; 2 places name it",
        "clusters/prod/apps.yaml:8: warning reference Kustomization flux-system/apps: Secret flux-system/vars is not in what Flux applies from this tree",
      ])
  }

  @Test func ofAPartOfAClusterTheRestMayBeElsewhere() {
    let files = [
      "a.yaml": Self.kustomization("a", path: "./apps", more: "  dependsOn: [{name: b}, {name: other}]"),
      "b.yaml": Self.kustomization("b", path: "./gone", source: "another"), "apps/x.yaml": object("ConfigMap", "x"),
    ]
    #expect(
      findings(files) == [
        "a.yaml:7: warning reference Kustomization flux-system/a: Kustomization flux-system/other is not in this tree",
        "b.yaml:6: warning reference Kustomization flux-system/b: GitRepository flux-system/another is not in this tree",
      ])
    #expect(TreeLint(MemoryTree(files), below: "").elsewhere == 1)
  }

  @Test func aPathThatIsNotThereIsAnErrorWhenItsSourceIsThisTree() {
    let files = Self.fleet(["clusters/prod/more.yaml": Self.kustomization("more", path: "./gone")])
    #expect(
      findings(files) == [
        "clusters/prod/more.yaml:1: error build Kustomization flux-system/more: kustomization path not found: ./gone"
      ])
  }

  @Test func twoThatApplyTheSameFightInOneClusterOnly() {
    let files = Self.fleet([
      "clusters/prod/more.yaml": Self.kustomization("more", path: "./more"), "more/x.yaml": object("ConfigMap", "web"),
      "clusters/test/flux-system/sync.yaml": Self.repository + "\n---\n"
        + Self.kustomization("flux-system", path: "./clusters/test"),
      "clusters/test/apps.yaml": Self.kustomization("apps", path: "./apps"),
    ])
    #expect(
      findings(files) == [
        "more/x.yaml:1: error duplicate ConfigMap web: Kustomization flux-system/more and Kustomization flux-system/apps both apply it, the other from apps/web.yaml:1"
      ])
  }

  @Test func variablesComeFromTheTreeWhereItHasThem() {
    let files = Self.fleet([
      "clusters/prod/apps.yaml": Self.kustomization(
        "apps", path: "./apps", more: "  postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}"),
      "clusters/prod/vars.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars, namespace: flux-system}\ndata: {name: shop}\n",
      "apps/web.yaml": object("ConfigMap", "web", more: "data: {name: '${name}'}\n"),
    ])
    let lint = TreeLint(MemoryTree(files), below: "")
    #expect(lint.findings == [])
    let web = lint.objects.filter { $0.object.name == "web" && !$0.isOpen }
    #expect(web.map { $0.object.root["data"]?["name"]?.string } == ["shop"])
  }
}
