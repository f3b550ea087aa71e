import Structured

/// kustomize's `namespace:` (kustomize: api/filters/namespace, builtinpluginconsts/namespace.go): sets the namespace of
/// everything not known to be cluster-scoped, renames Namespaces, and follows the namespace into the few fields that
/// name one.
struct NamespaceTransformer {
  let namespace: YAMLNode

  init(_ namespace: YAMLNode) { self.namespace = namespace }

  func apply(to resource: inout Resource) {
    resource.rememberID()
    let id = resource.id
    if !id.isClusterScoped { set(&resource.root, ["metadata", "namespace"], creating: true) }
    if id.kind == "RoleBinding" || id.kind == "ClusterRoleBinding" { setDefaultSubjects(&resource.root) }
    switch (id.group, id.kind) {
    // By kind and version as kustomize's selector has it: a Namespace of another group is not one.
    case ("", "Namespace"): set(&resource.root, ["metadata", "name"], creating: true)
    case ("apiregistration.k8s.io", "APIService"):
      set(&resource.root, ["spec", "service", "namespace"], creating: true)
    case ("apiextensions.k8s.io", "CustomResourceDefinition"):
      set(
        &resource.root, ["spec", "conversion", "webhook", "clientConfig", "service", "namespace"], creating: false)
    default: break
    }
  }

  private func set(_ node: inout YAMLNode, _ path: ArraySlice<String>, creating: Bool) {
    guard let key = path.first else {
      node = namespace
      return
    }
    guard var child = node[key] ?? (creating ? YAMLNode(.map(YAMLMap())) : nil) else { return }
    set(&child, path.dropFirst(), creating: creating)
    node[key] = child
  }

  /// Subjects named `default` are taken for the namespace's own service account.
  private func setDefaultSubjects(_ root: inout YAMLNode) {
    guard case .list(var subjects)? = root["subjects"]?.value, let origin = root["subjects"]?.origin else { return }
    for index in subjects.indices where subjects[index]["name"]?.string == "default" {
      subjects[index]["namespace"] = namespace
    }
    root["subjects"] = YAMLNode(.list(subjects), origin: origin)
  }
}
