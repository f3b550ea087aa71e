import FoundationEssentials
import GitOps
import Kube
import Structured

/// What asking one cluster brought: facts only, judged by `CheckCluster`.
struct ClusterObservation: Sendable {
  /// What the server told when it was asked for its version.
  struct Answer: Sendable {
    /// Nil when it does not tell us.
    var version: String?
    var provider: String?
    /// Median of three small requests on a warm connection.
    var milliseconds: Double?
    /// How far the server's clock is ahead of ours, in seconds.
    var skew: Double?
    /// The end of the server's certificate; nil: not checked, or not known.
    var certificateExpires: Date?
  }

  let name: String
  var server = ""
  /// The kubeconfig's name of the user.
  var user = ""
  /// Why the context cannot be used.
  var problem: String?
  /// The helper that the kubeconfig names, whether it ran or not.
  var helper: ExecHelper?
  /// Where its program is on this machine; nil when it is not there.
  var helperPath: String?
  /// This executable can start helpers.
  var startsHelpers = true
  /// Dialled through; without userinfo.
  var proxy: String?
  var isEncrypted = true
  var isVerified = true
  var isLoopback = false
  var credential: Result<CheckCredential, APIError>?
  var answer: Result<Answer, APIError>?
  var kinds: Result<CheckKinds, APIError>?
  var rights: Result<CheckRights, APIError>?
  /// Whom the kubeconfig has the user pose as; empty: nobody.
  var impersonated = ""
  /// Who decided that only reads are let through; nil: actions are possible.
  var readOnlySource: String?
  var sources: [CheckSource] = []
  /// Why the Git sources could not be listed.
  var sourcesProblem: APIError?
}

/// Judges what one cluster answered.
struct CheckCluster {
  let seen: ClusterObservation
  let now: Date

  /// Skew from which on timestamps mislead (A18).
  static let skewLimit = 30.0

  var subject: CheckSubject {
    CheckSubject(kind: .cluster, name: seen.name, findings: findings, incomplete: incomplete)
  }

  private var findings: [CheckFinding] {
    if let problem = seen.problem {
      let advice = CheckRemedy.context(problem, seen)
      return [.failed("context", problem, remedy: advice.sentence, paste: advice.paste, facts: serverFacts)]
    }
    var findings = [server] + transport
    findings += clock
    findings += credentials
    // What nobody may see needs no second remedy.
    guard case .success = seen.answer, !isAnonymous else { return findings }
    switch seen.kinds {
    case .success(let kinds)?: findings += kinds.findings
    case .failure(let error)?: findings.append(unanswered("kinds", "what the server serves", error))
    case nil: break
    }
    switch seen.rights {
    case .success(let rights)?: findings += rights.findings(readOnlySource: seen.readOnlySource)
    case .failure(let error)?: findings.append(unanswered("read", "what may be listed and written", error))
    case nil: break
    }
    if let error = seen.sourcesProblem { findings.append(unanswered("sources", "the Git sources", error)) }
    return findings
  }

  private func unanswered(_ what: String, _ question: String, _ error: APIError) -> CheckFinding {
    .failed(what, "\(question) cannot be told: \(error.message)", remedy: CheckRemedy.server(error, seen))
  }

  private var incomplete: String? {
    if let problem = seen.problem { return problem }
    if case .failure(let error) = seen.answer { return error.message }
    if case .failure(let error) = seen.kinds { return error.message }
    if case .failure(let error) = seen.rights { return error.message }
    return seen.sourcesProblem?.message
  }

  private var serverFacts: JSON {
    var facts: JSON = ["server": .string(seen.server), "proxy": .optional(seen.proxy)]
    guard case .success(let answer) = seen.answer else { return facts }
    facts["version"] = .optional(answer.version)
    facts["provider"] = .optional(answer.provider)
    facts["latencyMilliseconds"] = answer.milliseconds.map { .number(Self.text($0)) } ?? .null
    facts["clockSkewSeconds"] = answer.skew.map { .integer(Int($0.rounded())) } ?? .null
    return facts
  }

  private var server: CheckFinding {
    switch seen.answer {
    case .success(let answer)?:
      let provider = answer.provider.map { " (\($0))" } ?? ""
      let latency = answer.milliseconds.map { ", \(Self.text($0)) ms" } ?? ""
      let proxy = seen.proxy.map { ", through \($0)" } ?? ""
      let version = answer.version.map { "\($0)\(provider)" } ?? "answers, but does not tell its version"
      return .ok("server", "\(version)\(latency), \(seen.server)\(proxy)", facts: serverFacts)
    case .failure(let error)? where error.status == 401:
      return .ok("server", "answers, but not to these credentials: \(seen.server)", facts: serverFacts)
    case .failure(let error)?:
      return .failed("server", error.message, remedy: CheckRemedy.server(error, seen), facts: serverFacts)
    case nil:
      return .failed(
        "server", "was not asked: \(seen.server)", remedy: "correct the credentials first", facts: serverFacts)
    }
  }

  private static func text(_ milliseconds: Double) -> String {
    milliseconds < 10 ? "\((milliseconds * 10).rounded() / 10)" : "\(Int(milliseconds.rounded()))"
  }

  private var transport: [CheckFinding] {
    guard seen.isEncrypted else {
      if seen.isLoopback { return [.ok("tls", "none: http, which does not leave this machine")] }
      return [
        .warning(
          "tls", "none: credentials and answers can be read on the way",
          remedy: "use https in server: of the kubeconfig")
      ]
    }
    guard seen.isVerified else {
      return [
        .warning(
          "tls", "the server is not verified (insecure-skip-tls-verify): anybody on the way can pose as it",
          remedy: "remove insecure-skip-tls-verify, and put the cluster's CA into certificate-authority-data")
      ]
    }
    guard case .success(let answer)? = seen.answer else { return [] }
    guard let end = answer.certificateExpires else { return [.ok("tls", "verified")] }
    let facts: JSON = ["serverCertificateExpires": .date(end)]
    let detail = "server certificate \(CheckTime.until(end, at: now))"
    if end.timeIntervalSince(now) < CheckTime.soon {
      return [
        .warning(
          "tls", detail, remedy: "have the server's certificate renewed (kubeadm certs renew, or its provider)",
          facts: facts)
      ]
    }
    return [.ok("tls", detail, facts: facts)]
  }

  private var clock: [CheckFinding] {
    guard case .success(let answer)? = seen.answer, let skew = answer.skew, abs(skew) > Self.skewLimit else {
      return []
    }
    let direction = skew > 0 ? "ahead of" : "behind"
    return [
      .warning(
        "clock", "the server's clock is \(CheckTime.span(skew)) \(direction) this machine's: ages and expiries mislead",
        remedy: "synchronise the one that is wrong", paste: "timedatectl timesync-status")
    ]
  }

  private var credentials: [CheckFinding] {
    switch seen.credential {
    case nil: return []
    case .failure(let error)?:
      let remedy = CheckRemedy.credential(error, seen)
      return [.failed("credentials", error.message, remedy: remedy.sentence, paste: remedy.paste)]
    case .success(let credential)?: return [judge(credential)]
    }
  }

  /// There is no credential, and without one nothing may be seen.
  private var isAnonymous: Bool {
    guard case .success(let credential)? = seen.credential, credential.form == .none else { return false }
    if case .failure(let error)? = seen.kinds { return error.isForbidden || error.isUnauthorized }
    return (try? seen.rights?.get())?.isNothing == true
  }

  private func judge(_ credential: CheckCredential) -> CheckFinding {
    var detail = credential.word
    if !seen.user.isEmpty, credential.form != .none { detail += " of \(seen.user)" }
    if !seen.impersonated.isEmpty { detail += ", posing as \(seen.impersonated)" }
    let ends = [credential.expires, credential.certificateExpires].compactMap { $0 }
    let end = ends.min()
    let facts: JSON = [
      "form": .string(credential.word), "user": .optional(seen.user.isEmpty ? nil : seen.user), "expires": .date(end),
    ]
    let login = CheckRemedy.login(seen)
    if let end, end <= now {
      let what = end == credential.certificateExpires ? "the client certificate" : "it"
      return .failed(
        "credentials",
        "\(detail): \(what) expired on \(CheckTime.moment(end)) (\(CheckTime.span(end.timeIntervalSince(now))) ago)",
        remedy: login.sentence, paste: login.paste, facts: facts)
    }
    if case .failure(let error)? = seen.answer, error.status == 401 {
      return .failed(
        "credentials", "\(detail): \(error.message)", remedy: login.sentence, paste: login.paste, facts: facts)
    }
    if let end {
      detail += ", \(CheckTime.until(end, at: now))"
      let isSoon = end.timeIntervalSince(now) < CheckTime.soon
      if isSoon, !credential.isRenewed {
        return .warning("credentials", detail, remedy: login.sentence, paste: login.paste, facts: facts)
      }
      if isSoon { detail += ", then renewed" }
    }
    if isAnonymous {
      return .failed(
        "credentials", "none: the server takes you for anonymous, who may see nothing", remedy: login.sentence,
        paste: login.paste, facts: facts)
    }
    return .ok("credentials", detail, facts: facts)
  }
}
