/// The shapes of the built-in kinds that the server knows, in the notation of `SchemaCatalog`. List types and keys are
/// facts of Kubernetes' own OpenAPI document.
enum SchemaTexts {
  static let kubernetes = """
    # io.k8s.apimachinery.pkg.apis.meta.v1
    ObjectMeta
      name:string generateName:string namespace:string uid:string resourceVersion:string generation:int64
      creationTimestamp:time deletionTimestamp:time deletionGracePeriodSeconds:int64 labels:{string}
      annotations:{string} finalizers:[string]set ownerReferences:[OwnerReference]{uid}
      managedFields:[any]
    OwnerReference!
      apiVersion:string kind:string name:string uid:string controller:bool blockOwnerDeletion:bool
    LabelSelector!
      matchLabels:{string} matchExpressions:[LabelSelectorRequirement]
    LabelSelectorRequirement
      key:string operator:string values:[string]
    Condition
      type:string status:string reason:string message:string lastTransitionTime:time observedGeneration:int64
    # io.k8s.api.core.v1
    Namespace
      apiVersion:string kind:string metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
    NamespaceSpec
      finalizers:[string]
    NamespaceStatus
      phase:string conditions:[Condition]{type}
    ConfigMap
      apiVersion:string kind:string metadata:ObjectMeta data:{string} binaryData:{bytes} immutable:bool
    Secret
      apiVersion:string kind:string metadata:ObjectMeta data:{bytes} stringData:{string} type:string immutable:bool
    ServiceAccount
      apiVersion:string kind:string metadata:ObjectMeta automountServiceAccountToken:bool
      imagePullSecrets:[LocalObjectReference]{name} secrets:[ObjectReference]{name}
    LocalObjectReference!
      name:string
    ObjectReference!
      apiVersion:string kind:string name:string namespace:string uid:string resourceVersion:string fieldPath:string
    Service
      apiVersion:string kind:string metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
    ServiceSpec
      type:string clusterIP:string clusterIPs:[string] externalIPs:[string] externalName:string
      externalTrafficPolicy:string internalTrafficPolicy:string ipFamilies:[string] ipFamilyPolicy:string
      loadBalancerIP:string loadBalancerClass:string loadBalancerSourceRanges:[string] healthCheckNodePort:int32
      allocateLoadBalancerNodePorts:bool publishNotReadyAddresses:bool selector:{string}! sessionAffinity:string
      ports:[ServicePort]{port,protocol}
    ServicePort
      name:string port:int32 protocol:string=TCP targetPort:intOrString nodePort:int32 appProtocol:string
    ServiceStatus
      conditions:[Condition]{type} loadBalancer:LoadBalancerStatus
    LoadBalancerStatus
      ingress:[LoadBalancerIngress]
    LoadBalancerIngress
      ip:string hostname:string
    Event
      apiVersion:string kind:string metadata:ObjectMeta involvedObject:ObjectReference reason:string message:string
      type:string count:int32 firstTimestamp:time lastTimestamp:time eventTime:microTime source:EventSource
      reportingComponent:string reportingInstance:string action:string related:ObjectReference series:EventSeries
    EventSource
      component:string host:string
    EventSeries
      count:int32 lastObservedTime:microTime
    Node
      apiVersion:string kind:string metadata:ObjectMeta spec:NodeSpec status:NodeStatus
    NodeSpec
      podCIDR:string podCIDRs:[string]set providerID:string unschedulable:bool taints:[any]
    NodeStatus
      addresses:[any] capacity:{quantity} allocatable:{quantity} conditions:[Condition]{type} nodeInfo:any
    Pod
      apiVersion:string kind:string metadata:ObjectMeta spec:PodSpec status:PodStatus
    PodTemplateSpec
      metadata:ObjectMeta spec:PodSpec
    PodSpec
      containers:[Container]{name} initContainers:[Container]{name} volumes:[Volume]{name} nodeName:string
      nodeSelector:{string}! serviceAccountName:string serviceAccount:string automountServiceAccountToken:bool
      restartPolicy:string terminationGracePeriodSeconds:int64 activeDeadlineSeconds:int64 dnsPolicy:string
      hostNetwork:bool hostPID:bool hostname:string subdomain:string priorityClassName:string priority:int32
      schedulerName:string enableServiceLinks:bool securityContext:PodSecurityContext
      imagePullSecrets:[LocalObjectReference]{name} tolerations:[any] affinity:any
      topologySpreadConstraints:[TopologySpreadConstraint]{topologyKey,whenUnsatisfiable}
    PodSecurityContext
      runAsUser:int64 runAsGroup:int64 runAsNonRoot:bool fsGroup:int64 fsGroupChangePolicy:string
      supplementalGroups:[int64] seccompProfile:any
    TopologySpreadConstraint
      maxSkew:int32 topologyKey:string whenUnsatisfiable:string labelSelector:LabelSelector minDomains:int32
    Container
      name:string image:string imagePullPolicy:string command:[string] args:[string] workingDir:string
      ports:[ContainerPort]{containerPort,protocol} env:[EnvVar]{name} envFrom:[EnvFromSource]
      resources:ResourceRequirements volumeMounts:[VolumeMount]{mountPath} livenessProbe:Probe readinessProbe:Probe
      startupProbe:Probe lifecycle:any securityContext:SecurityContext stdin:bool tty:bool
      terminationMessagePath:string terminationMessagePolicy:string
    SecurityContext
      allowPrivilegeEscalation:bool capabilities:Capabilities privileged:bool readOnlyRootFilesystem:bool
      runAsNonRoot:bool runAsUser:int64 runAsGroup:int64 seccompProfile:any
    Capabilities
      add:[string] drop:[string]
    ContainerPort
      name:string containerPort:int32 protocol:string=TCP hostPort:int32 hostIP:string
    EnvVar
      name:string value:string valueFrom:EnvVarSource
    EnvVarSource
      configMapKeyRef:KeySelector secretKeyRef:KeySelector fieldRef:any resourceFieldRef:any
    KeySelector!
      name:string key:string optional:bool
    EnvFromSource
      prefix:string configMapRef:EnvFromReference secretRef:EnvFromReference
    EnvFromReference
      name:string optional:bool
    ResourceRequirements
      limits:{quantity} requests:{quantity} claims:[any]{name}
    VolumeMount
      name:string mountPath:string subPath:string readOnly:bool mountPropagation:string
    Volume
      name:string configMap:ConfigMapVolumeSource secret:SecretVolumeSource emptyDir:EmptyDirVolumeSource
      hostPath:any projected:any persistentVolumeClaim:any downwardAPI:any
    ConfigMapVolumeSource
      name:string defaultMode:int32 optional:bool items:[any]
    SecretVolumeSource
      secretName:string defaultMode:int32 optional:bool items:[any]
    EmptyDirVolumeSource
      medium:string sizeLimit:quantity
    Probe
      httpGet:HTTPGetAction tcpSocket:any exec:any grpc:any initialDelaySeconds:int32 periodSeconds:int32
      timeoutSeconds:int32 successThreshold:int32 failureThreshold:int32
    HTTPGetAction
      path:string port:intOrString scheme:string host:string httpHeaders:[any]
    PodStatus
      phase:string conditions:[Condition]{type} containerStatuses:[any] initContainerStatuses:[any] hostIP:string
      podIP:string podIPs:[any]{ip} qosClass:string startTime:time reason:string message:string
    # io.k8s.api.apps.v1
    Deployment
      apiVersion:string kind:string metadata:ObjectMeta spec:DeploymentSpec status:DeploymentStatus
    DeploymentSpec
      replicas:int32 selector:LabelSelector template:PodTemplateSpec strategy:DeploymentStrategy minReadySeconds:int32
      revisionHistoryLimit:int32 progressDeadlineSeconds:int32 paused:bool
    DeploymentStrategy
      type:string rollingUpdate:RollingUpdateDeployment
    RollingUpdateDeployment
      maxSurge:intOrString maxUnavailable:intOrString
    DeploymentStatus
      observedGeneration:int64 replicas:int32 updatedReplicas:int32 readyReplicas:int32 availableReplicas:int32
      unavailableReplicas:int32 conditions:[Condition]{type} collisionCount:int32
    ReplicaSet
      apiVersion:string kind:string metadata:ObjectMeta spec:ReplicaSetSpec status:ReplicaSetStatus
    ReplicaSetSpec
      replicas:int32 selector:LabelSelector template:PodTemplateSpec minReadySeconds:int32
    ReplicaSetStatus
      observedGeneration:int64 replicas:int32 fullyLabeledReplicas:int32 readyReplicas:int32 availableReplicas:int32
      conditions:[Condition]{type}
    # io.k8s.api.autoscaling.v2
    HorizontalPodAutoscaler
      apiVersion:string kind:string metadata:ObjectMeta spec:HorizontalPodAutoscalerSpec
      status:HorizontalPodAutoscalerStatus
    HorizontalPodAutoscalerSpec
      scaleTargetRef:CrossVersionObjectReference minReplicas:int32 maxReplicas:int32 metrics:[any] behavior:any
    CrossVersionObjectReference
      apiVersion:string kind:string name:string
    HorizontalPodAutoscalerStatus
      observedGeneration:int64 currentReplicas:int32 desiredReplicas:int32 lastScaleTime:time currentMetrics:[any]
      conditions:[Condition]{type}
    # io.k8s.api.policy.v1
    PodDisruptionBudget
      apiVersion:string kind:string metadata:ObjectMeta spec:PodDisruptionBudgetSpec status:any
    PodDisruptionBudgetSpec
      minAvailable:intOrString maxUnavailable:intOrString selector:LabelSelector unhealthyPodEvictionPolicy:string
    # io.k8s.api.networking.v1
    Ingress
      apiVersion:string kind:string metadata:ObjectMeta spec:IngressSpec status:any
    IngressSpec
      ingressClassName:string defaultBackend:any tls:[any] rules:[IngressRule]
    IngressRule
      host:string http:any
    NetworkPolicy
      apiVersion:string kind:string metadata:ObjectMeta spec:NetworkPolicySpec
    NetworkPolicySpec
      podSelector:LabelSelector policyTypes:[string] ingress:[any] egress:[any]
    # io.k8s.api.rbac.v1
    Role
      apiVersion:string kind:string metadata:ObjectMeta rules:[PolicyRule]
    ClusterRole
      apiVersion:string kind:string metadata:ObjectMeta rules:[PolicyRule] aggregationRule:any
    PolicyRule
      apiGroups:[string] resources:[string] verbs:[string] resourceNames:[string] nonResourceURLs:[string]
    RoleBinding
      apiVersion:string kind:string metadata:ObjectMeta roleRef:RoleRef subjects:[any]
    ClusterRoleBinding
      apiVersion:string kind:string metadata:ObjectMeta roleRef:RoleRef subjects:[any]
    RoleRef!
      apiGroup:string kind:string name:string
    # io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1
    CustomResourceDefinition
      apiVersion:string kind:string metadata:ObjectMeta spec:CustomResourceDefinitionSpec
      status:CustomResourceDefinitionStatus
    CustomResourceDefinitionSpec
      group:string names:any scope:string versions:[any] conversion:any preserveUnknownFields:bool
    CustomResourceDefinitionStatus
      acceptedNames:any conditions:[Condition]{type} storedVersions:[string]
    """

  /// Flux's custom resources (flux: config/crd/bases); their lists carry no list type and are therefore atomic.
  static let flux = """
    # io.fluxcd.toolkit.source.v1
    GitRepository
      apiVersion:string kind:string metadata:ObjectMeta spec:GitRepositorySpec status:SourceStatus
    GitRepositorySpec
      url:string interval:string timeout:string suspend:bool ref:any secretRef:any provider:string ignore:string
      recurseSubmodules:bool include:[any] verify:any proxySecretRef:any serviceAccountName:string
      sparseCheckout:[string]
    OCIRepository
      apiVersion:string kind:string metadata:ObjectMeta spec:OCIRepositorySpec status:SourceStatus
    OCIRepositorySpec
      url:string interval:string timeout:string suspend:bool ref:any secretRef:any provider:string ignore:string
      layerSelector:any verify:any serviceAccountName:string certSecretRef:any proxySecretRef:any insecure:bool
    Bucket
      apiVersion:string kind:string metadata:ObjectMeta spec:BucketSpec status:SourceStatus
    BucketSpec
      bucketName:string endpoint:string region:string prefix:string provider:string interval:string timeout:string
      suspend:bool insecure:bool secretRef:any ignore:string
    HelmRepository
      apiVersion:string kind:string metadata:ObjectMeta spec:HelmRepositorySpec status:SourceStatus
    HelmRepositorySpec
      url:string type:string interval:string timeout:string suspend:bool provider:string secretRef:any
      certSecretRef:any passCredentials:bool insecure:bool accessFrom:any
    HelmChart
      apiVersion:string kind:string metadata:ObjectMeta spec:HelmChartSpec status:SourceStatus
    HelmChartSpec
      chart:string version:string sourceRef:any interval:string reconcileStrategy:string valuesFiles:[string]
      ignoreMissingValuesFiles:bool suspend:bool verify:any
    SourceStatus
      observedGeneration:int64 conditions:[any] artifact:Artifact url:string lastHandledReconcileAt:string
      observedChartName:string observedSourceArtifactRevision:string
    Artifact
      path:string url:string revision:string digest:string lastUpdateTime:time size:int64 metadata:{string}
    # io.fluxcd.toolkit.kustomize.v1
    Kustomization
      apiVersion:string kind:string metadata:ObjectMeta spec:KustomizationSpec status:KustomizationStatus
    KustomizationSpec
      interval:string retryInterval:string timeout:string suspend:bool path:string prune:bool wait:bool force:bool
      sourceRef:any dependsOn:[any] targetNamespace:string namePrefix:string nameSuffix:string commonMetadata:any
      components:[string] patches:[any] images:[any] healthChecks:[any] healthCheckExprs:[any] postBuild:any
      decryption:any kubeConfig:any serviceAccountName:string deletionPolicy:string
    KustomizationStatus
      observedGeneration:int64 conditions:[any] inventory:any history:[any] lastAppliedRevision:string
      lastAttemptedRevision:string lastAppliedOriginRevision:string lastHandledReconcileAt:string
    # io.fluxcd.toolkit.helm.v2
    HelmRelease
      apiVersion:string kind:string metadata:ObjectMeta spec:HelmReleaseSpec status:HelmReleaseStatus
    HelmReleaseSpec
      interval:string timeout:string suspend:bool chart:any chartRef:any releaseName:string targetNamespace:string
      storageNamespace:string dependsOn:[any] values:any valuesFrom:[any] install:any upgrade:any rollback:any
      uninstall:any test:any driftDetection:any maxHistory:int64 serviceAccountName:string kubeConfig:any
    HelmReleaseStatus
      observedGeneration:int64 lastAttemptedGeneration:int64 conditions:[any] history:[any] inventory:any
      helmChart:string storageNamespace:string lastAttemptedRevision:string lastAttemptedConfigDigest:string
      lastAttemptedReleaseAction:string lastHandledReconcileAt:string lastHandledForceAt:string
      lastHandledResetAt:string failures:int64 installFailures:int64 upgradeFailures:int64
    """
}
