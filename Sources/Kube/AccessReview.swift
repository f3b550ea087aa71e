import GitOps
import HTTP
import Structured
import Synchronization

/// May I do this? With all the attributes that authorizers look at (C5).
public struct AccessQuestion: Sendable, Hashable {
  /// RBAC's verb: `patch`, `list`, `create`, …
  public var verb: String
  public var group: String
  /// The plural.
  public var resource: String
  public var subresource: String
  /// Empty: all namespaces, or cluster scope.
  public var namespace: String
  /// Empty: any.
  public var name: String

  public init(
    verb: String, group: String, resource: String, subresource: String = "", namespace: String = "", name: String = ""
  ) {
    self.verb = verb
    self.group = group
    self.resource = resource
    self.subresource = subresource
    self.namespace = namespace
    self.name = name
  }
}

/// The server's answer; an error counts as no, with the reason.
public enum Access: Sendable, Hashable {
  case allowed
  case denied(reason: String)

  public var isAllowed: Bool { self == .allowed }
}

extension KubeReader {
  struct Review: Sendable {
    let access: Access
    let asked: ContinuousClock.Instant
  }

  static let reviewLifetime: Duration = .seconds(60)

  /// Asks the server (kubernetes: authorization.k8s.io/v1 SelfSubjectAccessReview); an answer holds for 60 seconds.
  public func canI(_ question: AccessQuestion) async -> Access {
    let now = ContinuousClock.now
    let known = reviews.withLock { reviews in
      reviews[question].flatMap { $0.asked.duration(to: now) < KubeReader.reviewLifetime ? $0.access : nil }
    }
    if let known { return known }
    let access = await review(question)
    reviews.withLock { reviews in
      if reviews.count >= 10_000 { reviews = [:] }
      reviews[question] = Review(access: access, asked: now)
    }
    return access
  }

  private func review(_ question: AccessQuestion) async -> Access {
    let attributes: JSON = [
      "verb": .string(question.verb), "group": .string(question.group), "resource": .string(question.resource),
      "subresource": .string(question.subresource), "namespace": .string(question.namespace),
      "name": .string(question.name),
    ]
    let body: JSON = [
      "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
      "spec": ["resourceAttributes": attributes],
    ]
    var call = APICall(.post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
    call.contentType = "application/json"
    call.body = body.encoded()
    call.isHarmless = true
    do {
      let status = try await document(call).root["status"]
      if status?["allowed"]?.bool == true { return .allowed }
      let words = status?["reason"]?.string ?? ""
      let what =
        "\(question.verb) \(question.resource)\(question.subresource.isEmpty ? "" : "/\(question.subresource)")"
      let place = question.namespace.isEmpty ? "" : " in \(question.namespace)"
      return .denied(reason: "you may not \(what)\(place)\(words.isEmpty ? "" : " (\(APIError.oneLine(words)))")")
    } catch {
      return .denied(reason: "permission is not known: \(error.message)")
    }
  }
}

/// What the user may do in one namespace, as the server tells it (kubernetes: SelfSubjectRulesReview).
public struct NamespaceRules: Sendable, Hashable {
  struct Rule: Sendable, Hashable {
    let verbs: Set<String>
    let groups: Set<String>
    let resources: Set<String>
  }

  public let namespace: String
  /// The list proves nothing by what is not in it: a webhook decides too (kubernetes: status.incomplete).
  public let isIncomplete: Bool
  let rules: [Rule]

  /// A namespace that somebody named, of which nothing else is known: asking shows what may be seen.
  public init(assuming namespace: String) {
    self.namespace = namespace
    isIncomplete = true
    rules = []
  }

  init(namespace: String, status: JSONNode?) {
    func texts(_ node: JSONNode?) -> Set<String> { Set(node?.elements?.compactMap(\.string) ?? []) }
    self.namespace = namespace
    isIncomplete = status?["incomplete"]?.bool == true
    rules = (status?["resourceRules"]?.elements.map(Array.init) ?? []).compactMap { rule in
      // A rule for named objects allows no list.
      guard texts(rule["resourceNames"]).isEmpty else { return nil }
      return Rule(
        verbs: texts(rule["verbs"]), groups: texts(rule["apiGroups"]), resources: texts(rule["resources"]))
    }
  }

  /// - Parameter plural: `kustomizations`.
  public func mayList(_ group: String, _ plural: String) -> Bool {
    isIncomplete
      || rules.contains { rule in
        !rule.verbs.isDisjoint(with: ["list", "*"]) && !rule.groups.isDisjoint(with: [group, "*"])
          && !rule.resources.isDisjoint(with: [plural, "*"])
      }
  }

  /// Whether anything at all may be listed here.
  public var mayListAnything: Bool {
    isIncomplete || rules.contains { !$0.verbs.isDisjoint(with: ["list", "*"]) }
  }
}

extension KubeReader {
  /// What the user may do in a namespace.
  public func rules(in namespace: String) async throws(APIError) -> NamespaceRules {
    let body: JSON = [
      "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
      "spec": ["namespace": .string(namespace)],
    ]
    var call = APICall(.post, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
    call.contentType = "application/json"
    call.body = body.encoded()
    call.isHarmless = true
    return NamespaceRules(namespace: namespace, status: try await document(call).root["status"])
  }
}
