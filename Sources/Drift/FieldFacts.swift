/// What Kubernetes' Go types do to single fields, by field name (`drift.md` R4; kubernetes: pkg/apis/*/v1/defaults.go).
enum FieldFacts {
  /// Fields without a pointer, where an empty value is replaced by a default. An empty list: by anything.
  static let zeroBecomes: [String: [String]] = [
    "timeoutSeconds": ["1", "10", "30"], "periodSeconds": ["10"], "successThreshold": ["1"], "failureThreshold": ["3"],
    "protocol": ["TCP"], "imagePullPolicy": ["Always", "IfNotPresent"], "restartPolicy": ["Always"],
    "dnsPolicy": ["ClusterFirst"], "schedulerName": ["default-scheduler"],
    "terminationMessagePath": ["/dev/termination-log"], "terminationMessagePolicy": ["File"],
    "type": ["ClusterIP", "Opaque", "RollingUpdate", ""], "sessionAffinity": ["None"],
    "externalTrafficPolicy": ["Cluster"], "path": ["/"], "scheme": ["HTTP"], "apiVersion": ["v1"],
    "podManagementPolicy": ["OrderedReady"], "concurrencyPolicy": ["Allow"], "serviceAccountName": ["default"],
    "serviceAccount": ["default"], "hostPort": [], "nodePort": [], "healthCheckNodePort": [], "targetPort": [],
    "clusterIP": [], "volumeName": [], "apiGroup": ["rbac.authorization.k8s.io"], "namespace": [],
    "listKind": [], "singular": [],
  ]

  /// What the server fills in where nothing was sent; a live-only field with such a value was not put there by anybody.
  static let defaults: [String: [String]] = [
    "progressDeadlineSeconds": ["600"], "revisionHistoryLimit": ["10"], "maxSurge": ["25%", "1"],
    "maxUnavailable": ["25%", "1", "0"], "terminationGracePeriodSeconds": ["30"], "replicas": ["1"],
    "updateStrategy": [], "partition": ["0"], "minReadySeconds": ["0"], "initialDelaySeconds": ["0"],
    "defaultMode": ["420"], "internalTrafficPolicy": ["Cluster"], "ipFamilyPolicy": ["SingleStack"],
    "allocateLoadBalancerNodePorts": ["true"], "parallelism": ["1"], "completions": ["1"], "backoffLimit": ["6"],
    "completionMode": ["NonIndexed"], "podReplacementPolicy": ["TerminatingOrFailed"], "manualSelector": [],
    "suspend": ["false"], "successfulJobsHistoryLimit": ["3"], "failedJobsHistoryLimit": ["1"],
    "volumeMode": ["Filesystem"], "whenDeleted": ["Retain"], "whenScaled": ["Retain"],
    "enableServiceLinks": ["true"], "automountServiceAccountToken": ["true"],
    "preemptionPolicy": ["PreemptLowerPriority"],
    "priority": ["0"], "matchPolicy": ["Equivalent"], "scope": ["*"], "reinvocationPolicy": ["Never"],
    "failurePolicy": ["Fail"], "pathType": ["ImplementationSpecific"], "addressType": ["IPv4"],
    "persistentVolumeReclaimPolicy": ["Delete", "Retain"], "volumeBindingMode": ["Immediate"],
    "reclaimPolicy": ["Delete"], "strategy": ["None"], "served": ["true"], "conversion": [],
  ]

  /// Whether a live-only scalar is what the server would have filled in.
  static func isDefault(_ value: String, of field: String) -> Bool {
    (defaults[field]?.contains(value) ?? false) || (zeroBecomes[field]?.contains(value) ?? false)
  }

  /// `{}` chooses a member of a union or selects everything here: it is not the same as nothing.
  static let meaningfulWhenEmpty: Set<String> = [
    "emptyDir", "podSelector", "namespaceSelector", "objectSelector", "labelSelector", "hostPath", "projected",
    "downwardAPI", "configMap", "secret", "nfs", "iscsi", "glusterfs", "rbd", "cephfs", "csi", "fc", "flocker",
    "azureDisk", "azureFile", "gcePersistentDisk", "awsElasticBlockStore", "vsphereVolume", "portworxVolume", "quobyte",
    "scaleIO", "storageos", "photonPersistentDisk", "ephemeral", "tcpSocket", "httpGet", "exec", "grpc",
    "serviceAccountToken",
    "clusterTrustBundle", "persistentVolumeClaim",
  ]

  /// Keys of well-known lists, for kinds whose schema is not there.
  static let listKeys: [String: [SchemaTable.Key]] = {
    let name = [SchemaTable.Key(name: "name", fallback: nil)]
    let mounts = [SchemaTable.Key(name: "mountPath", fallback: nil)]
    let protocolKey = SchemaTable.Key(name: "protocol", fallback: "TCP")
    return [
      "containers": name, "initContainers": name, "ephemeralContainers": name, "env": name, "volumes": name,
      "imagePullSecrets": name, "secrets": name, "resourceClaims": name, "webhooks": name, "volumeMounts": mounts,
      "volumeDevices": [SchemaTable.Key(name: "devicePath", fallback: nil)],
      "hostAliases": [SchemaTable.Key(name: "ip", fallback: nil)],
      "ownerReferences": [SchemaTable.Key(name: "uid", fallback: nil)],
      "ports": [SchemaTable.Key(name: "port", fallback: nil), protocolKey],
      "containerPorts": [SchemaTable.Key(name: "containerPort", fallback: nil), protocolKey],
      "topologySpreadConstraints": [
        SchemaTable.Key(name: "topologyKey", fallback: nil), SchemaTable.Key(name: "whenUnsatisfiable", fallback: nil),
      ],
    ]
  }()

  /// Groups that the API server itself serves: their types drop empty values.
  static func isBuiltIn(group: String) -> Bool {
    switch group {
    case "", "apps", "batch", "autoscaling", "policy", "extensions", "admissionregistration.k8s.io",
      "apiextensions.k8s.io", "apiregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io",
      "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
      "flowcontrol.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "rbac.authorization.k8s.io",
      "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io":
      true
    default: false
    }
  }

  /// Metadata that the server writes (`drift.md` N1).
  static let serverMetadata: Set<String> = [
    "name", "namespace", "uid", "resourceVersion", "generation", "selfLink", "managedFields", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "clusterName", "generateName",
  ]

  /// Annotations that tools keep their own records in.
  static func isRecord(annotation key: String) -> Bool {
    key == "kubectl.kubernetes.io/last-applied-configuration" || key == "deployment.kubernetes.io/revision"
      || key == "control-plane.alpha.kubernetes.io/leader" || key.hasPrefix("autoscaling.alpha.kubernetes.io/")
  }

  /// Labels and annotations that the engines add to what they apply; rendering need not produce them.
  static func isEngineMark(_ key: String) -> Bool {
    key.hasPrefix("kustomize.toolkit.fluxcd.io/") || key.hasPrefix("helm.toolkit.fluxcd.io/")
      || key.hasPrefix("meta.helm.sh/") || key == "app.kubernetes.io/managed-by" || key == "helm.sh/chart"
      || key.hasPrefix("config.kubernetes.io/") || key.hasPrefix("argocd.argoproj.io/")
  }
}
