import GitOps

/// What is special about single fields of single kinds (`drift.md` N4, N5): data, not code.
struct KindRules: Sendable {
  enum Treatment: Sendable {
    case ignored
    /// When Git says `0`, `false` or nothing.
    case ignoredWhenZero
    /// When Git has an empty or placeholder certificate: a controller injects the real one.
    case ignoredWhenPlaceholder
    /// A list whose order has no meaning.
    case unordered
    /// The same, and the server or a controller may add elements.
    case subset
  }

  struct Rule: Sendable {
    /// `*`: an element of a list or any key.
    let path: [String]
    let treatment: Treatment

    init(_ path: String, _ treatment: Treatment) {
      self.path = path.split(separator: ".").map(String.init)
      self.treatment = treatment
    }
  }

  let rules: [Rule]

  static let none = KindRules(rules: [])

  /// The treatment of the field that the steps lead to.
  func treatment(at steps: [PathStep]) -> Treatment? {
    if rules.isEmpty { return nil }
    for rule in rules where rule.path.count == steps.count && rule.path.last.map({ steps.last?.matches($0) }) == true {
      if zip(rule.path, steps).allSatisfy({ $1.matches($0) }) { return rule.treatment }
    }
    return nil
  }

  static func rules(for kind: GroupKind) -> KindRules { table[kind] ?? .none }

  private static let webhookRules: [Rule] = [
    Rule("webhooks.*.clientConfig.caBundle", .ignoredWhenPlaceholder), Rule("webhooks.*.rules", .unordered),
    Rule("webhooks.*.rules.*.operations", .unordered), Rule("webhooks.*.rules.*.apiGroups", .unordered),
    Rule("webhooks.*.rules.*.resources", .unordered), Rule("webhooks.*.rules.*.apiVersions", .unordered),
  ]
  private static let roleRules: [Rule] = [
    Rule("rules.*.verbs", .unordered), Rule("rules.*.apiGroups", .unordered), Rule("rules.*.resources", .unordered),
    Rule("rules.*.resourceNames", .unordered), Rule("rules.*.nonResourceURLs", .unordered),
  ]

  private static let table: [GroupKind: KindRules] = [
    GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler"): KindRules(rules: [
      Rule("spec.metrics", .unordered)
    ]),
    GroupKind(group: "admissionregistration.k8s.io", kind: "MutatingWebhookConfiguration"): KindRules(
      rules: webhookRules),
    GroupKind(group: "admissionregistration.k8s.io", kind: "ValidatingWebhookConfiguration"): KindRules(
      rules: webhookRules),
    GroupKind(group: "apiregistration.k8s.io", kind: "APIService"): KindRules(rules: [
      Rule("spec.caBundle", .ignoredWhenPlaceholder)
    ]),
    GroupKind(group: "apiextensions.k8s.io", kind: "CustomResourceDefinition"): KindRules(rules: [
      Rule("spec.conversion.webhook.clientConfig.caBundle", .ignoredWhenPlaceholder),
      Rule("spec.conversion.webhookClientConfig.caBundle", .ignoredWhenPlaceholder),
      Rule("spec.preserveUnknownFields", .ignoredWhenZero), Rule("spec.names.listKind", .ignored),
      Rule("spec.names.singular", .ignored), Rule("spec.names.shortNames", .unordered),
      Rule("spec.names.categories", .unordered),
    ]),
    GroupKind(group: "", kind: "Service"): KindRules(rules: [
      Rule("spec.ports.*.nodePort", .ignoredWhenZero), Rule("spec.healthCheckNodePort", .ignoredWhenZero),
    ]),
    GroupKind(group: "", kind: "ServiceAccount"): KindRules(rules: [
      Rule("secrets", .subset), Rule("imagePullSecrets", .subset),
    ]),
    GroupKind(group: "", kind: "Endpoints"): KindRules(rules: [
      Rule("subsets", .unordered), Rule("subsets.*.addresses", .unordered),
      Rule("subsets.*.notReadyAddresses", .unordered), Rule("subsets.*.ports", .unordered),
    ]),
    GroupKind(group: "discovery.k8s.io", kind: "EndpointSlice"): KindRules(rules: [
      Rule("endpoints", .unordered), Rule("endpoints.*.addresses", .unordered), Rule("ports", .unordered),
    ]),
    GroupKind(group: "rbac.authorization.k8s.io", kind: "Role"): KindRules(rules: roleRules),
    GroupKind(group: "rbac.authorization.k8s.io", kind: "ClusterRole"): KindRules(rules: roleRules),
  ]

  /// Certificates that say "somebody will put one here": empty, a line feed, the word `placeholder`.
  static func isPlaceholder(certificate text: String) -> Bool {
    ["", "Cg==", "cGxhY2Vob2xkZXI=", "cGxhY2Vob2xkZXIK"].contains(text)
  }
}
