import GitOps

/// Who is behind a field manager's name (`drift.md` R7): tables as data, which the user can extend.
public struct ManagerTable: Sendable, Hashable {
  enum Party: Sendable {
    /// The engine of the reconciler in question.
    case own
    case human
    /// A controller, or another GitOps engine.
    case controller
    case unknown
  }

  /// People's tools, by exact name.
  public var humans: Set<String> = [
    "argocd-server", "k9s", "Lens", "OpenLens", "freelens", "headlamp", "curl", "python-requests", "OpenAPI-Generator",
    "Mozilla", "node-fetch", "HashiCorp", "oc",
  ]
  /// People's tools by how their names begin: `kubectl-edit`, `kubectl-client-side-apply`.
  public var humanPrefixes = ["kubectl", "terraform", "Terraform"]
  /// Controllers, by exact name.
  public var controllers: Set<String> = [
    "kube-controller-manager", "keda-operator", "cert-manager-cainjector", "external-secrets", "flagger",
    "rollouts-controller", "kube-scheduler", "kubelet", "cluster-autoscaler", "karpenter", "deployment-controller",
    "horizontal-pod-autoscaler", "knative", "istiod", "pilot-discovery", "reflector", "linkerd",
  ]
  /// Controllers by how their names begin.
  public var controllerPrefixes = ["vpa-", "cert-manager", "keda", "system:serviceaccount:"]
  /// Controllers by how their names end.
  public var controllerSuffixes = ["-controller", "-controller-manager", "-operator", "-autoscaler"]
  /// GitOps engines: own when they are the reconciler's, else a controller.
  public var engines: Set<String> = [
    "kustomize-controller", "helm-controller", "flux", "argocd", "argocd-controller", "argocd-application-controller",
    "helm",
    "Helm", "fluxd", "flux-operator",
  ]

  /// The table that ships.
  public static let standard = ManagerTable()

  private init() {}

  /// The managers that a reconciler's own writes carry.
  public static func engine(of kind: GroupKind) -> Set<String> { engines[kind.group] ?? [] }

  private static let engines: [String: Set<String>] = [
    "kustomize.toolkit.fluxcd.io": ["kustomize-controller", "flux"],
    "helm.toolkit.fluxcd.io": ["helm-controller", "helm", "Helm", "flux"],
    "helm.fluxcd.io": ["helm-operator", "helm", "Helm"], "flux.weave.works": ["helm-operator", "helm", "Helm"],
    "argoproj.io": ["argocd-controller", "argocd-application-controller", "argocd", "kubectl-client-side-apply"],
  ]

  func party(of manager: String, own: Set<String>) -> Party {
    if own.contains(manager) { return .own }
    if humans.contains(manager) || humanPrefixes.contains(where: manager.hasPrefix) { return .human }
    if engines.contains(manager) || controllers.contains(manager) { return .controller }
    if controllerPrefixes.contains(where: manager.hasPrefix) { return .controller }
    return controllerSuffixes.contains(where: manager.hasSuffix) ? .controller : .unknown
  }
}
