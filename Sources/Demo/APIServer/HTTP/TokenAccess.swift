import Structured

/// What the bearer of a token may do.
public struct TokenAccess: Sendable {
  /// The user's name in refusals.
  public var user: String
  /// What is refused; everything else is allowed.
  public var denied: [Rule]

  /// A refusal: nil stands for any.
  public struct Rule: Sendable {
    public var verb: String?
    public var group: String?
    public var resource: String?
    public var namespace: String?

    public init(verb: String? = nil, group: String? = nil, resource: String? = nil, namespace: String? = nil) {
      self.verb = verb
      self.group = group
      self.resource = resource
      self.namespace = namespace
    }
  }

  public init(user: String, denied: [Rule] = []) {
    self.user = user
    self.denied = denied
  }

  /// Reads everything and writes nothing.
  public static func readOnly(user: String) -> TokenAccess {
    TokenAccess(user: user, denied: ["create", "update", "patch", "delete"].map { Rule(verb: $0) })
  }

  func allows(verb: String, group: String, resource: String, namespace: String?) -> Bool {
    !denied.contains { rule in
      (rule.verb ?? verb) == verb && (rule.group ?? group) == group && (rule.resource ?? resource) == resource
        && (rule.namespace ?? namespace ?? "") == (namespace ?? "")
    }
  }

  func check(_ path: ResourcePath, verb: String) throws(APIStatus) {
    let resource = path.subresource.map { "\(path.plural)/\($0)" } ?? path.plural
    if allows(verb: verb, group: path.group, resource: resource, namespace: path.namespace) { return }
    let scope = path.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
    throw APIStatus(
      code: 403, reason: "Forbidden",
      message: "\(path.group.isEmpty ? path.plural : "\(path.plural).\(path.group)") is forbidden: User \"\(user)\" "
        + "cannot \(verb) resource \"\(resource)\" in API group \"\(path.group)\" \(scope)")
  }

  /// Answers `SelfSubjectAccessReview` and `SelfSubjectRulesReview` (kubernetes: authorization.k8s.io/v1).
  func review(_ body: JSON, plural: String) -> JSON {
    var answer = body
    switch plural {
    case "selfsubjectaccessreviews":
      let attributes = body["spec"]?["resourceAttributes"]
      let resource = attributes?["resource"]?.string ?? ""
      let subresource = attributes?["subresource"]?.string ?? ""
      let isAllowed =
        attributes == nil
        || allows(
          verb: attributes?["verb"]?.string ?? "", group: attributes?["group"]?.string ?? "",
          resource: subresource.isEmpty ? resource : "\(resource)/\(subresource)",
          namespace: attributes?["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 })
      answer["status"] = ["allowed": .bool(isAllowed)]
      if !isAllowed { answer["status"]?["reason"] = "refused by the server's access rules" }
    case "selfsubjectrulesreviews":
      answer["status"] = [
        "resourceRules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]],
        "nonResourceRules": [["verbs": ["*"], "nonResourceURLs": ["*"]]], "incomplete": .bool(!denied.isEmpty),
      ]
    default: answer["status"] = ["userInfo": ["username": .string(user), "groups": ["system:authenticated"]]]
    }
    return answer
  }
}
