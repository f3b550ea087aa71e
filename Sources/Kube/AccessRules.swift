import GitOps
import Structured

/// What the user may do in one namespace, as far as the server lists it (kubernetes: authorization.k8s.io/v1
/// SelfSubjectRulesReview).
public struct AccessRules: Sendable, Hashable {
  struct Rule: Sendable, Hashable {
    let verbs: Set<String>
    let groups: Set<String>
    let resources: Set<String>
  }

  let rules: [Rule]
  /// The list is not all there is: what it does not name is unknown, not denied (webhooks, EKS access policies).
  public let isIncomplete: Bool

  init(_ status: JSONNode?) {
    func texts(_ node: JSONNode?) -> Set<String> { Set(node?.elements?.compactMap(\.string) ?? []) }
    var rules: [Rule] = []
    for rule in status?["resourceRules"]?.elements.map(Array.init) ?? [] {
      // Rights to single objects by name let nobody list.
      guard texts(rule["resourceNames"]).isEmpty else { continue }
      rules.append(
        Rule(verbs: texts(rule["verbs"]), groups: texts(rule["apiGroups"]), resources: texts(rule["resources"])))
    }
    self.rules = rules
    isIncomplete = status?["incomplete"]?.bool == true
  }

  /// Whether one of the rules allows it.
  public func allows(_ verb: String, group: String, resource: String) -> Bool {
    func has(_ set: Set<String>, _ value: String) -> Bool { set.contains(value) || set.contains("*") }
    return rules.contains { has($0.verbs, verb) && has($0.groups, group) && has($0.resources, resource) }
  }

  /// Whether one of the rules allows it for anything at all.
  public func allowsSomething(_ verb: String) -> Bool {
    rules.contains { $0.verbs.contains(verb) || $0.verbs.contains("*") }
  }
}

extension KubeReader {
  /// Asks the server what the user may do in a namespace.
  public func rules(in namespace: String) async throws(APIError) -> AccessRules {
    let body: JSON = [
      "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
      "spec": ["namespace": .string(namespace)],
    ]
    var call = APICall(.post, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
    call.contentType = "application/json"
    call.body = body.encoded()
    call.isHarmless = true
    return AccessRules(try await document(call).root["status"])
  }
}
