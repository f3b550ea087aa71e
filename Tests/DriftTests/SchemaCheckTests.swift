import GitOps
import Structured
import Testing

@testable import Drift

/// What an API server would refuse or drop, found in Git.
@Suite struct SchemaCheckTests {
  private func problems(_ text: String, in table: SchemaTable = BuiltinSchema.schema) throws -> [String]? {
    let root = try #require(try YAMLReader.documents(in: Array(text.utf8), rules: .kustomize).first)
    let parts = (root["apiVersion"]?.string ?? "").split(separator: "/").map(String.init)
    let object = DesiredObject(
      groupKind: GroupKind(group: parts.count > 1 ? parts[0] : "", kind: root["kind"]?.string ?? ""),
      version: parts.last ?? "", namespace: "", name: root["metadata"]?["name"]?.string ?? "", root: root,
      files: FileIndex())
    return table.problems(in: object) { $0.contains("${") }?.map {
      "\($0.origin.line) \($0.path.joined(separator: ".")): \($0.sentence)"
    }
  }

  @Test func aWholeDeploymentFits() throws {
    let found = try problems(
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, labels: {a: b}, annotations: null}
      spec:
        replicas: 2
        selector: {matchLabels: {app: web}}
        strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers:
            - name: web
              image: web:1
              resources: {limits: {cpu: 2, memory: 1Gi}}
              ports: [{containerPort: 80}]
              livenessProbe: {httpGet: {path: /, port: http}}
      status: {anything: goes}
      """)
    #expect(found == [])
  }

  @Test func typosTypesAndMissingFieldsAreFound() throws {
    let found = try problems(
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replcas: 2
        paused: "yes"
        replicas: "3"
        minReadySeconds: ${SECONDS}
        template:
          spec:
            containers:
            - image: web:1
              env: {A: b}
              ports: [{containerPort: http}]
              imagepullpolicy: Always
              command: [1]
      """)
    #expect(
      found == [
        "5 spec.replcas: unknown field \"replcas\"; did you mean \"replicas\"?",
        "6 spec.paused: text where true or false belongs", "7 spec.replicas: text where a whole number belongs",
        "13 spec.template.spec.containers.0.env: a map where a list belongs",
        "14 spec.template.spec.containers.0.ports.0.containerPort: text where a whole number belongs",
        "15 spec.template.spec.containers.0.imagepullpolicy: unknown field \"imagepullpolicy\"; did you mean \"imagePullPolicy\"?",
        "16 spec.template.spec.containers.0.command.0: a number where text belongs",
        "12 spec.template.spec.containers.0: \"name\" is missing", "5 spec: \"selector\" is missing",
      ])
  }

  @Test(
    arguments: [
      ("v1", "ConfigMap", "data: {a: 5}", ["data.a: a number where text belongs"]),
      ("v1", "Service", "spec: {ports: [{port: 80, targetPort: web}], clusterIP: None}", []),
      (
        "networking.k8s.io/v1", "Ingress", "spec: {rules: [{http: {paths: [{path: /, backend: {}}]}}]}",
        ["spec.rules.0.http.paths.0: \"pathType\" is missing"]
      ),
      (
        "v1", "PersistentVolumeClaim", "spec: {resources: {requests: {storage: true}}}",
        ["spec.resources.requests.storage: true or false where a quantity belongs"]
      ),
      ("rbac.authorization.k8s.io/v1", "Role", "rules: [{verbs: [get], resources: [pods], apiGroups: ['']}]", []),
    ])
  func kindsOfKubernetesAreKnown(_ version: String, _ kind: String, _ body: String, _ expected: [String]) throws {
    let found = try problems("apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: x}\n\(body)\n")
    #expect(found?.map { String($0.drop { $0 != " " }.dropFirst()) } == expected)
  }

  @Test func kindsOfFluxAreKnown() throws {
    let found = try problems(
      """
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata: {name: web}
      spec:
        intervall: 5m
        chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}}
        install: {strategy: {name: RetryOnFailure}, remediation: {retries: "3"}}
        values: {anything: [1, {goes: here}]}
      """)
    #expect(
      found == [
        "5 spec.intervall: unknown field \"intervall\"; did you mean \"interval\"?",
        "7 spec.install.remediation.retries: text where a whole number belongs", "5 spec: \"interval\" is missing",
      ])
    #expect(
      try problems(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\nmetadata: {name: a}\nspec: {interval: 1m, prune: true, sourceRef: {kind: GitRepository, name: a}}\n"
      ) == [])
  }

  @Test func otherKindsAreNotJudged() throws {
    #expect(try problems("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: x}\nspec: {a: b}\n") == nil)
  }

  @Test func customKindsAreHeldAgainstTheirDefinition() throws {
    var table = BuiltinSchema.schema
    let definition: JSON = [
      "kind": "CustomResourceDefinition",
      "spec": [
        "group": "example.com", "names": ["kind": "Widget"],
        "versions": [
          [
            "name": "v1",
            "schema": [
              "openAPIV3Schema": [
                "type": "object",
                "properties": [
                  "spec": [
                    "type": "object", "required": ["size"],
                    "properties": [
                      "size": ["type": "integer"],
                      "any": ["x-kubernetes-preserve-unknown-fields": true, "type": "object"],
                    ],
                  ]
                ],
              ]
            ],
          ]
        ],
      ],
    ]
    try table.add(customResourceDefinition: definition.encoded())
    let found = try problems(
      "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: x}\nspec: {siez: 1, any: {thing: [1]}}\n", in: table)
    #expect(found == ["4 spec.siez: unknown field \"siez\"; did you mean \"size\"?", "4 spec: \"size\" is missing"])
  }
}
