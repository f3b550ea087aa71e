import Structured

/// Repairs references that hold a name *and* a namespace after namespaces changed: the subjects of role bindings and the
/// services of webhooks (kustomize: api/filters/nameref). References by name alone cannot break while no transformer
/// changes the names they look for.
struct NameReferences {
  private let candidates: [Resource]
  private let place: (Origin) -> String?

  init(_ list: ResourceList, place: @escaping (Origin) -> String?) {
    // Only what a transformer touched can be found by its former name.
    candidates = list.resources.filter { !$0.previous.isEmpty }
    self.place = place
  }

  func repair(_ list: inout ResourceList) throws(RenderError) {
    try list.transform(place: place) { resource throws(RenderError) in try repair(&resource) }
  }

  private func repair(_ resource: inout Resource) throws(RenderError) {
    let id = resource.id
    switch (id.group, id.kind) {
    case ("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding"):
      let reachable = try reachable(from: resource)
      try change(&resource.root, "subjects") { subject throws(RenderError) in
        try repair(&subject, kind: "ServiceAccount", among: reachable)
      }
    case ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
      ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"):
      try change(&resource.root, "webhooks") { webhook throws(RenderError) in
        guard var config = webhook["clientConfig"], var service = config["service"], service.map != nil else { return }
        try repair(&service, kind: "Service", among: candidates)
        config["service"] = service
        webhook["clientConfig"] = config
      }
    default: break
    }
  }

  private func change(
    _ root: inout YAMLNode, _ key: String, _ body: (inout YAMLNode) throws(RenderError) -> Void
  ) throws(RenderError) {
    guard var list = root[key], case .list(var elements) = list.value else { return }
    for index in elements.indices where elements[index].map != nil { try body(&elements[index]) }
    list.value = .list(elements)
    root[key] = list
  }

  /// An object of a namespace reaches its own namespace, cluster-scoped objects, and (a RoleBinding) the namespaces of
  /// its service accounts.
  private func reachable(from referrer: Resource) throws(RenderError) -> [Resource] {
    let id = referrer.id
    guard !id.isClusterScoped else { return candidates }
    var namespaces: Set<String> = []
    if id.kind == "RoleBinding", let subjects = referrer.root["subjects"]?.list {
      for subject in subjects where subject["kind"]?.string == "ServiceAccount" {
        guard let namespace = subject["namespace"] else { continue }
        guard let text = namespace.string else {
          throw .failed(sentence: "the namespace of a subject of \(id) is blank", place: place(namespace.origin))
        }
        namespaces.insert(text)
      }
    }
    return candidates.filter {
      $0.id.isClusterScoped || $0.id.effectiveNamespace == id.effectiveNamespace
        || namespaces.contains($0.id.namespace)
    }
  }

  private func repair(
    _ reference: inout YAMLNode, kind: String, among reachable: [Resource]
  ) throws(RenderError) {
    guard let name = reference["name"]?.string else {
      throw .failed(sentence: "a reference to a \(kind) without a name", place: place(reference.origin))
    }
    var found = reachable
    if let namespace = reference["namespace"]?.string {
      found = reachable.filter { $0.original.effectiveNamespace == namespace }
      if found.isEmpty { found = reachable.filter { $0.id.effectiveNamespace == namespace } }
    }
    found = found.filter { candidate in
      candidate.previous.contains { $0.name == name }
        && candidate.previous.contains { $0.kind == kind && $0.version == "v1" }
    }
    guard let referral = found.first else { return }
    guard found.allSatisfy({ $0.id.name == referral.id.name && $0.id.namespace == referral.id.namespace }) else {
      throw .failed(
        sentence: "found multiple possible referrals for \(kind) \(name)", place: place(reference.origin))
    }
    guard !referral.id.namespace.isEmpty else { return }
    reference["namespace"] = referral.root["metadata"]?["namespace"]
  }
}
