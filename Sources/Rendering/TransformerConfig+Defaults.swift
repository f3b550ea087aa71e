import Structured

extension TransformerConfig {
  /// What kustomize does without `configurations` (kustomize: api/internal/konfig/builtinpluginconsts).
  static let standard: TransformerConfig = {
    var config = TransformerConfig()
    config.namePrefix = [FieldSpec(path: "metadata/name")]
    config.nameSuffix = config.namePrefix
    config.namespace = [
      FieldSpec(kind: "Namespace", path: "metadata/name", creates: true),
      FieldSpec(
        group: "apiregistration.k8s.io", kind: "APIService", path: "spec/service/namespace", creates: true),
      FieldSpec(
        group: "apiextensions.k8s.io", kind: "CustomResourceDefinition",
        path: "spec/conversion/webhook/clientConfig/service/namespace"),
    ]
    config.commonLabels = selectorLabels + [metadataLabels] + podTemplateLabels
    config.templateLabels = podTemplateLabels
    config.commonAnnotations =
      [FieldSpec(path: "metadata/annotations", creates: true)] + podTemplateFields("annotations")
    config.images = ["", "template/"].flatMap { within in
      ["containers", "initContainers"].map {
        FieldSpec(path: within.isEmpty ? "spec/\($0)[]/image" : "spec/template/spec/\($0)[]/image", creates: true)
      }
    }
    config.replicas = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map {
      FieldSpec(kind: $0, path: "spec/replicas", creates: true)
    }
    config.nameReferences = references
    config.variableReferences = variables
    return config
  }()

  static let metadataLabels = FieldSpec(path: "metadata/labels", creates: true)

  static let claimLabels = FieldSpec(
    group: "apps", kind: "StatefulSet", path: "spec/volumeClaimTemplates[]/metadata/labels", creates: true)

  private static let podTemplateLabels = podTemplateFields("labels")

  /// The metadata of the pods that a workload makes.
  private static func podTemplateFields(_ field: String) -> [FieldSpec] {
    let template = "spec/template/metadata/\(field)"
    return [
      FieldSpec(version: "v1", kind: "ReplicationController", path: template, creates: true),
      FieldSpec(kind: "Deployment", path: template, creates: true),
      FieldSpec(kind: "ReplicaSet", path: template, creates: true),
      FieldSpec(kind: "DaemonSet", path: template, creates: true),
      FieldSpec(group: "apps", kind: "StatefulSet", path: template, creates: true),
      FieldSpec(group: "batch", kind: "Job", path: template, creates: true),
      FieldSpec(group: "batch", kind: "CronJob", path: "spec/jobTemplate/metadata/\(field)", creates: true),
      FieldSpec(
        group: "batch", kind: "CronJob", path: "spec/jobTemplate/spec/template/metadata/\(field)", creates: true),
    ]
  }

  private static let selectorLabels: [FieldSpec] = {
    let match = "spec/selector/matchLabels"
    var specs = [
      FieldSpec(version: "v1", kind: "Service", path: "spec/selector", creates: true),
      FieldSpec(version: "v1", kind: "ReplicationController", path: "spec/selector", creates: true),
      FieldSpec(kind: "Deployment", path: match, creates: true),
      FieldSpec(kind: "ReplicaSet", path: match, creates: true),
      FieldSpec(kind: "DaemonSet", path: match, creates: true),
      FieldSpec(group: "apps", kind: "StatefulSet", path: match, creates: true),
      claimLabels,
      FieldSpec(group: "batch", kind: "Job", path: match),
      FieldSpec(group: "batch", kind: "CronJob", path: "spec/jobTemplate/\(match)"),
      FieldSpec(group: "policy", kind: "PodDisruptionBudget", path: match),
    ]
    for path in ["spec", "spec/ingress/from", "spec/egress/to"] {
      specs.append(
        FieldSpec(group: "networking.k8s.io", kind: "NetworkPolicy", path: "\(path)/podSelector/matchLabels"))
    }
    for kind in ["Deployment", "StatefulSet"] {
      for affinity in ["podAffinity", "podAntiAffinity"] {
        let path = "spec/template/spec/affinity/\(affinity)"
        specs.append(
          FieldSpec(
            group: "apps", kind: kind,
            path: "\(path)/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels"))
        specs.append(
          FieldSpec(
            group: "apps", kind: kind,
            path: "\(path)/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels"))
      }
      specs.append(
        FieldSpec(
          group: "apps", kind: kind, path: "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"))
    }
    return specs
  }()
}
