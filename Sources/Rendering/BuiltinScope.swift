/// Which built-in kinds are cluster-scoped, where no API server can be asked.
enum BuiltinScope {
  /// As kustomize sees it: by group, version and kind, from the Kubernetes 1.21.2 schema that it carries, and the
  /// admission policies that later releases added. Everything else counts as namespaced.
  static func isClusterScoped(group: String, version: String, kind: String) -> Bool {
    kinds.contains(kind) && kustomize["\(group)/\(kind)"]?.contains(version) ?? false
  }

  /// As API servers up to 1.36 see it, whatever the version.
  static func isClusterScoped(group: String, kind: String) -> Bool {
    guard kinds.contains(kind) else { return false }
    return kustomize["\(group)/\(kind)"] != nil || later.contains("\(group)/\(kind)")
  }

  /// Their kinds alone: most objects are of none of them.
  private static let kinds: Set<String> = Set(
    (Array(kustomize.keys) + Array(later)).map { String($0.split(separator: "/").last ?? "") })

  private static let both: Set<String> = ["v1", "v1beta1"]

  private static let kustomize: [String: Set<String>] = [
    "/ComponentStatus": ["v1"],
    "/Namespace": ["v1"],
    "/Node": ["v1"],
    "/PersistentVolume": ["v1"],
    "admissionregistration.k8s.io/MutatingWebhookConfiguration": both,
    "admissionregistration.k8s.io/ValidatingAdmissionPolicy": ["v1", "v1alpha1", "v1beta1"],
    "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": ["v1", "v1alpha1", "v1beta1"],
    "admissionregistration.k8s.io/ValidatingWebhookConfiguration": both,
    "apiextensions.k8s.io/CustomResourceDefinition": both,
    "apiregistration.k8s.io/APIService": both,
    "certificates.k8s.io/CertificateSigningRequest": both,
    "flowcontrol.apiserver.k8s.io/FlowSchema": ["v1beta1"],
    "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration": ["v1beta1"],
    "networking.k8s.io/IngressClass": both,
    "node.k8s.io/RuntimeClass": both,
    "policy/PodSecurityPolicy": ["v1beta1"],
    "rbac.authorization.k8s.io/ClusterRole": both,
    "rbac.authorization.k8s.io/ClusterRoleBinding": both,
    "scheduling.k8s.io/PriorityClass": both,
    "storage.k8s.io/CSIDriver": both,
    "storage.k8s.io/CSINode": both,
    "storage.k8s.io/StorageClass": both,
    "storage.k8s.io/VolumeAttachment": both,
  ]

  private static let later: Set<String> = [
    "admissionregistration.k8s.io/MutatingAdmissionPolicy",
    "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding",
    "certificates.k8s.io/ClusterTrustBundle",
    "internal.apiserver.k8s.io/StorageVersion",
    "networking.k8s.io/IPAddress",
    "networking.k8s.io/ServiceCIDR",
    "resource.k8s.io/DeviceClass",
    "resource.k8s.io/DeviceTaintRule",
    "resource.k8s.io/ResourceSlice",
    "storage.k8s.io/VolumeAttributesClass",
    "storagemigration.k8s.io/StorageVersionMigration",
  ]
}
