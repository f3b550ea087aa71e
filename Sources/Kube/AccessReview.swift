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

  /// The user wants to know how things are now: no answer of before counts.
  public func forgetReviews() { reviews.withLock { $0 = [:] } }

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
