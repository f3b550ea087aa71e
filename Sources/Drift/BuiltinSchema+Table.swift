// Made by .ci/generate-schema.py; do not edit.

extension BuiltinSchema {
  /// The Kubernetes release whose kinds these are.
  static let release = "1.36"

  /// One type a line: its kind, then its fields with their types, as the generator's `written` says.
  static let table = """
    admissionregistration.k8s.io/v1/MutatingAdmissionPolicy apiVersion=s kind=s metadata=@98 spec=@99
    admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding apiVersion=s kind=s metadata=@98 spec=@100
    admissionregistration.k8s.io/v1/MutatingWebhookConfiguration apiVersion=s kind=s metadata=@98 webhooks=[name]@101
    admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy apiVersion=s kind=s metadata=@98 spec=@102 status=*
    admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding apiVersion=s kind=s metadata=@98 spec!=@103
    admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration apiVersion=s kind=s metadata=@98 webhooks=[name]@104
    admissionregistration.k8s.io/v1alpha1/MutatingAdmissionPolicy apiVersion=s kind=s metadata=@98 spec=@105
    admissionregistration.k8s.io/v1alpha1/MutatingAdmissionPolicyBinding apiVersion=s kind=s metadata=@98 spec=@106
    admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy apiVersion=s kind=s metadata=@98 spec=@107
    admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicyBinding apiVersion=s kind=s metadata=@98 spec=@108
    internal.apiserver.k8s.io/v1alpha1/StorageVersion apiVersion=s kind=s metadata!=@98 spec=* status=*
    apps/v1/ControllerRevision apiVersion=s data=* kind=s metadata=@98 revision!=i
    apps/v1/DaemonSet apiVersion=s kind=s metadata=@98 spec=@109 status=*
    apps/v1/Deployment apiVersion=s kind=s metadata=@98 spec=@110 status=*
    apps/v1/ReplicaSet apiVersion=s kind=s metadata=@98 spec=@111 status=*
    apps/v1/StatefulSet apiVersion=s kind=s metadata=@98 spec=@112 status=*
    authentication.k8s.io/v1/SelfSubjectReview apiVersion=s kind=s metadata=@98 status=*
    authentication.k8s.io/v1/TokenRequest apiVersion=s kind=s metadata=@98 spec=@113 status=*
    authentication.k8s.io/v1/TokenReview apiVersion=s kind=s metadata=@98 spec!=@114 status=*
    authorization.k8s.io/v1/LocalSubjectAccessReview apiVersion=s kind=s metadata=@98 spec!=@115 status=*
    authorization.k8s.io/v1/SelfSubjectAccessReview apiVersion=s kind=s metadata=@98 spec!=@116 status=*
    authorization.k8s.io/v1/SelfSubjectRulesReview apiVersion=s kind=s metadata=@98 spec!=@117 status=*
    authorization.k8s.io/v1/SubjectAccessReview apiVersion=s kind=s metadata=@98 spec!=@115 status=*
    autoscaling/v1/HorizontalPodAutoscaler apiVersion=s kind=s metadata=@98 spec!=@118 status=*
    autoscaling/v1/Scale apiVersion=s kind=s metadata=@98 spec=@119 status=*
    autoscaling/v2/HorizontalPodAutoscaler apiVersion=s kind=s metadata=@98 spec!=@120 status=*
    batch/v1/CronJob apiVersion=s kind=s metadata=@98 spec!=@121 status=*
    batch/v1/Job apiVersion=s kind=s metadata=@98 spec=@122 status=*
    certificates.k8s.io/v1/CertificateSigningRequest apiVersion=s kind=s metadata=@98 spec!=@123 status=*
    certificates.k8s.io/v1alpha1/ClusterTrustBundle apiVersion=s kind=s metadata=@98 spec!=@124
    certificates.k8s.io/v1beta1/ClusterTrustBundle apiVersion=s kind=s metadata=@98 spec!=@125
    certificates.k8s.io/v1beta1/PodCertificateRequest apiVersion=s kind=s metadata=@98 spec!=@126 status=*
    coordination.k8s.io/v1/Lease apiVersion=s kind=s metadata=@98 spec=@127
    coordination.k8s.io/v1alpha2/LeaseCandidate apiVersion=s kind=s metadata=@98 spec!=@128
    coordination.k8s.io/v1beta1/LeaseCandidate apiVersion=s kind=s metadata=@98 spec!=@129
    /v1/Binding apiVersion=s kind=s metadata=@98 target!=@130
    /v1/ComponentStatus apiVersion=s conditions=[type]@131 kind=s metadata=@98
    /v1/ConfigMap apiVersion=s binaryData={y data={s immutable=b kind=s metadata=@98
    /v1/Endpoints apiVersion=s kind=s metadata=@98 subsets=[]@132
    /v1/Event action=s apiVersion=s count=i eventTime=t firstTimestamp=t involvedObject!=@130 kind=s lastTimestamp=t message=s metadata!=@98 reason=s related=@130 reportingComponent=s reportingInstance=s series=@133 source=@134 type=s
    /v1/LimitRange apiVersion=s kind=s metadata=@98 spec=@135
    /v1/Namespace apiVersion=s kind=s metadata=@98 spec=@136 status=*
    /v1/Node apiVersion=s kind=s metadata=@98 spec=@137 status=*
    /v1/PersistentVolume apiVersion=s kind=s metadata=@98 spec=@138 status=*
    /v1/PersistentVolumeClaim apiVersion=s kind=s metadata=@98 spec=@139 status=*
    /v1/Pod apiVersion=s kind=s metadata=@98 spec=@140 status=*
    /v1/PodTemplate apiVersion=s kind=s metadata=@98 template=@141
    /v1/ReplicationController apiVersion=s kind=s metadata=@98 spec=@142 status=*
    /v1/ResourceQuota apiVersion=s kind=s metadata=@98 spec=@143 status=*
    /v1/Secret apiVersion=s data={y immutable=b kind=s metadata=@98 stringData={s type=s
    /v1/Service apiVersion=s kind=s metadata=@98 spec=@144 status=*
    /v1/ServiceAccount apiVersion=s automountServiceAccountToken=b imagePullSecrets=[]@145 kind=s metadata=@98 secrets=[name]@130
    discovery.k8s.io/v1/EndpointSlice addressType!=s apiVersion=s endpoints=[]@146 kind=s metadata=@98 ports=[]@147
    events.k8s.io/v1/Event action=s apiVersion=s deprecatedCount=i deprecatedFirstTimestamp=t deprecatedLastTimestamp=t deprecatedSource=@134 eventTime!=t kind=s metadata=@98 note=s reason=s regarding=@130 related=@130 reportingController=s reportingInstance=s series=@148 type=s
    flowcontrol.apiserver.k8s.io/v1/FlowSchema apiVersion=s kind=s metadata=@98 spec=@149 status=*
    flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration apiVersion=s kind=s metadata=@98 spec=@150 status=*
    networking.k8s.io/v1/IPAddress apiVersion=s kind=s metadata=@98 spec!=@151
    networking.k8s.io/v1/Ingress apiVersion=s kind=s metadata=@98 spec=@152 status=*
    networking.k8s.io/v1/IngressClass apiVersion=s kind=s metadata=@98 spec=@153
    networking.k8s.io/v1/NetworkPolicy apiVersion=s kind=s metadata=@98 spec=@154
    networking.k8s.io/v1/ServiceCIDR apiVersion=s kind=s metadata=@98 spec=@155 status=*
    networking.k8s.io/v1beta1/IPAddress apiVersion=s kind=s metadata=@98 spec!=@156
    networking.k8s.io/v1beta1/ServiceCIDR apiVersion=s kind=s metadata=@98 spec=@157 status=*
    node.k8s.io/v1/RuntimeClass apiVersion=s handler!=s kind=s metadata=@98 overhead=@158 scheduling=@159
    policy/v1/Eviction apiVersion=s deleteOptions=@160 kind=s metadata=@98
    policy/v1/PodDisruptionBudget apiVersion=s kind=s metadata=@98 spec=@161 status=*
    rbac.authorization.k8s.io/v1/ClusterRole aggregationRule=@162 apiVersion=s kind=s metadata=@98 rules=[]@163
    rbac.authorization.k8s.io/v1/ClusterRoleBinding apiVersion=s kind=s metadata=@98 roleRef!=@164 subjects=[]@165
    rbac.authorization.k8s.io/v1/Role apiVersion=s kind=s metadata=@98 rules=[]@163
    rbac.authorization.k8s.io/v1/RoleBinding apiVersion=s kind=s metadata=@98 roleRef!=@164 subjects=[]@165
    resource.k8s.io/v1/DeviceClass apiVersion=s kind=s metadata=@98 spec!=@166
    resource.k8s.io/v1/ResourceClaim apiVersion=s kind=s metadata=@98 spec!=@167 status=*
    resource.k8s.io/v1/ResourceClaimTemplate apiVersion=s kind=s metadata=@98 spec!=@168
    resource.k8s.io/v1/ResourceSlice apiVersion=s kind=s metadata=@98 spec!=@169
    resource.k8s.io/v1alpha3/DeviceTaintRule apiVersion=s kind=s metadata=@98 spec!=@170 status=*
    resource.k8s.io/v1alpha3/ResourcePoolStatusRequest apiVersion=s kind=s metadata!=@98 spec!=@171 status=*
    resource.k8s.io/v1beta1/DeviceClass apiVersion=s kind=s metadata=@98 spec!=@172
    resource.k8s.io/v1beta1/ResourceClaim apiVersion=s kind=s metadata=@98 spec!=@173 status=*
    resource.k8s.io/v1beta1/ResourceClaimTemplate apiVersion=s kind=s metadata=@98 spec!=@174
    resource.k8s.io/v1beta1/ResourceSlice apiVersion=s kind=s metadata=@98 spec!=@175
    resource.k8s.io/v1beta2/DeviceClass apiVersion=s kind=s metadata=@98 spec!=@176
    resource.k8s.io/v1beta2/DeviceTaintRule apiVersion=s kind=s metadata=@98 spec!=@177 status=*
    resource.k8s.io/v1beta2/ResourceClaim apiVersion=s kind=s metadata=@98 spec!=@178 status=*
    resource.k8s.io/v1beta2/ResourceClaimTemplate apiVersion=s kind=s metadata=@98 spec!=@179
    resource.k8s.io/v1beta2/ResourceSlice apiVersion=s kind=s metadata=@98 spec!=@180
    scheduling.k8s.io/v1/PriorityClass apiVersion=s description=s globalDefault=b kind=s metadata=@98 preemptionPolicy=s value=i
    scheduling.k8s.io/v1alpha2/PodGroup apiVersion=s kind=s metadata=@98 spec!=@181 status=*
    scheduling.k8s.io/v1alpha2/Workload apiVersion=s kind=s metadata=@98 spec!=@182
    storage.k8s.io/v1/CSIDriver apiVersion=s kind=s metadata=@98 spec!=@183
    storage.k8s.io/v1/CSINode apiVersion=s kind=s metadata=@98 spec!=@184
    storage.k8s.io/v1/CSIStorageCapacity apiVersion=s capacity=q kind=s maximumVolumeSize=q metadata=@98 nodeTopology=@185 storageClassName!=s
    storage.k8s.io/v1/StorageClass allowVolumeExpansion=b allowedTopologies=[]@186 apiVersion=s kind=s metadata=@98 mountOptions=[]s parameters={s provisioner!=s reclaimPolicy=s volumeBindingMode=s
    storage.k8s.io/v1/VolumeAttachment apiVersion=s kind=s metadata=@98 spec!=@187 status=*
    storage.k8s.io/v1/VolumeAttributesClass apiVersion=s driverName!=s kind=s metadata=@98 parameters={s
    storage.k8s.io/v1beta1/VolumeAttributesClass apiVersion=s driverName!=s kind=s metadata=@98 parameters={s
    storagemigration.k8s.io/v1beta1/StorageVersionMigration apiVersion=s kind=s metadata=@98 spec=@188 status=*
    apiextensions.k8s.io/v1/CustomResourceDefinition apiVersion=s kind=s metadata=@98 spec!=@189 status=*
    apiregistration.k8s.io/v1/APIService apiVersion=s kind=s metadata=@98 spec=@190 status=*
    - annotations={s creationTimestamp=t deletionGracePeriodSeconds=i deletionTimestamp=t finalizers=[=]s generateName=s generation=i labels={s managedFields=[]@191 name=s namespace=s ownerReferences=[uid]@192 resourceVersion=s selfLink=s uid=s
    - failurePolicy=s matchConditions=[name]@193 matchConstraints=@194 mutations=[]@195 paramKind=@196 reinvocationPolicy=s variables=[]@197
    - matchResources=@194 paramRef=@198 policyName=s
    - admissionReviewVersions!=[]s clientConfig!=@199 failurePolicy=s matchConditions=[name]@193 matchPolicy=s name!=s namespaceSelector=@185 objectSelector=@185 reinvocationPolicy=s rules=[]@200 sideEffects!=s timeoutSeconds=i
    - auditAnnotations=[]@201 failurePolicy=s matchConditions=[name]@193 matchConstraints=@194 paramKind=@196 validations=[]@202 variables=[name]@197
    - matchResources=@194 paramRef=@198 policyName!=s validationActions!=[=]s
    - admissionReviewVersions!=[]s clientConfig!=@199 failurePolicy=s matchConditions=[name]@193 matchPolicy=s name!=s namespaceSelector=@185 objectSelector=@185 rules=[]@200 sideEffects!=s timeoutSeconds=i
    - failurePolicy=s matchConditions=[name]@203 matchConstraints=@204 mutations=[]@205 paramKind=@206 reinvocationPolicy=s variables=[]@207
    - matchResources=@204 paramRef=@208 policyName=s
    - failurePolicy=s matchConditions=[name]@209 matchConstraints=@210 mutations=[]@211 paramKind=@212 reinvocationPolicy=s variables=[]@213
    - matchResources=@210 paramRef=@214 policyName=s
    - minReadySeconds=i revisionHistoryLimit=i selector!=@185 template!=@141 updateStrategy=@215
    - minReadySeconds=i paused=b progressDeadlineSeconds=i replicas=i revisionHistoryLimit=i selector!=@185 strategy=@216 template!=@141
    - minReadySeconds=i replicas=i selector!=@185 template=@141
    - minReadySeconds=i ordinals=@217 persistentVolumeClaimRetentionPolicy=@218 podManagementPolicy=s replicas=i revisionHistoryLimit=i selector!=@185 serviceName=s template!=@141 updateStrategy=@219 volumeClaimTemplates=[]@44
    - audiences=[]s boundObjectRef=@220 expirationSeconds=i
    - audiences=[]s token!=s
    - extra={[]s groups=[]s nonResourceAttributes=@221 resourceAttributes=@222 uid=s user=s
    - nonResourceAttributes=@221 resourceAttributes=@222
    - namespace=s
    - maxReplicas!=i minReplicas=i scaleTargetRef!=@223 targetCPUUtilizationPercentage=i
    - replicas=i
    - behavior=@224 maxReplicas!=i metrics=[]@225 minReplicas=i scaleTargetRef!=@226
    - concurrencyPolicy=s failedJobsHistoryLimit=i jobTemplate!=@227 schedule!=s startingDeadlineSeconds=i successfulJobsHistoryLimit=i suspend=b timeZone=s
    - activeDeadlineSeconds=i backoffLimit=i backoffLimitPerIndex=i completionMode=s completions=i managedBy=s manualSelector=b maxFailedIndexes=i parallelism=i podFailurePolicy=@228 podReplacementPolicy=s selector=@185 successPolicy=@229 suspend=b template!=@141 ttlSecondsAfterFinished=i
    - expirationSeconds=i extra={[]s groups=[]s request!=y signerName!=s uid=s usages=[]s username=s
    - signerName=s trustBundle!=s
    - signerName=s trustBundle!=s
    - maxExpirationSeconds=i nodeName!=s nodeUID!=s pkixPublicKey=y podName!=s podUID!=s proofOfPossession=y serviceAccountName!=s serviceAccountUID!=s signerName!=s stubPKCS10Request!=y unverifiedUserAnnotations={s
    - acquireTime=t holderIdentity=s leaseDurationSeconds=i leaseTransitions=i preferredHolder=s renewTime=t strategy=s
    - binaryVersion!=s emulationVersion=s leaseName!=s pingTime=t renewTime=t strategy!=s
    - binaryVersion!=s emulationVersion=s leaseName!=s pingTime=t renewTime=t strategy!=s
    ~ apiVersion=s fieldPath=s kind=s name=s namespace=s resourceVersion=s uid=s
    - error=s message=s status!=s type!=s
    - addresses=[]@230 notReadyAddresses=[]@230 ports=[]@231
    - count=i lastObservedTime=t
    - component=s host=s
    - limits!=[]@232
    - finalizers=[]s
    - configSource=@233 externalID=s podCIDR=s podCIDRs=[=]s providerID=s taints=[]@234 unschedulable=b
    - accessModes=[]s awsElasticBlockStore=@235 azureDisk=@236 azureFile=@237 capacity={q cephfs=@238 cinder=@239 claimRef=@130- csi=@240 fc=@241 flexVolume=@242 flocker=@243 gcePersistentDisk=@244 glusterfs=@245 hostPath=@246 iscsi=@247 local=@248 mountOptions=[]s nfs=@249 nodeAffinity=@250 persistentVolumeReclaimPolicy=s photonPersistentDisk=@251 portworxVolume=@252 quobyte=@253 rbd=@254 scaleIO=@255 storageClassName=s storageos=@256 volumeAttributesClassName=s volumeMode=s vsphereVolume=@257
    - accessModes=[]s dataSource=@258 dataSourceRef=@259 resources=@260 selector=@185 storageClassName=s volumeAttributesClassName=s volumeMode=s volumeName=s
    - activeDeadlineSeconds=i affinity=@261 automountServiceAccountToken=b containers!=[name]@262 dnsConfig=@263 dnsPolicy=s enableServiceLinks=b ephemeralContainers=[name]@264 hostAliases=[ip]@265 hostIPC=b hostNetwork=b hostPID=b hostUsers=b hostname=s hostnameOverride=s imagePullSecrets=[name]@145 initContainers=[name]@262 nodeName=s nodeSelector={s os=@266 overhead={q preemptionPolicy=s priority=i priorityClassName=s readinessGates=[]@267 resourceClaims=[name]@268 resources=@269 restartPolicy=s runtimeClassName=s schedulerName=s schedulingGates=[name]@270 schedulingGroup=@271 securityContext=@272 serviceAccount=s serviceAccountName=s setHostnameAsFQDN=b shareProcessNamespace=b subdomain=s terminationGracePeriodSeconds=i tolerations=[]@273 topologySpreadConstraints=[topologyKey,whenUnsatisfiable]@274 volumes=[name]@275
    - metadata=@98 spec=@140
    - minReadySeconds=i replicas=i selector={s template=@141
    - hard={q scopeSelector=@276 scopes=[]s
    - allocateLoadBalancerNodePorts=b clusterIP=s clusterIPs=[]s externalIPs=[]s externalName=s externalTrafficPolicy=s healthCheckNodePort=i internalTrafficPolicy=s ipFamilies=[]s ipFamilyPolicy=s loadBalancerClass=s loadBalancerIP=s loadBalancerSourceRanges=[]s ports=[port,protocol]@277 publishNotReadyAddresses=b selector={s sessionAffinity=s sessionAffinityConfig=@278 trafficDistribution=s type=s
    ~ name=s
    - addresses!=[=]s conditions=@279 deprecatedTopology={s hints=@280 hostname=s nodeName=s targetRef=@130 zone=s
    ~ appProtocol=s name=s port=i protocol=s
    - count!=i lastObservedTime!=t
    - distinguisherMethod=@281 matchingPrecedence=i priorityLevelConfiguration!=@282 rules=[]@283
    - exempt=@284 limited=@285 type!=s
    - parentRef!=@286
    - defaultBackend=@287 ingressClassName=s rules=[]@288 tls=[]@289
    - controller=s parameters=@290
    - egress=[]@291 ingress=[]@292 podSelector=@185 policyTypes=[]s
    - cidrs=[]s
    - parentRef!=@293
    - cidrs=[]s
    - podFixed={q
    - nodeSelector={s tolerations=[]@273
    - apiVersion=s dryRun=[]s gracePeriodSeconds=i ignoreStoreReadErrorWithClusterBreakingPotential=b kind=s orphanDependents=b preconditions=@294 propagationPolicy=s
    - maxUnavailable=x minAvailable=x selector=@185 unhealthyPodEvictionPolicy=s
    - clusterRoleSelectors=[]@185
    - apiGroups=[]s nonResourceURLs=[]s resourceNames=[]s resources=[]s verbs!=[]s
    ~ apiGroup=s kind!=s name!=s
    ~ apiGroup=s kind!=s name!=s namespace=s
    - config=[]@295 extendedResourceName=s selectors=[]@296
    - devices=@297
    - metadata=@98 spec!=@167
    - allNodes=b devices=[]@298 driver!=s nodeName=s nodeSelector=@299 perDeviceNodeSelection=b pool!=@300 sharedCounters=[]@301
    - deviceSelector=@302 taint!=@303
    - driver!=s limit=i poolName=s
    - config=[]@304 extendedResourceName=s selectors=[]@305
    - devices=@306
    - metadata=@98 spec!=@173
    - allNodes=b devices=[]@307 driver!=s nodeName=s nodeSelector=@299 perDeviceNodeSelection=b pool!=@308 sharedCounters=[]@309
    - config=[]@310 extendedResourceName=s selectors=[]@311
    - deviceSelector=@312 taint!=@313
    - devices=@314
    - metadata=@98 spec!=@178
    - allNodes=b devices=[]@315 driver!=s nodeName=s nodeSelector=@299 perDeviceNodeSelection=b pool!=@316 sharedCounters=[]@317
    - disruptionMode=s podGroupTemplateRef=@318 priority=i priorityClassName=s resourceClaims=[name]@319 schedulingConstraints=@320 schedulingPolicy!=@321
    - controllerRef=@322 podGroupTemplates!=[name]@323
    - attachRequired=b fsGroupPolicy=s nodeAllocatableUpdatePeriodSeconds=i podInfoOnMount=b preventPodSchedulingIfMissing=b requiresRepublish=b seLinuxMount=b serviceAccountTokenInSecrets=b storageCapacity=b tokenRequests=[]@324 volumeLifecycleModes=[=]s
    - drivers!=[name]@325
    ~ matchExpressions=[]@326 matchLabels={s
    ~ matchLabelExpressions=[]@327
    - attacher!=s nodeName!=s source!=@328
    - resource!=@329
    - conversion=@330 group!=s names!=@331 preserveUnknownFields=b scope!=s versions!=[]@332
    - caBundle=y group=s groupPriorityMinimum!=i insecureSkipTLSVerify=b service=@333 version=s versionPriority!=i
    - apiVersion=s fieldsType=s fieldsV1=* manager=s operation=s subresource=s time=t
    ~ apiVersion!=s blockOwnerDeletion=b controller=b kind!=s name!=s uid!=s
    - expression!=s name!=s
    ~ excludeResourceRules=[]@334 matchPolicy=s namespaceSelector=@185 objectSelector=@185 resourceRules=[]@334
    - applyConfiguration=@335 jsonPatch=@336 patchType!=s
    ~ apiVersion=s kind=s
    ~ expression!=s name!=s
    ~ name=s namespace=s parameterNotFoundAction=s selector=@185
    - caBundle=y service=@337 url=s
    - apiGroups=[]s apiVersions=[]s operations=[]s resources=[]s scope=s
    - key!=s valueExpression!=s
    - expression!=s message=s messageExpression=s reason=s
    - expression!=s name!=s
    ~ excludeResourceRules=[]@338 matchPolicy=s namespaceSelector=@185 objectSelector=@185 resourceRules=[]@338
    - applyConfiguration=@339 jsonPatch=@340 patchType!=s
    ~ apiVersion=s kind=s
    - expression!=s name!=s
    ~ name=s namespace=s parameterNotFoundAction=s selector=@185
    - expression!=s name!=s
    ~ excludeResourceRules=[]@341 matchPolicy=s namespaceSelector=@185 objectSelector=@185 resourceRules=[]@341
    - applyConfiguration=@342 jsonPatch=@343 patchType!=s
    ~ apiVersion=s kind=s
    ~ expression!=s name!=s
    ~ name=s namespace=s parameterNotFoundAction=s selector=@185
    - rollingUpdate=@344 type=s
    - rollingUpdate=@345 type=s
    - start=i
    - whenDeleted=s whenScaled=s
    - rollingUpdate=@346 type=s
    - apiVersion=s kind=s name=s uid=s
    - path=s verb=s
    - fieldSelector=@347 group=s labelSelector=@348 name=s namespace=s resource=s subresource=s verb=s version=s
    ~ apiVersion=s kind!=s name!=s
    - scaleDown=@349 scaleUp=@349
    - containerResource=@350 external=@351 object=@352 pods=@353 resource=@354 type!=s
    - apiVersion=s kind!=s name!=s
    - metadata=@98 spec=@122
    - rules!=[]@355
    - rules!=[]@356
    ~ hostname=s ip!=s nodeName=s targetRef=@130
    ~ appProtocol=s name=s port!=i protocol=s
    - default={q defaultRequest={q max={q maxLimitRequestRatio={q min={q type!=s
    - configMap=@357
    - effect!=s key!=s timeAdded=t value=s
    - fsType=s partition=i readOnly=b volumeID!=s
    - cachingMode=s diskName!=s diskURI!=s fsType=s kind=s readOnly=b
    - readOnly=b secretName!=s secretNamespace=s shareName!=s
    - monitors!=[]s path=s readOnly=b secretFile=s secretRef=@358 user=s
    - fsType=s readOnly=b secretRef=@358 volumeID!=s
    - controllerExpandSecretRef=@358 controllerPublishSecretRef=@358 driver!=s fsType=s nodeExpandSecretRef=@358 nodePublishSecretRef=@358 nodeStageSecretRef=@358 readOnly=b volumeAttributes={s volumeHandle!=s
    - fsType=s lun=i readOnly=b targetWWNs=[]s wwids=[]s
    - driver!=s fsType=s options={s readOnly=b secretRef=@358
    - datasetName=s datasetUUID=s
    - fsType=s partition=i pdName!=s readOnly=b
    - endpoints!=s endpointsNamespace=s path!=s readOnly=b
    - path!=s type=s
    - chapAuthDiscovery=b chapAuthSession=b fsType=s initiatorName=s iqn!=s iscsiInterface=s lun!=i portals=[]s readOnly=b secretRef=@358 targetPortal!=s
    - fsType=s path!=s
    - path!=s readOnly=b server!=s
    - required=@299
    - fsType=s pdID!=s
    - fsType=s readOnly=b volumeID!=s
    - group=s readOnly=b registry!=s tenant=s user=s volume!=s
    - fsType=s image!=s keyring=s monitors!=[]s pool=s readOnly=b secretRef=@358 user=s
    - fsType=s gateway!=s protectionDomain=s readOnly=b secretRef!=@358 sslEnabled=b storageMode=s storagePool=s system!=s volumeName=s
    - fsType=s readOnly=b secretRef=@130 volumeName=s volumeNamespace=s
    - fsType=s storagePolicyID=s storagePolicyName=s volumePath!=s
    ~ apiGroup=s kind!=s name!=s
    - apiGroup=s kind!=s name!=s namespace=s
    - limits={q requests={q
    - nodeAffinity=@359 podAffinity=@360 podAntiAffinity=@361
    - args=[]s command=[]s env=[name]@362 envFrom=[]@363 image=s imagePullPolicy=s lifecycle=@364 livenessProbe=@365 name!=s ports=[containerPort,protocol]@366 readinessProbe=@365 resizePolicy=[]@367 resources=@269 restartPolicy=s restartPolicyRules=[]@368 securityContext=@369 startupProbe=@365 stdin=b stdinOnce=b terminationMessagePath=s terminationMessagePolicy=s tty=b volumeDevices=[devicePath]@370 volumeMounts=[mountPath]@371 workingDir=s
    - nameservers=[]s options=[]@372 searches=[]s
    - args=[]s command=[]s env=[name]@362 envFrom=[]@363 image=s imagePullPolicy=s lifecycle=@364 livenessProbe=@365 name!=s ports=[containerPort,protocol]@366 readinessProbe=@365 resizePolicy=[]@367 resources=@269 restartPolicy=s restartPolicyRules=[]@368 securityContext=@369 startupProbe=@365 stdin=b stdinOnce=b targetContainerName=s terminationMessagePath=s terminationMessagePolicy=s tty=b volumeDevices=[devicePath]@370 volumeMounts=[mountPath]@371 workingDir=s
    - hostnames=[]s ip!=s
    - name!=s
    - conditionType!=s
    - name!=s resourceClaimName=s resourceClaimTemplateName=s
    - claims=[name]@373 limits={q requests={q
    - name!=s
    - podGroupName=s
    - appArmorProfile=@374 fsGroup=i fsGroupChangePolicy=s runAsGroup=i runAsNonRoot=b runAsUser=i seLinuxChangePolicy=s seLinuxOptions=@375 seccompProfile=@376 supplementalGroups=[]i supplementalGroupsPolicy=s sysctls=[]@377 windowsOptions=@378
    - effect=s key=s operator=s tolerationSeconds=i value=s
    - labelSelector=@185 matchLabelKeys=[]s maxSkew!=i minDomains=i nodeAffinityPolicy=s nodeTaintsPolicy=s topologyKey!=s whenUnsatisfiable!=s
    - awsElasticBlockStore=@235 azureDisk=@236 azureFile=@379 cephfs=@380 cinder=@381 configMap=@382 csi=@383 downwardAPI=@384 emptyDir=@385 ephemeral=@386 fc=@241 flexVolume=@387 flocker=@243 gcePersistentDisk=@244 gitRepo=@388 glusterfs=@389 hostPath=@246 image=@390 iscsi=@391 name!=s nfs=@249 persistentVolumeClaim=@392 photonPersistentDisk=@251 portworxVolume=@252 projected=@393 quobyte=@253 rbd=@394 scaleIO=@395 secret=@396 storageos=@397 vsphereVolume=@257
    ~ matchExpressions=[]@398
    - appProtocol=s name=s nodePort=i port!=i protocol=s targetPort=x
    - clientIP=@399
    - ready=b serving=b terminating=b
    - forNodes=[]@400 forZones=[]@401
    - type!=s
    - name!=s
    - nonResourceRules=[]@402 resourceRules=[]@403 subjects!=[]@404
    - lendablePercent=i nominalConcurrencyShares=i
    - borrowingLimitPercent=i lendablePercent=i limitResponse=@405 nominalConcurrencyShares=i
    - group=s name!=s namespace=s resource!=s
    - resource=@258 service=@406
    - host=s http=@407
    - hosts=[]s secretName=s
    - apiGroup=s kind!=s name!=s namespace=s scope=s
    - ports=[]@408 to=[]@409
    - from=[]@409 ports=[]@408
    - group=s name!=s namespace=s resource!=s
    - resourceVersion=s uid=s
    - opaque=@410
    - cel=@411
    - config=[]@412 constraints=[]@413 requests=[]@414
    - allNodes=b allowMultipleAllocations=b attributes={@415 bindingConditions=[]s bindingFailureConditions=[]s bindsToNode=b capacity={@416 consumesCounters=[]@417 name!=s nodeAllocatableResourceMappings={@418 nodeName=s nodeSelector=@299 taints=[]@419
    ~ nodeSelectorTerms!=[]@420
    - generation!=i name!=s resourceSliceCount!=i
    - counters!={@421 name!=s
    - device=s driver=s pool=s
    - effect!=s key!=s timeAdded=t value=s
    - opaque=@422
    - cel=@423
    - config=[]@424 constraints=[]@425 requests=[]@426
    - basic=@427 name!=s
    - generation!=i name!=s resourceSliceCount!=i
    - counters!={@428 name!=s
    - opaque=@429
    - cel=@430
    - device=s driver=s pool=s
    - effect!=s key!=s timeAdded=t value=s
    - config=[]@431 constraints=[]@432 requests=[]@433
    - allNodes=b allowMultipleAllocations=b attributes={@434 bindingConditions=[]s bindingFailureConditions=[]s bindsToNode=b capacity={@435 consumesCounters=[]@436 name!=s nodeAllocatableResourceMappings={@437 nodeName=s nodeSelector=@299 taints=[]@313
    - generation!=i name!=s resourceSliceCount!=i
    - counters!={@438 name!=s
    - workload=@439
    - name!=s resourceClaimName=s resourceClaimTemplateName=s
    - topology=[]@440
    - basic=* gang=@441
    - apiGroup=s kind!=s name!=s
    - disruptionMode=s name!=s priority=i priorityClassName=s resourceClaims=[name]@319 schedulingConstraints=@320 schedulingPolicy!=@321
    - audience!=s expirationSeconds=i
    - allocatable=@442 name!=s nodeID!=s topologyKeys=[]s
    - key!=s operator!=s values=[]s
    - key!=s values!=[]s
    - inlineVolumeSpec=@138 persistentVolumeName=s
    - group!=s resource!=s
    - strategy!=s webhook=@443
    - categories=[]s kind!=s listKind=s plural!=s shortNames=[]s singular=s
    - additionalPrinterColumns=[]@444 deprecated=b deprecationWarning=s name!=s schema=@445 selectableFields=[]@446 served!=b storage!=b subresources=@447
    - name=s namespace=s port=i
    ~ apiGroups=[]s apiVersions=[]s operations=[]s resourceNames=[]s resources=[]s scope=s
    - expression=s
    - expression=s
    - name!=s namespace!=s path=s port=i
    ~ apiGroups=[]s apiVersions=[]s operations=[]s resourceNames=[]s resources=[]s scope=s
    - expression=s
    - expression=s
    ~ apiGroups=[]s apiVersions=[]s operations=[]s resourceNames=[]s resources=[]s scope=s
    - expression=s
    - expression=s
    - maxSurge=x maxUnavailable=x
    - maxSurge=x maxUnavailable=x
    - maxUnavailable=x partition=i
    - rawSelector=s requirements=[]@448
    - rawSelector=s requirements=[]@326
    - policies=[]@449 selectPolicy=s stabilizationWindowSeconds=i tolerance=q
    - container!=s name!=s target!=@450
    - metric!=@451 target!=@450
    - describedObject!=@226 metric!=@451 target!=@450
    - metric!=@451 target!=@450
    - name!=s target!=@450
    - action!=s onExitCodes=@452 onPodConditions=[]@453
    - succeededCount=i succeededIndexes=s
    - kubeletConfigKey!=s name!=s namespace!=s resourceVersion=s uid=s
    ~ name=s namespace=s
    - preferredDuringSchedulingIgnoredDuringExecution=[]@454 requiredDuringSchedulingIgnoredDuringExecution=@299
    - preferredDuringSchedulingIgnoredDuringExecution=[]@455 requiredDuringSchedulingIgnoredDuringExecution=[]@456
    - preferredDuringSchedulingIgnoredDuringExecution=[]@455 requiredDuringSchedulingIgnoredDuringExecution=[]@456
    - name!=s value=s valueFrom=@457
    - configMapRef=@458 prefix=s secretRef=@459
    - postStart=@460 preStop=@460 stopSignal=s
    - exec=@461 failureThreshold=i grpc=@462 httpGet=@463 initialDelaySeconds=i periodSeconds=i successThreshold=i tcpSocket=@464 terminationGracePeriodSeconds=i timeoutSeconds=i
    - containerPort!=i hostIP=s hostPort=i name=s protocol=s
    - resourceName!=s restartPolicy!=s
    - action!=s exitCodes=@465
    - allowPrivilegeEscalation=b appArmorProfile=@374 capabilities=@466 privileged=b procMount=s readOnlyRootFilesystem=b runAsGroup=i runAsNonRoot=b runAsUser=i seLinuxOptions=@375 seccompProfile=@376 windowsOptions=@378
    - devicePath!=s name!=s
    - mountPath!=s mountPropagation=s name!=s readOnly=b recursiveReadOnly=s subPath=s subPathExpr=s
    - name=s value=s
    - name!=s request=s
    - localhostProfile=s type!=s
    - level=s role=s type=s user=s
    - localhostProfile=s type!=s
    - name!=s value!=s
    - gmsaCredentialSpec=s gmsaCredentialSpecName=s hostProcess=b runAsUserName=s
    - readOnly=b secretName!=s shareName!=s
    - monitors!=[]s path=s readOnly=b secretFile=s secretRef=@145 user=s
    - fsType=s readOnly=b secretRef=@145 volumeID!=s
    - defaultMode=i items=[]@467 name=s optional=b
    - driver!=s fsType=s nodePublishSecretRef=@145 readOnly=b volumeAttributes={s
    - defaultMode=i items=[]@468
    - medium=s sizeLimit=q
    - volumeClaimTemplate=@469
    - driver!=s fsType=s options={s readOnly=b secretRef=@145
    - directory=s repository!=s revision=s
    - endpoints!=s path!=s readOnly=b
    - pullPolicy=s reference=s
    - chapAuthDiscovery=b chapAuthSession=b fsType=s initiatorName=s iqn!=s iscsiInterface=s lun!=i portals=[]s readOnly=b secretRef=@145 targetPortal!=s
    - claimName!=s readOnly=b
    - defaultMode=i sources=[]@470
    - fsType=s image!=s keyring=s monitors!=[]s pool=s readOnly=b secretRef=@145 user=s
    - fsType=s gateway!=s protectionDomain=s readOnly=b secretRef!=@145 sslEnabled=b storageMode=s storagePool=s system!=s volumeName=s
    - defaultMode=i items=[]@467 optional=b secretName=s
    - fsType=s readOnly=b secretRef=@145 volumeName=s volumeNamespace=s
    - operator!=s scopeName!=s values=[]s
    - timeoutSeconds=i
    - name!=s
    - name!=s
    - nonResourceURLs!=[=]s verbs!=[=]s
    - apiGroups!=[=]s clusterScope=b namespaces=[=]s resources!=[=]s verbs!=[=]s
    - group=@471 kind!=s serviceAccount=@472 user=@473
    - queuing=@474 type!=s
    - name!=s port=@475
    - paths!=[]@476
    - endPort=i port=x protocol=s
    - ipBlock=@477 namespaceSelector=@185 podSelector=@185
    - driver!=s parameters!=*
    - expression!=s
    - opaque=@410 requests=[]s
    - distinctAttribute=s matchAttribute=s requests=[]s
    - exactly=@478 firstAvailable=[]@479 name!=s
    - bool=b bools=[]b int=i ints=[]i string=s strings=[]s version=s versions=[]s
    - requestPolicy=@480 value!=q
    - counterSet!=s counters!={@421
    - allocationMultiplier=q capacityKey=s
    - effect!=s key!=s timeAdded=t value=s
    ~ matchExpressions=[]@481 matchFields=[]@481
    - value!=q
    - driver!=s parameters!=*
    - expression!=s
    - opaque=@422 requests=[]s
    - distinctAttribute=s matchAttribute=s requests=[]s
    - adminAccess=b allocationMode=s capacity=@482 count=i deviceClassName=s firstAvailable=[]@483 name!=s selectors=[]@305 tolerations=[]@484
    - allNodes=b allowMultipleAllocations=b attributes={@485 bindingConditions=[]s bindingFailureConditions=[]s bindsToNode=b capacity={@486 consumesCounters=[]@487 nodeAllocatableResourceMappings={@488 nodeName=s nodeSelector=@299 taints=[]@489
    - value!=q
    - driver!=s parameters!=*
    - expression!=s
    - opaque=@429 requests=[]s
    - distinctAttribute=s matchAttribute=s requests=[]s
    - exactly=@490 firstAvailable=[]@491 name!=s
    - bool=b bools=[]b int=i ints=[]i string=s strings=[]s version=s versions=[]s
    - requestPolicy=@492 value!=q
    - counterSet!=s counters!={@438
    - allocationMultiplier=q capacityKey=s
    - value!=q
    - podGroupTemplateName!=s workloadName!=s
    - key!=s
    - minCount!=i
    - count=i
    - clientConfig=@493 conversionReviewVersions!=[]s
    - description=s format=s jsonPath!=s name!=s priority=i type!=s
    - openAPIV3Schema=@494
    - jsonPath!=s
    - scale=@495 status=*
    - key!=s operator!=s values=[]s
    - periodSeconds!=i type!=s value!=i
    - averageUtilization=i averageValue=q type!=s value=q
    - name!=s selector=@185
    - containerName=s operator!=s values!=[=]i
    - status=s type!=s
    - preference!=@420 weight!=i
    - podAffinityTerm!=@456 weight!=i
    - labelSelector=@185 matchLabelKeys=[]s mismatchLabelKeys=[]s namespaceSelector=@185 namespaces=[]s topologyKey!=s
    - configMapKeyRef=@496 fieldRef=@497 fileKeyRef=@498 resourceFieldRef=@499 secretKeyRef=@500
    - name=s optional=b
    - name=s optional=b
    - exec=@461 httpGet=@463 sleep=@501 tcpSocket=@464
    - command=[]s
    - port!=i service=s
    - host=s httpHeaders=[]@502 path=s port!=x scheme=s
    - host=s port!=x
    - operator!=s values=[=]i
    - add=[]s drop=[]s
    - key!=s mode=i path!=s
    - fieldRef=@497 mode=i path!=s resourceFieldRef=@499
    - metadata=@98 spec!=@139
    - clusterTrustBundle=@503 configMap=@504 downwardAPI=@505 podCertificate=@506 secret=@507 serviceAccountToken=@508
    - name!=s
    - name!=s namespace!=s
    - name!=s
    - handSize=i queueLengthLimit=i queues=i
    ~ name=s number=i
    - backend!=@287 path=s pathType!=s
    - cidr!=s except=[]s
    - adminAccess=b allocationMode=s capacity=@509 count=i deviceClassName!=s selectors=[]@296 tolerations=[]@510
    - allocationMode=s capacity=@509 count=i deviceClassName!=s name!=s selectors=[]@296 tolerations=[]@510
    - default=q validRange=@511 validValues=[]q
    - key!=s operator!=s values=[]s
    - requests={q
    - allocationMode=s capacity=@482 count=i deviceClassName!=s name!=s selectors=[]@305 tolerations=[]@484
    - effect=s key=s operator=s tolerationSeconds=i value=s
    - bool=b bools=[]b int=i ints=[]i string=s strings=[]s version=s versions=[]s
    - requestPolicy=@512 value!=q
    - counterSet!=s counters!={@428
    - allocationMultiplier=q capacityKey=s
    - effect!=s key!=s timeAdded=t value=s
    - adminAccess=b allocationMode=s capacity=@513 count=i deviceClassName!=s selectors=[]@311 tolerations=[]@514
    - allocationMode=s capacity=@513 count=i deviceClassName!=s name!=s selectors=[]@311 tolerations=[]@514
    - default=q validRange=@515 validValues=[]q
    - caBundle=y service=@516 url=s
    - $ref=s $schema=s additionalItems=* additionalProperties=* allOf=[]@494 anyOf=[]@494 default=* definitions={@494 dependencies={* description=s enum=[]* example=* exclusiveMaximum=b exclusiveMinimum=b externalDocs=@517 format=s id=s items=* maxItems=i maxLength=i maxProperties=i maximum=n minItems=i minLength=i minProperties=i minimum=n multipleOf=n not=@494 nullable=b oneOf=[]@494 pattern=s patternProperties={@494 properties={@494 required=[]s title=s type=s uniqueItems=b x-kubernetes-embedded-resource=b x-kubernetes-int-or-string=b x-kubernetes-list-map-keys=[]s x-kubernetes-list-type=s x-kubernetes-map-type=s x-kubernetes-preserve-unknown-fields=b x-kubernetes-validations=[rule]@518
    - labelSelectorPath=s specReplicasPath!=s statusReplicasPath!=s
    ~ key!=s name=s optional=b
    ~ apiVersion=s fieldPath!=s
    ~ key!=s optional=b path!=s volumeName!=s
    ~ containerName=s divisor=q resource!=s
    ~ key!=s name=s optional=b
    - seconds!=i
    - name!=s value!=s
    - labelSelector=@185 name=s optional=b path!=s signerName=s
    - items=[]@467 name=s optional=b
    - items=[]@468
    - certificateChainPath=s credentialBundlePath=s keyPath=s keyType!=s maxExpirationSeconds=i signerName!=s userAnnotations={s
    - items=[]@467 name=s optional=b
    - audience=s expirationSeconds=i path!=s
    - requests={q
    - effect=s key=s operator=s tolerationSeconds=i value=s
    - max=q min!=q step=q
    - default=q validRange=@519 validValues=[]q
    - requests={q
    - effect=s key=s operator=s tolerationSeconds=i value=s
    - max=q min!=q step=q
    - name!=s namespace!=s path=s port=i
    - description=s url=s
    - fieldPath=s message=s messageExpression=s optionalOldSelf=b reason=s rule!=s
    - max=q min!=q step=q
    -^ apiVersion=s kind!=s matchLabels={s name!=s namespace=s
    -^ name!=s
    -^ eventMetadata={s eventSeverity=s eventSources!=[]@520 exclusionList=[]s inclusionList=[]s providerRef!=@521 summary=s suspend=b
    notification.toolkit.fluxcd.io/v1beta3/Alert^ apiVersion=s kind=s metadata=* spec=@522
    -^ certSecretRef=@521 endpoint!=s provider!=s secretRef=@521
    -^ bucketName!=s certSecretRef=@521 endpoint!=s ignore=s insecure=b interval!=s prefix=s provider=s proxySecretRef=@521 region=s secretRef=@521 serviceAccountName=s sts=@524 suspend=b timeout=s
    source.toolkit.fluxcd.io/v1/Bucket^ apiVersion=s kind=s metadata=* spec=@525 status=*
    -^ apiVersion=s kind!=s name!=s namespace=s
    -^ sourceRef=@527
    source.toolkit.fluxcd.io/v1/ExternalArtifact^ apiVersion=s kind=s metadata=* spec=@528 status=*
    -^ fromPath=s repository!=@521 toPath=s
    -^ branch=s commit=s name=s semver=s tag=s
    -^ mode=s secretRef!=@521
    -^ ignore=s include=[]@530 interval!=s provider=s proxySecretRef=@521 recurseSubmodules=b ref=@531 secretRef=@521 serviceAccountName=s sparseCheckout=[]s suspend=b timeout=s url!=s verify=@532
    source.toolkit.fluxcd.io/v1/GitRepository^ apiVersion=s kind=s metadata=* spec=@533 status=*
    -^ apiVersion=s kind!=s name!=s
    -^ issuer!=s subject!=s
    -^ matchOIDCIdentity=[]@536 provider!=s secretRef=@521
    -^ chart!=s ignoreMissingValuesFiles=b interval!=s reconcileStrategy=s sourceRef!=@535 suspend=b valuesFiles=[]s verify=@537 version=s
    source.toolkit.fluxcd.io/v1/HelmChart^ apiVersion=s kind=s metadata=* spec=@538 status=*
    -^ annotations={s labels={s
    -^ provider!=s secretRef=@521
    -^ chart!=s ignoreMissingValuesFiles=b interval=s reconcileStrategy=s sourceRef!=@527 valuesFiles=[]s verify=@541 version=s
    -^ metadata=@540 spec!=@542
    -^ name!=s namespace=s readyExpr=s
    -^ annotationSelector=s group=s kind=s labelSelector=s name=s namespace=s version=s
    -^ paths!=[]s target=@545
    -^ ignore=[]@546 mode=s
    -^ apiVersion!=s current!=s failed=s inProgress=s kind=s
    -^ ignoreTestFailures=b remediateLastFailure=b retries=i
    -^ name!=s retryInterval=s
    -^ crds=s createNamespace=b disableHooks=b disableOpenAPIValidation=b disableSchemaValidation=b disableTakeOwnership=b disableWait=b disableWaitForJobs=b remediation=@549 replace=b serverSideApply=b skipCRDs=b strategy=@550 timeout=s
    -^ key=s name!=s
    -^ configMapRef=@521 secretRef=@552
    -^ digest=s name!=s newName=s newTag=s
    -^ patch!=s target=@545
    -^ images=[]@554 patches=[]@555
    -^ kustomize=@556
    -^ cleanupOnFail=b disableHooks=b disableWait=b disableWaitForJobs=b force=b recreate=b serverSideApply=s timeout=s
    -^ exclude=b name!=s
    -^ enable=b filters=[]@559 ignoreFailures=b timeout=s
    -^ deletionPropagation=s disableHooks=b disableWait=b keepHistory=b timeout=s
    -^ ignoreTestFailures=b remediateLastFailure=b retries=i strategy=s
    -^ chartNameChangeStrategy=s cleanupOnFail=b crds=s disableHooks=b disableOpenAPIValidation=b disableSchemaValidation=b disableTakeOwnership=b disableWait=b disableWaitForJobs=b force=b preserveValues=b remediation=@562 serverSideApply=s strategy=@550 timeout=s
    -^ kind!=s literal=b name!=s optional=b targetPath=s valuesKey=s
    -^ chart=@543 chartRef=@527 commonMetadata=@540 dependsOn=[]@544 driftDetection=@547 healthCheckExprs=[]@548 install=@551 interval!=s kubeConfig=@553 maxHistory=i persistentClient=b postRenderStrategy=s postRenderers=[]@557 releaseName=s rollback=@558 serviceAccountName=s storageNamespace=s suspend=b targetNamespace=s test=@560 timeout=s uninstall=@561 upgrade=@563 values=* valuesFrom=[]@564 waitStrategy=@521
    helm.toolkit.fluxcd.io/v2/HelmRelease^ apiVersion=s kind=s metadata=* spec=@565 status=*
    -^ matchLabels={s
    -^ namespaceSelectors!=[]@567
    -^ accessFrom=@568 certSecretRef=@521 insecure=b interval=s passCredentials=b provider=s secretRef=@521 suspend=b timeout=s type=s url!=s
    source.toolkit.fluxcd.io/v1/HelmRepository^ apiVersion=s kind=s metadata=* spec=@569 status=*
    -^ extract=s pattern=s
    -^ name!=s namespace=s
    -^ order=s
    -^ range!=s
    -^ alphabetical=@573 numerical=@573 semver=@574
    -^ digestReflectionPolicy=s filterTags=@571 imageRepositoryRef!=@572 interval=s policy!=@575 suspend=b
    image.toolkit.fluxcd.io/v1/ImagePolicy^ apiVersion=s kind=s metadata=* spec=@576 status=*
    -^ accessFrom=@568 certSecretRef=@521 exclusionList=[]s image!=s insecure=b interval!=s provider=s proxySecretRef=@521 secretRef=@521 serviceAccountName=s suspend=b timeout=s
    image.toolkit.fluxcd.io/v1/ImageRepository^ apiVersion=s kind=s metadata=* spec=@578 status=*
    -^ ref!=@531
    -^ email!=s name=s
    -^ secretRef!=@521 type=s
    -^ author!=@581 messageTemplate=s messageTemplateValues={s signingKey=@582
    -^ branch=s options={s refspec=s
    -^ checkout=@580 commit!=@583 push=@584
    -^ key!=s operator!=s values=[]s
    -^~ matchExpressions=[]@586 matchLabels={s
    -^ path=s strategy=s
    -^ git=@585 interval!=s policySelector=@587 sourceRef!=@527 suspend=b update=@588
    image.toolkit.fluxcd.io/v1/ImageUpdateAutomation^ apiVersion=s kind=s metadata=* spec=@589 status=*
    -^ provider!=s secretRef=@521 serviceAccountName=s
    -^ kind!=s name!=s optional=b
    -^ substitute={s substituteFrom=[]@592 substituteStrategy=s
    -^ buildMetadata=[]s commonMetadata=@540 components=[]s decryption=@591 deletionPolicy=s dependsOn=[]@544 force=b healthCheckExprs=[]@548 healthChecks=[]@527 ignore=[]@546 ignoreMissingComponents=b images=[]@554 interval!=s kubeConfig=@553 namePrefix=s nameSuffix=s patches=[]@555 path=s postBuild=@593 prune!=b retryInterval=s serviceAccountName=s sourceRef!=@527 suspend=b targetNamespace=s timeout=s wait=b
    kustomize.toolkit.fluxcd.io/v1/Kustomization^ apiVersion=s kind=s metadata=* spec=@594 status=*
    -^ mediaType=s operation=s
    -^ digest=s semver=s semverFilter=s tag=s
    -^ matchOIDCIdentity=[]@536 provider!=s secretRef=@521 trustedRootSecretRef=@521
    -^ certSecretRef=@521 ignore=s insecure=b interval!=s layerSelector=@596 provider=s proxySecretRef=@521 ref=@597 secretRef=@521 serviceAccountName=s suspend=b timeout=s url!=s verify=@598
    source.toolkit.fluxcd.io/v1/OCIRepository^ apiVersion=s kind=s metadata=* spec=@599 status=*
    -^ address=s certSecretRef=@521 channel=s commitStatusExpr=s interval=s proxy=s proxySecretRef=@521 secretRef=@521 serviceAccountName=s suspend=b timeout=s type!=s username=s
    notification.toolkit.fluxcd.io/v1beta3/Provider^ apiVersion=s kind=s metadata=* spec=@601
    -^ expression!=s message!=s
    -^ expression!=s name!=s
    -^ audience=s issuerURL!=s validations!=[]@603 variables=[]@604
    -^ apiVersion=s filter=s kind!=s matchLabels={s name!=s namespace=s
    -^ events=[]s interval=s oidcProviders=[issuerURL]@605 resourceFilter=s resources!=[]@606 secretRef=@521 suspend=b type!=s
    notification.toolkit.fluxcd.io/v1/Receiver^ apiVersion=s kind=s metadata=* spec=@607 status=*
    -^ eventSeverity=s eventSources!=[]@520 exclusionList=[]s providerRef!=@521 summary=s suspend=b
    notification.toolkit.fluxcd.io/v1beta1/Alert^ apiVersion=s kind=s metadata=* spec=@609 status=*
    notification.toolkit.fluxcd.io/v1beta2/Alert^ apiVersion=s kind=s metadata=* spec=@522 status=*
    -^ accessFrom=@568 bucketName!=s endpoint!=s ignore=s insecure=b interval!=s provider=s region=s secretRef=@521 suspend=b timeout=s
    source.toolkit.fluxcd.io/v1beta1/Bucket^ apiVersion=s kind=s metadata=* spec=@612 status=*
    -^ accessFrom=@568 bucketName!=s certSecretRef=@521 endpoint!=s ignore=s insecure=b interval!=s prefix=s provider=s proxySecretRef=@521 region=s secretRef=@521 sts=@524 suspend=b timeout=s
    source.toolkit.fluxcd.io/v1beta2/Bucket^ apiVersion=s kind=s metadata=* spec=@614 status=*
    -^ branch=s commit=s semver=s tag=s
    -^ mode!=s secretRef=@521
    -^ accessFrom=@568 gitImplementation=s ignore=s include=[]@530 interval!=s recurseSubmodules=b ref=@616 secretRef=@521 suspend=b timeout=s url!=s verify=@617
    source.toolkit.fluxcd.io/v1beta1/GitRepository^ apiVersion=s kind=s metadata=* spec=@618 status=*
    -^ mode!=s secretRef!=@521
    -^ accessFrom=@568 gitImplementation=s ignore=s include=[]@530 interval!=s recurseSubmodules=b ref=@531 secretRef=@521 suspend=b timeout=s url!=s verify=@620
    source.toolkit.fluxcd.io/v1beta2/GitRepository^ apiVersion=s kind=s metadata=* spec=@621 status=*
    -^ accessFrom=@568 chart!=s interval!=s reconcileStrategy=s sourceRef!=@535 suspend=b valuesFile=s valuesFiles=[]s version=s
    source.toolkit.fluxcd.io/v1beta1/HelmChart^ apiVersion=s kind=s metadata=* spec=@623 status=*
    -^ accessFrom=@568 chart!=s ignoreMissingValuesFiles=b interval!=s reconcileStrategy=s sourceRef!=@535 suspend=b valuesFile=s valuesFiles=[]s verify=@537 version=s
    source.toolkit.fluxcd.io/v1beta2/HelmChart^ apiVersion=s kind=s metadata=* spec=@625 status=*
    -^ chart!=s interval=s reconcileStrategy=s sourceRef!=@527 valuesFile=s valuesFiles=[]s verify=@541 version=s
    -^ metadata=@540 spec!=@627
    -^ crds=s createNamespace=b disableHooks=b disableOpenAPIValidation=b disableWait=b disableWaitForJobs=b remediation=@549 replace=b skipCRDs=b timeout=s
    -^ secretRef!=@552
    -^ from=s op!=s path!=s value=*
    -^ patch!=[]@631 target!=@545
    -^ images=[]@554 patches=[]@555 patchesJson6902=[]@632 patchesStrategicMerge=[]*
    -^ kustomize=@633
    -^ cleanupOnFail=b disableHooks=b disableWait=b disableWaitForJobs=b force=b recreate=b timeout=s
    -^ enable=b ignoreFailures=b timeout=s
    -^ cleanupOnFail=b crds=s disableHooks=b disableOpenAPIValidation=b disableWait=b disableWaitForJobs=b force=b preserveValues=b remediation=@562 timeout=s
    -^ kind!=s name!=s optional=b targetPath=s valuesKey=s
    -^ chart!=@628 chartRef=@527 dependsOn=[]@572 driftDetection=@547 install=@629 interval!=s kubeConfig=@630 maxHistory=i persistentClient=b postRenderers=[]@634 releaseName=s rollback=@635 serviceAccountName=s storageNamespace=s suspend=b targetNamespace=s test=@636 timeout=s uninstall=@561 upgrade=@637 values=* valuesFrom=[]@638
    helm.toolkit.fluxcd.io/v2beta1/HelmRelease^ apiVersion=s kind=s metadata=* spec=@639 status=*
    -^ chart!=s ignoreMissingValuesFiles=b interval=s reconcileStrategy=s sourceRef!=@527 valuesFile=s valuesFiles=[]s verify=@541 version=s
    -^ metadata=@540 spec!=@641
    -^ chart=@642 chartRef=@527 dependsOn=[]@572 driftDetection=@547 install=@629 interval!=s kubeConfig=@630 maxHistory=i persistentClient=b postRenderers=[]@634 releaseName=s rollback=@635 serviceAccountName=s storageNamespace=s suspend=b targetNamespace=s test=@560 timeout=s uninstall=@561 upgrade=@637 values=* valuesFrom=[]@638
    helm.toolkit.fluxcd.io/v2beta2/HelmRelease^ apiVersion=s kind=s metadata=* spec=@643 status=*
    -^ accessFrom=@568 interval!=s passCredentials=b secretRef=@521 suspend=b timeout=s url!=s
    source.toolkit.fluxcd.io/v1beta1/HelmRepository^ apiVersion=s kind=s metadata=* spec=@645 status=*
    source.toolkit.fluxcd.io/v1beta2/HelmRepository^ apiVersion=s kind=s metadata=* spec=@569 status=*
    -^ filterTags=@571 imageRepositoryRef!=@572 policy!=@575
    image.toolkit.fluxcd.io/v1beta1/ImagePolicy^ apiVersion=s kind=s metadata=* spec=@648 status=*
    -^ digestReflectionPolicy=s filterTags=@571 imageRepositoryRef!=@572 interval=s policy!=@575
    image.toolkit.fluxcd.io/v1beta2/ImagePolicy^ apiVersion=s kind=s metadata=* spec=@650 status=*
    -^ accessFrom=@568 certSecretRef=@521 exclusionList=[]s image!=s interval!=s secretRef=@521 serviceAccountName=s suspend=b timeout=s
    image.toolkit.fluxcd.io/v1beta1/ImageRepository^ apiVersion=s kind=s metadata=* spec=@652 status=*
    image.toolkit.fluxcd.io/v1beta2/ImageRepository^ apiVersion=s kind=s metadata=* spec=@578 status=*
    -^ secretRef!=@521
    -^ author!=@581 messageTemplate=s signingKey=@655
    -^ checkout=@580 commit!=@656 push=@584
    -^ path=s strategy!=s
    -^ git=@657 interval!=s sourceRef!=@527 suspend=b update=@658
    image.toolkit.fluxcd.io/v1beta1/ImageUpdateAutomation^ apiVersion=s kind=s metadata=* spec=@659 status=*
    -^ author!=@581 messageTemplate=s messageTemplateValues={s signingKey=@655
    -^ checkout=@580 commit!=@661 push=@584
    -^ git=@662 interval!=s policySelector=@587 sourceRef!=@527 suspend=b update=@658
    image.toolkit.fluxcd.io/v1beta2/ImageUpdateAutomation^ apiVersion=s kind=s metadata=* spec=@663 status=*
    -^ kind!=s name!=s
    -^ substitute={s substituteFrom=[]@665
    -^ decryption=@541 dependsOn=[]@572 force=b healthChecks=[]@527 images=[]@554 interval!=s kubeConfig=@655 patches=[]@555 patchesJson6902=[]@632 patchesStrategicMerge=[]* path=s postBuild=@666 prune!=b retryInterval=s serviceAccountName=s sourceRef!=@527 suspend=b targetNamespace=s timeout=s validation=s
    kustomize.toolkit.fluxcd.io/v1beta1/Kustomization^ apiVersion=s kind=s metadata=* spec=@667 status=*
    -^ substitute={s substituteFrom=[]@592
    -^ commonMetadata=@540 components=[]s decryption=@541 dependsOn=[]@572 force=b healthChecks=[]@527 images=[]@554 interval!=s kubeConfig=@630 patches=[]@555 patchesJson6902=[]@632 patchesStrategicMerge=[]* path=s postBuild=@669 prune!=b retryInterval=s serviceAccountName=s sourceRef!=@527 suspend=b targetNamespace=s timeout=s validation=s wait=b
    kustomize.toolkit.fluxcd.io/v1beta2/Kustomization^ apiVersion=s kind=s metadata=* spec=@670 status=*
    -^ certSecretRef=@521 ignore=s insecure=b interval!=s layerSelector=@596 provider=s proxySecretRef=@521 ref=@597 secretRef=@521 serviceAccountName=s suspend=b timeout=s url!=s verify=@537
    source.toolkit.fluxcd.io/v1beta2/OCIRepository^ apiVersion=s kind=s metadata=* spec=@672 status=*
    -^ address=s certSecretRef=@521 channel=s proxy=s secretRef=@521 suspend=b timeout=s type!=s username=s
    notification.toolkit.fluxcd.io/v1beta1/Provider^ apiVersion=s kind=s metadata=* spec=@674 status=*
    -^ address=s certSecretRef=@521 channel=s interval=s proxy=s secretRef=@521 suspend=b timeout=s type!=s username=s
    notification.toolkit.fluxcd.io/v1beta2/Provider^ apiVersion=s kind=s metadata=* spec=@676 status=*
    -^ events=[]s resources!=[]@520 secretRef!=@521 suspend=b type!=s
    notification.toolkit.fluxcd.io/v1beta1/Receiver^ apiVersion=s kind=s metadata=* spec=@678 status=*
    -^ events=[]s interval=s resources!=[]@520 secretRef!=@521 suspend=b type!=s
    notification.toolkit.fluxcd.io/v1beta2/Receiver^ apiVersion=s kind=s metadata=* spec=@680 status=*
    """
}
