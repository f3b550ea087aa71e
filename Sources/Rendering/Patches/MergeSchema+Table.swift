extension MergeSchema {
  /// Derived by `.ci/generate-merge-schema.py` from the Kubernetes 1.21.2 document that kustomize carries. One line a type:
  /// its fields, `*` and the merge keys of a list that is merged (none: a set; `-`: a list that is replaced), `>` and the
  /// number of the type inside.
  static let typeTable = """
    metadata>194 webhooks*name
    items*->0
    metadata>194 webhooks*name
    items*->2
    metadata>194 webhooks*name
    items*->4
    metadata>194 webhooks*name
    items*->6
    metadata>194
    items*->8
    metadata>194 spec>12 status>13
    items*->10
    template>97
    conditions*type
    metadata>194 spec>16 status>17
    items*->14
    template>97
    conditions*type
    metadata>194 spec>20 status>21
    items*->18
    template>97
    conditions*type
    metadata>194 spec>24 status>25
    items*->22
    template>97 volumeClaimTemplates*->86
    conditions*type
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    metadata>194
    items*->37
    metadata>194
    metadata>194
    items*->40
    metadata>194
    items*->42
    metadata>194 spec>46
    items*->44
    jobTemplate>51
    metadata>194 spec>49 status>50
    items*->47
    template>97
    conditions*type
    metadata>194 spec>49
    metadata>194 spec>54
    items*->52
    jobTemplate>55
    metadata>194 spec>49
    metadata>194
    items*->56
    metadata>194
    items*->58
    metadata>194
    items*->60
    metadata>194
    items*->62
    metadata>194
    conditions*type metadata>194
    items*->65
    metadata>194
    items*->67
    env*name ports*containerPort,protocol volumeDevices*devicePath volumeMounts*mountPath
    metadata>194
    items*->70
    env*name volumeDevices*devicePath volumeMounts*mountPath
    volumeClaimTemplate>89
    metadata>194
    items*->74
    metadata>194
    items*->76
    metadata>194 status>80
    items*->78
    conditions*type
    metadata>194 spec>83 status>84
    items*->81
    podCIDRs*
    addresses*type conditions*type
    metadata>194
    metadata>194 status>88
    items*->86
    conditions*type
    metadata>194
    items*->85
    metadata>194 spec>93 status>94
    items*->91
    containers*name>69 ephemeralContainers*name>72 hostAliases*ip imagePullSecrets*name initContainers*name>69 \
    topologySpreadConstraints*topologyKey,whenUnsatisfiable volumes*name>112
    conditions*type podIPs*ip
    metadata>194 template>97
    items*->95
    metadata>194 spec>93
    metadata>194 spec>100 status>101
    items*->98
    template>97
    conditions*type
    metadata>194
    items*->102
    metadata>194
    items*->104
    metadata>194 spec>110 status>111
    metadata>194 secrets*name
    items*->107
    items*->106
    ports*port,protocol
    conditions*type
    ephemeral>73
    metadata>194
    items*->113
    metadata>194
    items*->115
    metadata>194
    items*->117
    metadata>194
    items*->119
    metadata>194
    items*->121
    metadata>194
    items*->123
    metadata>194
    items*->125
    metadata>194
    metadata>194
    items*->128
    items*->127
    metadata>194
    items*->131
    metadata>194
    metadata>194
    items*->134
    items*->133
    metadata>194
    items*->137
    metadata>194
    items*->139
    metadata>194 status>143
    items*->141
    conditions*type
    metadata>194
    metadata>194 status>147
    items*->145
    conditions*type
    metadata>194
    items*->148
    metadata>194
    metadata>194
    items*->151
    items*->150
    metadata>194
    metadata>194
    items*->155
    items*->154
    metadata>194
    metadata>194
    items*->159
    items*->158
    metadata>194
    metadata>194
    items*->163
    items*->162
    metadata>194
    items*->166
    metadata>194
    items*->168
    metadata>194
    items*->170
    metadata>194 spec>174
    items*->172
    drivers*name
    metadata>194
    items*->175
    metadata>194
    items*->177
    metadata>194
    items*->179
    metadata>194 spec>183
    items*->181
    drivers*name
    metadata>194
    items*->184
    metadata>194
    items*->186
    metadata>194
    items*->188
    metadata>194
    items*->190
    metadata>194
    items*->192
    finalizers* ownerReferences*uid
    metadata>194 status>197
    items*->195
    conditions*type
    metadata>194 status>200
    items*->198
    conditions*type
    """

  /// `group/version/kind>type`.
  static let kindTable = """
    /v1/Binding>64
    /v1/ComponentStatus>65
    /v1/ComponentStatusList>66
    /v1/ConfigMap>67
    /v1/ConfigMapList>68
    /v1/Endpoints>70
    /v1/EndpointsList>71
    /v1/Event>74
    /v1/EventList>75
    /v1/LimitRange>76
    /v1/LimitRangeList>77
    /v1/Namespace>78
    /v1/NamespaceList>79
    /v1/Node>81
    /v1/NodeList>82
    /v1/PersistentVolume>85
    /v1/PersistentVolumeClaim>86
    /v1/PersistentVolumeClaimList>87
    /v1/PersistentVolumeList>90
    /v1/Pod>91
    /v1/PodList>92
    /v1/PodTemplate>95
    /v1/PodTemplateList>96
    /v1/ReplicationController>98
    /v1/ReplicationControllerList>99
    /v1/ResourceQuota>102
    /v1/ResourceQuotaList>103
    /v1/Secret>104
    /v1/SecretList>105
    /v1/Service>106
    /v1/ServiceAccount>107
    /v1/ServiceAccountList>108
    /v1/ServiceList>109
    admissionregistration.k8s.io/v1/MutatingWebhookConfiguration>0
    admissionregistration.k8s.io/v1/MutatingWebhookConfigurationList>1
    admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration>2
    admissionregistration.k8s.io/v1/ValidatingWebhookConfigurationList>3
    admissionregistration.k8s.io/v1beta1/MutatingWebhookConfiguration>4
    admissionregistration.k8s.io/v1beta1/MutatingWebhookConfigurationList>5
    admissionregistration.k8s.io/v1beta1/ValidatingWebhookConfiguration>6
    admissionregistration.k8s.io/v1beta1/ValidatingWebhookConfigurationList>7
    apiextensions.k8s.io/v1/CustomResourceDefinition>190
    apiextensions.k8s.io/v1/CustomResourceDefinitionList>191
    apiextensions.k8s.io/v1beta1/CustomResourceDefinition>192
    apiextensions.k8s.io/v1beta1/CustomResourceDefinitionList>193
    apiregistration.k8s.io/v1/APIService>195
    apiregistration.k8s.io/v1/APIServiceList>196
    apiregistration.k8s.io/v1beta1/APIService>198
    apiregistration.k8s.io/v1beta1/APIServiceList>199
    apps/v1/ControllerRevision>8
    apps/v1/ControllerRevisionList>9
    apps/v1/DaemonSet>10
    apps/v1/DaemonSetList>11
    apps/v1/Deployment>14
    apps/v1/DeploymentList>15
    apps/v1/ReplicaSet>18
    apps/v1/ReplicaSetList>19
    apps/v1/StatefulSet>22
    apps/v1/StatefulSetList>23
    authentication.k8s.io/v1/TokenRequest>26
    authentication.k8s.io/v1/TokenReview>27
    authentication.k8s.io/v1beta1/TokenReview>28
    authorization.k8s.io/v1/LocalSubjectAccessReview>29
    authorization.k8s.io/v1/SelfSubjectAccessReview>30
    authorization.k8s.io/v1/SelfSubjectRulesReview>31
    authorization.k8s.io/v1/SubjectAccessReview>32
    authorization.k8s.io/v1beta1/LocalSubjectAccessReview>33
    authorization.k8s.io/v1beta1/SelfSubjectAccessReview>34
    authorization.k8s.io/v1beta1/SelfSubjectRulesReview>35
    authorization.k8s.io/v1beta1/SubjectAccessReview>36
    autoscaling/v1/HorizontalPodAutoscaler>37
    autoscaling/v1/HorizontalPodAutoscalerList>38
    autoscaling/v1/Scale>39
    autoscaling/v2beta1/HorizontalPodAutoscaler>40
    autoscaling/v2beta1/HorizontalPodAutoscalerList>41
    autoscaling/v2beta2/HorizontalPodAutoscaler>42
    autoscaling/v2beta2/HorizontalPodAutoscalerList>43
    batch/v1/CronJob>44
    batch/v1/CronJobList>45
    batch/v1/Job>47
    batch/v1/JobList>48
    batch/v1beta1/CronJob>52
    batch/v1beta1/CronJobList>53
    certificates.k8s.io/v1/CertificateSigningRequest>56
    certificates.k8s.io/v1/CertificateSigningRequestList>57
    certificates.k8s.io/v1beta1/CertificateSigningRequest>58
    certificates.k8s.io/v1beta1/CertificateSigningRequestList>59
    coordination.k8s.io/v1/Lease>60
    coordination.k8s.io/v1/LeaseList>61
    coordination.k8s.io/v1beta1/Lease>62
    coordination.k8s.io/v1beta1/LeaseList>63
    discovery.k8s.io/v1/EndpointSlice>113
    discovery.k8s.io/v1/EndpointSliceList>114
    discovery.k8s.io/v1beta1/EndpointSlice>115
    discovery.k8s.io/v1beta1/EndpointSliceList>116
    events.k8s.io/v1/Event>117
    events.k8s.io/v1/EventList>118
    events.k8s.io/v1beta1/Event>119
    events.k8s.io/v1beta1/EventList>120
    extensions/v1beta1/Ingress>121
    extensions/v1beta1/IngressList>122
    flowcontrol.apiserver.k8s.io/v1beta1/FlowSchema>123
    flowcontrol.apiserver.k8s.io/v1beta1/FlowSchemaList>124
    flowcontrol.apiserver.k8s.io/v1beta1/PriorityLevelConfiguration>125
    flowcontrol.apiserver.k8s.io/v1beta1/PriorityLevelConfigurationList>126
    networking.k8s.io/v1/Ingress>127
    networking.k8s.io/v1/IngressClass>128
    networking.k8s.io/v1/IngressClassList>129
    networking.k8s.io/v1/IngressList>130
    networking.k8s.io/v1/NetworkPolicy>131
    networking.k8s.io/v1/NetworkPolicyList>132
    networking.k8s.io/v1beta1/Ingress>133
    networking.k8s.io/v1beta1/IngressClass>134
    networking.k8s.io/v1beta1/IngressClassList>135
    networking.k8s.io/v1beta1/IngressList>136
    node.k8s.io/v1/RuntimeClass>137
    node.k8s.io/v1/RuntimeClassList>138
    node.k8s.io/v1beta1/RuntimeClass>139
    node.k8s.io/v1beta1/RuntimeClassList>140
    policy/v1/PodDisruptionBudget>141
    policy/v1/PodDisruptionBudgetList>142
    policy/v1beta1/Eviction>144
    policy/v1beta1/PodDisruptionBudget>145
    policy/v1beta1/PodDisruptionBudgetList>146
    policy/v1beta1/PodSecurityPolicy>148
    policy/v1beta1/PodSecurityPolicyList>149
    rbac.authorization.k8s.io/v1/ClusterRole>150
    rbac.authorization.k8s.io/v1/ClusterRoleBinding>151
    rbac.authorization.k8s.io/v1/ClusterRoleBindingList>152
    rbac.authorization.k8s.io/v1/ClusterRoleList>153
    rbac.authorization.k8s.io/v1/Role>154
    rbac.authorization.k8s.io/v1/RoleBinding>155
    rbac.authorization.k8s.io/v1/RoleBindingList>156
    rbac.authorization.k8s.io/v1/RoleList>157
    rbac.authorization.k8s.io/v1beta1/ClusterRole>158
    rbac.authorization.k8s.io/v1beta1/ClusterRoleBinding>159
    rbac.authorization.k8s.io/v1beta1/ClusterRoleBindingList>160
    rbac.authorization.k8s.io/v1beta1/ClusterRoleList>161
    rbac.authorization.k8s.io/v1beta1/Role>162
    rbac.authorization.k8s.io/v1beta1/RoleBinding>163
    rbac.authorization.k8s.io/v1beta1/RoleBindingList>164
    rbac.authorization.k8s.io/v1beta1/RoleList>165
    scheduling.k8s.io/v1/PriorityClass>166
    scheduling.k8s.io/v1/PriorityClassList>167
    scheduling.k8s.io/v1beta1/PriorityClass>168
    scheduling.k8s.io/v1beta1/PriorityClassList>169
    storage.k8s.io/v1/CSIDriver>170
    storage.k8s.io/v1/CSIDriverList>171
    storage.k8s.io/v1/CSINode>172
    storage.k8s.io/v1/CSINodeList>173
    storage.k8s.io/v1/StorageClass>175
    storage.k8s.io/v1/StorageClassList>176
    storage.k8s.io/v1/VolumeAttachment>177
    storage.k8s.io/v1/VolumeAttachmentList>178
    storage.k8s.io/v1beta1/CSIDriver>179
    storage.k8s.io/v1beta1/CSIDriverList>180
    storage.k8s.io/v1beta1/CSINode>181
    storage.k8s.io/v1beta1/CSINodeList>182
    storage.k8s.io/v1beta1/CSIStorageCapacity>184
    storage.k8s.io/v1beta1/CSIStorageCapacityList>185
    storage.k8s.io/v1beta1/StorageClass>186
    storage.k8s.io/v1beta1/StorageClassList>187
    storage.k8s.io/v1beta1/VolumeAttachment>188
    storage.k8s.io/v1beta1/VolumeAttachmentList>189
    """
}
