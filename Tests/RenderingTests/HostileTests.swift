import Foundation
import Structured
import Testing

@testable import Rendering

/// Kustomizations that nobody wrote: any file of a repository may hold anything, and a build ends in objects or an error.
@Suite struct HostileTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  private static let base: [String: String] = [
    "kustomization.yaml": """
    resources: [web.yaml, base]
    components: [extra]
    namespace: shop
    namePrefix: a-
    nameSuffix: -z
    labels: [{pairs: {a: b}, includeSelectors: true, fields: [{path: spec/x, create: true}]}]
    commonAnnotations: {n: "1"}
    images: [{name: 'we.*', newName: other, newTag: "2"}]
    replicas: [{name: web, count: 3}]
    patches:
    - patch: |-
        - {op: add, path: /spec/template/spec/containers/-, value: {name: side, image: x}}
        - {op: replace, path: /spec/replicas, value: 4}
      target: {kind: Deploy.*, labelSelector: 'app in (web, x),!y'}
    - patch: |-
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {containers: [{name: web, ports: [{containerPort: 80}], env: [{name: A, $patch: delete}]}]}}}
    configMapGenerator: [{name: flags, literals: [a=b, 'c="d"'], files: [k=web.yaml], envs: [x.env]}]
    secretGenerator: [{name: s, behavior: create, literals: [p=q], type: Opaque}]
    generatorOptions: {labels: {g: h}}
    replacements:
    - source: {kind: Deployment, fieldPath: 'spec.template.spec.containers.[name=web].image', options: {delimiter: ":", index: 0}}
      targets: [{select: {kind: ConfigMap}, fieldPaths: [data.image], options: {create: true}}]
    vars: [{name: V, objref: {apiVersion: v1, kind: Service, name: web}}]
    transformers: ["{apiVersion: builtin, kind: LabelTransformer, metadata: {name: l}, labels: {q: r}, fieldSpecs: [{path: metadata/labels, create: true}]}"]
    sortOptions: {order: legacy}
    buildMetadata: [originAnnotations, transformerAnnotations]
    """,
    "web.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {app: web}}
    spec:
      replicas: 1
      template:
        spec:
          containers: [{name: web, image: 'web:1', args: [$(V)], envFrom: [{configMapRef: {name: flags}}], env: [{name: A, value: b}]}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: web}, ports: [{port: 80}]}
    """,
    "base/kustomization.yaml": "resources: [rb.yaml]\nnamePrefix: b-\n",
    "base/rb.yaml": """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: rb}
    subjects: [{kind: ServiceAccount, name: default, namespace: x}]
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
    """,
    "extra/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatchesStrategicMerge: [\"{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort}}\"]\n",
    "x.env": "A=b\n# c\nC=d=e\n",
  ]

  private static let words = [
    "null", "[]", "{}", "''", "-1", "99999999999999999999", "[null]", "{a: [{}]}", "~", "..", "/", "*", "[", "(a",
    "$(V)", "${x",
    "$patch: delete", "!!binary x", "&a", "*a", "<<: *a", "\"\\u0000\"", "🙂", "true", "- - -", ": ", "? a", "|", ">",
    "%",
  ]

  private static func mutated(_ files: [String: String], _ random: inout Generator) -> [String: String] {
    var files = files
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard let name = files.keys.sorted().randomElement(using: &random), let text = files[name] else { continue }
      var scalars = Array(text.unicodeScalars)
      guard !scalars.isEmpty else { continue }
      let at = Int.random(in: 0..<scalars.count, using: &random)
      let end = min(scalars.count, at + Int.random(in: 0...12, using: &random))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: scalars.removeSubrange(at..<end)
      case 1: scalars.insert(contentsOf: (words.randomElement(using: &random) ?? "").unicodeScalars, at: at)
      case 2:
        // The value behind a colon or in a list.
        let stop = scalars[at...].firstIndex { $0 == "\n" || $0 == "," || $0 == "}" || $0 == "]" } ?? scalars.count
        let start = scalars[..<at].lastIndex { $0 == ":" || $0 == "," || $0 == "[" }.map { $0 + 1 } ?? at
        scalars.replaceSubrange(
          start..<max(start, stop), with: " \(words.randomElement(using: &random) ?? "")".unicodeScalars)
      default: scalars.insert(contentsOf: scalars[at..<end], at: Int.random(in: 0...scalars.count, using: &random))
      }
      var result = ""
      result.unicodeScalars.append(contentsOf: scalars)
      files[name] = result
    }
    return files
  }

  /// DRIFTGLASS_HOSTILE=<count> tries more of them, SEED=<number> others.
  @Test(.timeLimit(.minutes(60))) func whateverStandsInAFileABuildEnds() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["DRIFTGLASS_HOSTILE"].flatMap { Int($0) } ?? 400
    var random = Generator(state: environment["SEED"].flatMap { UInt64($0) } ?? 88_172_645_463_325_252)
    var built = 0
    let kustomization: JSON = [
      "metadata": ["name": "apps", "namespace": "flux-system"],
      "spec": ["postBuild": ["substitute": ["x": "y"]], "commonMetadata": ["labels": ["l": "m"]]],
    ]
    let flux = FluxKustomization(try JSONDocument(parsing: kustomization.encoded()))
    #expect(try Renderer().render(flux, tree: MemoryTree(Self.base)).count == 5)
    for _ in 0..<count {
      let files = Self.mutated(Self.base, &random)
      if (try? Renderer().render(flux, tree: MemoryTree(files))) != nil { built += 1 }
    }
    #expect(built < count)
    print("hostile: \(count) mutated trees, \(built) of them built")
  }
}
