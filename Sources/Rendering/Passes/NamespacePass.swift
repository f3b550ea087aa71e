import Structured

/// `namespace:` sets the namespace of everything not known to be cluster-scoped, renames Namespaces, and follows the
/// namespace into the few fields that name one (kustomize: api/filters/namespace).
struct NamespacePass: Pass {
  /// Which subjects of role bindings get the namespace (kustomize: namespace.SubjectSetting).
  enum Subjects: String { case none, defaultOnly, allServiceAccounts }

  let namespace: YAMLNode
  var fields: [FieldSpec]
  var subjects = Subjects.defaultOnly
  /// Objects that have a namespace keep it.
  var setsUnsetOnly = false

  init(_ namespace: YAMLNode, config: TransformerConfig) {
    self.init(
      namespace: YAMLNode(namespace.value, origin: namespace.origin.layered(.namespace)), fields: config.namespace)
  }

  /// - Throws: `.failed` when the transformer's object says something else.
  init(plugin: YAMLNode, place: Place) throws(RenderError) {
    guard let name = plugin["metadata"]?["namespace"], name.string != nil else {
      throw .failed(sentence: "a NamespaceTransformer needs metadata.namespace", place: place(plugin.origin))
    }
    self.init(
      namespace: YAMLNode(name.value, origin: name.origin.layered(.namespace)),
      fields: try TransformerConfig.fieldSpecs(plugin["fieldSpecs"], place))
    setsUnsetOnly = plugin["unsetOnly"]?.bool ?? false
    if let setting = plugin["setRoleBindingSubjects"]?.string, !setting.isEmpty {
      guard let subjects = Subjects(rawValue: setting) else {
        throw .failed(
          sentence: "setRoleBindingSubjects is none, defaultOnly or allServiceAccounts, not \(setting)",
          place: place(plugin.origin))
      }
      self.subjects = subjects
    }
  }

  private init(namespace: YAMLNode, fields: [FieldSpec]) {
    self.namespace = namespace
    // These two are handled by what they mean, not by path (kustomize: removeUnneededMetaFieldSpecs and
    // removeRoleBindingSubjectFieldSpecs).
    self.fields = fields.filter { field in
      if field.path == ["metadata", "namespace"] || field.path == ["metadata", "name"] && field.kind != "Namespace" {
        return false
      }
      return field.path != ["subjects", "namespace"]
        || field.kind != "RoleBinding" && field.kind != "ClusterRoleBinding"
    }
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    guard namespace.string?.isEmpty == false else { return }
    try list.transform { resource throws(RenderError) in try apply(to: &resource, place) }
    try list.checkIDs(after: "the namespace", place: place)
  }

  private func apply(to resource: inout Resource, _ place: Place) throws(RenderError) {
    resource.rememberID()
    let id = resource.id
    if !id.isClusterScoped, !setsUnsetOnly || id.namespace.isEmpty {
      resource.root["metadata", orEmpty: .none]["namespace"] = namespace
    }
    if id.kind == "RoleBinding" || id.kind == "ClusterRoleBinding" { setSubjects(&resource.root) }
    for field in fields where field.matches(id) {
      // A Namespace of another group is none.
      if field.kind == "Namespace", !id.group.isEmpty { continue }
      try field.visit(&resource.root, creating: .scalar, place: place) { node throws(RenderError) in
        guard node.map == nil, node.list == nil else {
          throw .failed(
            sentence: "\(field.path.joined(separator: ".")) of \(id) is not a text to set a namespace in",
            place: place(node.origin))
        }
        guard !setsUnsetOnly || node.isNull || node.string?.isEmpty == true else { return }
        node = namespace
      }
    }
  }

  /// Service accounts named `default` are taken for the namespace's own.
  private func setSubjects(_ root: inout YAMLNode) {
    guard subjects != .none, var list = root["subjects"], case .list(var elements) = list.value else { return }
    for index in elements.indices {
      let subject = elements[index]
      guard subject.map != nil else { continue }
      let isMeant =
        subjects == .defaultOnly
        ? subject["name"]?.string == "default" : subject["kind"]?.string == "ServiceAccount"
      guard isMeant, !setsUnsetOnly || subject["namespace"]?.string?.isEmpty != false else { continue }
      elements[index]["namespace"] = namespace
    }
    list.value = .list(elements)
    root["subjects"] = list
  }
}
