import Structured

/// What stands beside Flux's core in the demo's clusters: secrets, image automation, notifications and a canary in one, Argo CD
/// and flux-operator in another.
enum Neighbours {
  /// The objects of a cluster, as YAML documents.
  static func manifests(of cluster: String) -> String {
    switch cluster {
    case "prod-eu": secrets + images + notifications + artifacts
    case "prod-us": argo + instances
    default: ""
    }
  }

  private static let secrets = """
    apiVersion: external-secrets.io/v1
    kind: ClusterSecretStore
    metadata: {name: vault}
    spec:
      provider:
        vault: {server: "https://vault.example.com:8200", path: kv, version: v2, auth: {kubernetes: {role: shop}}}
    ---
    apiVersion: external-secrets.io/v1
    kind: SecretStore
    metadata: {name: aws, namespace: payments}
    spec:
      provider:
        aws: {service: SecretsManager, region: eu-central-1}
    ---
    apiVersion: external-secrets.io/v1
    kind: ExternalSecret
    metadata: {name: payments-db, namespace: payments}
    spec:
      refreshInterval: 15m
      secretStoreRef: {kind: ClusterSecretStore, name: vault}
      target: {name: payments-db}
      data: [{secretKey: password, remoteRef: {key: payments/db, property: password}}]
    ---
    apiVersion: external-secrets.io/v1
    kind: ClusterExternalSecret
    metadata: {name: registry}
    spec:
      externalSecretSpec: {secretStoreRef: {kind: ClusterSecretStore, name: vault}}
    ---
    apiVersion: external-secrets.io/v1alpha1
    kind: PushSecret
    metadata: {name: shop-certificate, namespace: shop}
    spec:
      refreshInterval: 1h
      secretStoreRefs: [{kind: ClusterSecretStore, name: vault}]
      selector: {secret: {name: shop-certificate}}
    ---
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata: {name: mail-relay, namespace: shop}
    spec:
      encryptedData: {user: AgCinventedciphertext, password: AgDinventedciphertext}
    ---
    apiVersion: flagger.app/v1beta1
    kind: Canary
    metadata: {name: recommendations, namespace: shop}
    spec:
      targetRef: {apiVersion: apps/v1, kind: Deployment, name: recommendations}
      analysis: {interval: 1m, threshold: 5, maxWeight: 50, stepWeight: 10}
    ---

    """

  private static let images = """
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: recommendations, namespace: flux-system}
    spec: {image: registry.example.com/shop/recommendations, interval: 5m}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: recommendations, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: recommendations}
      policy: {semver: {range: 2.x}}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: apps, namespace: flux-system}
    spec:
      interval: 30m
      sourceRef: {kind: GitRepository, name: apps}
      git: {checkout: {ref: {branch: main}}, push: {branch: main}}
      update: {strategy: Setters, path: ./}
    ---

    """

  private static let notifications = """
    apiVersion: notification.toolkit.fluxcd.io/v1beta3
    kind: Provider
    metadata: {name: on-call, namespace: flux-system}
    spec: {type: slack, channel: on-call, secretRef: {name: on-call}}
    ---
    apiVersion: notification.toolkit.fluxcd.io/v1beta3
    kind: Alert
    metadata: {name: on-call, namespace: flux-system}
    spec:
      providerRef: {name: on-call}
      eventSeverity: error
      eventSources: [{kind: Kustomization, name: "*"}, {kind: HelmRelease, name: "*"}]
    ---
    apiVersion: notification.toolkit.fluxcd.io/v1
    kind: Receiver
    metadata: {name: apps, namespace: flux-system}
    spec:
      type: github
      interval: 10m
      events: [push]
      secretRef: {name: webhook}
      resources: [{apiVersion: source.toolkit.fluxcd.io/v1, kind: GitRepository, name: apps}]
    ---

    """

  private static let artifacts = """
    apiVersion: source.extensions.fluxcd.io/v1beta1
    kind: ArtifactGenerator
    metadata: {name: stalls, namespace: flux-system}
    spec:
      sources: [{alias: apps, kind: GitRepository, name: apps}]
      artifacts: [{name: stalls, copy: [{from: "@apps/shop/**", to: "@artifact/"}]}]
    ---
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: ExternalArtifact
    metadata: {name: stalls, namespace: flux-system}
    spec:
      sourceRef: {apiVersion: source.extensions.fluxcd.io/v1beta1, kind: ArtifactGenerator, name: stalls}
    """

  private static let argo = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: argocd}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: status}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: status-page
      namespace: status
      annotations:
        argocd.argoproj.io/tracking-id: "status-page:/ConfigMap:status/status-page"
        kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"v1","data":{"banner":"all systems work"},"kind":"ConfigMap","metadata":{"name":"status-page","namespace":"status"}}'
    data: {banner: all systems work}
    ---
    apiVersion: argoproj.io/v1alpha1
    kind: AppProject
    metadata: {name: tools, namespace: argocd}
    spec:
      sourceRepos: ["https://git.example.com/tools/*"]
      destinations: [{server: "https://kubernetes.default.svc", namespace: status}]
    ---
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: tools, namespace: argocd}
    spec:
      generators: [{git: {repoURL: "https://git.example.com/tools/status.git", directories: [{path: "*"}]}}]
    ---
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: status-page
      namespace: argocd
      annotations: {demo.driftglass.dev/revision: 4c1d9b7a2e6f8035c9d1e7b4a6f20938d5c7e1b2}
    spec:
      project: tools
      source: {repoURL: "https://git.example.com/tools/status.git", path: status-page, targetRevision: main}
      destination: {server: "https://kubernetes.default.svc", namespace: status}
      syncPolicy: {automated: {prune: true}}
    ---

    """

  private static let instances = """
    apiVersion: fluxcd.controlplane.io/v1
    kind: FluxInstance
    metadata: {name: flux, namespace: flux-system}
    spec: {distribution: {version: 2.9.x, registry: ghcr.io/fluxcd}}
    ---
    apiVersion: fluxcd.controlplane.io/v1
    kind: ResourceSet
    metadata: {name: previews, namespace: flux-system}
    spec:
      inputsFrom: [{kind: ResourceSetInputProvider, name: previews}]
      resources: []
    ---
    apiVersion: fluxcd.controlplane.io/v1
    kind: ResourceSetInputProvider
    metadata: {name: previews, namespace: flux-system}
    spec: {type: GitHubPullRequest, url: "https://git.example.com/tools/status"}
    """
}
