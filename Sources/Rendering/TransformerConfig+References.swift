import Structured

extension TransformerConfig {
  /// Where the pod of a kind stands.
  private static func pod(_ kind: String) -> String {
    switch kind {
    case "Pod": "spec"
    case "PodTemplate": "template/spec"
    case "CronJob": "spec/jobTemplate/spec/template/spec"
    default: "spec/template/spec"
    }
  }

  private static func inPods(_ kinds: [String], _ paths: [String], podVersion: String = "") -> [FieldSpec] {
    kinds.flatMap { kind in
      paths.map { FieldSpec(version: kind == "Pod" ? podVersion : "", kind: kind, path: "\(pod(kind))/\($0)") }
    }
  }

  private static func fields(_ specs: [(kind: String, path: String)]) -> [FieldSpec] {
    specs.map { FieldSpec(kind: $0.kind, path: $0.path) }
  }

  private static let rbac = "rbac.authorization.k8s.io"

  /// Which field names which kind (kustomize: builtinpluginconsts/namereference.go).
  static let references: [NameBackReferences] = {
    let workloads = ["Pod", "PodTemplate", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "CronJob"]
    let accounts = ["Pod", "StatefulSet", "Deployment", "ReplicationController", "CronJob", "Job", "DaemonSet"]
    let rules = [("Role", "rules/resourceNames"), ("ClusterRole", "rules/resourceNames")]
    func uses(_ key: String, _ reference: String) -> [String] {
      ["containers", "initContainers"].flatMap {
        ["\($0)/env/valueFrom/\(key)/name", "\($0)/envFrom/\(reference)/name"]
      }
    }
    let scaled = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map {
      NameBackReferences(
        kind: $0, referrers: fields([("HorizontalPodAutoscaler", "spec/scaleTargetRef/name")]))
    }
    let nginx = "metadata/annotations/nginx.ingress.kubernetes.io\\/"
    let configMap = NameBackReferences(
      version: "v1", kind: "ConfigMap",
      referrers: inPods(
        workloads,
        ["volumes/configMap/name", "volumes/projected/sources/configMap/name"]
          + uses("configMapKeyRef", "configMapRef"), podVersion: "v1")
        + fields(
          [("Node", "spec/configSource/configMap"), ("Ingress", "\(nginx)fastcgi-params-configmap")] + rules))
    let secret = NameBackReferences(
      version: "v1", kind: "Secret",
      referrers: inPods(
        workloads,
        ["volumes/secret/secretName", "volumes/projected/sources/secret/name", "imagePullSecrets/name"]
          + uses("secretKeyRef", "secretRef"), podVersion: "v1")
        + fields(
          [
            ("Ingress", "spec/tls/secretName"),
            ("Ingress", "metadata/annotations/ingress.kubernetes.io\\/auth-secret"),
            ("Ingress", "\(nginx)auth-secret"), ("Ingress", "\(nginx)auth-tls-secret"),
            ("ServiceAccount", "imagePullSecrets/name"), ("StorageClass", "parameters/secretName"),
            ("StorageClass", "parameters/adminSecretName"), ("StorageClass", "parameters/userSecretName"),
            ("StorageClass", "parameters/secretRef"), ("PersistentVolume", "spec/azureFile/secretName"),
          ] + rules)
        + [
          FieldSpec(
            group: "serving.knative.dev", version: "v1", kind: "Service",
            path: "spec/template/spec/containers/env/valueFrom/secretKeyRef/name")
        ])
    return scaled + [configMap, secret, service, role, clusterRole]
      + [
        NameBackReferences(
          version: "v1", kind: "ServiceAccount",
          referrers: ["RoleBinding", "ClusterRoleBinding"].map {
            FieldSpec(group: rbac, kind: $0, path: "subjects")
          } + inPods(accounts, ["serviceAccountName"])),
        NameBackReferences(
          version: "v1", kind: "PersistentVolumeClaim",
          referrers: inPods(accounts, ["volumes/persistentVolumeClaim/claimName"])),
        NameBackReferences(
          version: "v1", kind: "PersistentVolume",
          referrers: fields([
            ("PersistentVolumeClaim", "spec/volumeName"), ("ClusterRole", "rules/resourceNames"),
          ])),
        NameBackReferences(
          group: "storage.k8s.io", version: "v1", kind: "StorageClass",
          referrers: fields([
            ("PersistentVolume", "spec/storageClassName"), ("PersistentVolumeClaim", "spec/storageClassName"),
            ("StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
          ])),
        NameBackReferences(
          group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass",
          referrers: inPods(accounts, ["priorityClassName"])),
        // The group is written with a version there and so matches no object; kept so.
        NameBackReferences(
          group: "networking.k8s.io/v1", version: "v1", kind: "IngressClass",
          referrers: fields([("Ingress", "spec/ingressClassName")])),
        NameBackReferences(
          group: "admissionregistration.k8s.io", kind: "ValidatingAdmissionPolicy",
          referrers: [
            FieldSpec(
              group: "admissionregistration.k8s.io", kind: "ValidatingAdmissionPolicyBinding",
              path: "spec/policyName")
          ]),
      ]
  }()

  private static let service = NameBackReferences(
    version: "v1", kind: "Service",
    referrers: [
      FieldSpec(group: "apps", kind: "StatefulSet", path: "spec/serviceName"),
      FieldSpec(kind: "Ingress", path: "spec/rules/http/paths/backend/serviceName"),
      FieldSpec(kind: "Ingress", path: "spec/backend/serviceName"),
      FieldSpec(kind: "Ingress", path: "spec/rules/http/paths/backend/service/name"),
      FieldSpec(kind: "Ingress", path: "spec/defaultBackend/service/name"),
      FieldSpec(group: "apiregistration.k8s.io", kind: "APIService", path: "spec/service/name"),
      FieldSpec(
        group: "admissionregistration.k8s.io", kind: "ValidatingWebhookConfiguration",
        path: "webhooks/clientConfig/service"),
      FieldSpec(
        group: "admissionregistration.k8s.io", kind: "MutatingWebhookConfiguration",
        path: "webhooks/clientConfig/service"),
    ])

  private static let role = NameBackReferences(
    group: rbac, kind: "Role", referrers: [FieldSpec(group: rbac, kind: "RoleBinding", path: "roleRef/name")])

  private static let clusterRole = NameBackReferences(
    group: rbac, kind: "ClusterRole",
    referrers: ["RoleBinding", "ClusterRoleBinding"].map { FieldSpec(group: rbac, kind: $0, path: "roleRef/name") })

  /// Where `$(NAME)` is replaced (kustomize: builtinpluginconsts/varreference.go).
  static let variables: [FieldSpec] =
    inPods(
      ["CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet"],
      ["containers", "initContainers"].flatMap { containers in
        ["args", "command", "env/value", "volumeMounts/mountPath"].map { "\(containers)/\($0)" }
      } + ["volumes/nfs/server"])
    + fields([
      ("PersistentVolume", "spec/nfs/server"), ("CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"),
      ("StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"),
      ("Ingress", "spec/rules/host"), ("Ingress", "spec/tls/hosts"), ("Ingress", "spec/tls/secretName"),
      ("Service", "spec/ports/port"), ("Service", "spec/ports/targetPort"),
    ]) + [FieldSpec(path: "metadata/labels")]
}
