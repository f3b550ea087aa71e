import Git
import GitOps
import Structured

/// A repository that a cluster's source object or the configuration names.
struct CheckSource: Sendable, Hashable {
  /// As it is named: may hold what is never shown.
  let url: String
  /// Nil: a pinned commit or a range of versions, which the source's own report decides.
  let reference: GitReference?
  /// What it follows, for people.
  let follows: String
  /// Who names it: `prod-eu flux-system/fleet`, or `repos:`.
  let place: String
}

/// What asking one repository brought.
struct RepositoryObservation: Sendable {
  let source: CheckSource
  /// Where it is read, when the address is one that is read at all.
  var location: RepositoryLocation?
  /// The address as it may be shown.
  let shown: String
  /// The commit of the reference.
  var head: Result<String, GitError>
  /// A credential helper gave the credential that was taken.
  var usedHelper = false
  /// Milliseconds until the answer.
  var milliseconds: Int?
}

/// Judges what one repository answered.
struct CheckRepository {
  let seen: RepositoryObservation
  /// The configuration file, for remedies.
  let file: String

  var subject: CheckSubject {
    let reason: String? = if case .failure(let error) = seen.head { detail(of: error) } else { nil }
    return CheckSubject(
      kind: .repository, name: seen.shown, findings: [finding],
      incomplete: reason.map { "repository \(seen.shown): \($0)" })
  }

  private var facts: JSON {
    let commit: String? = try? seen.head.get()
    return [
      "reference": .string(word), "commit": .optional(commit), "readAt": .optional(seen.location?.address.url),
      "namedBy": .string(seen.source.place), "authentication": .string(authentication),
      "milliseconds": seen.milliseconds.map(JSON.integer) ?? .null,
    ]
  }

  private var word: String { seen.source.reference?.word ?? "HEAD" }

  private var finding: CheckFinding {
    switch seen.head {
    case .success(let commit):
      let follows =
        seen.source.reference == nil && !seen.source.follows.isEmpty ? " (follows \(seen.source.follows))" : ""
      let time = seen.milliseconds.map { ", \($0) ms" } ?? ""
      let elsewhere = seen.location.flatMap { $0.address == $0.named ? nil : ", read at \($0.address.url)" } ?? ""
      return .ok(
        "reference", "\(word) is \(commit.prefix(7))\(follows)\(time); \(authentication)\(elsewhere)", facts: facts)
    case .failure(let error):
      let advice = remedy(error)
      return .failed(
        "reference", "\(word): \(detail(of: error)); named by \(seen.source.place)", remedy: advice.sentence,
        paste: advice.paste, facts: facts)
    }
  }

  /// How this machine proves who it is.
  private var authentication: String {
    guard let location = seen.location else { return "not asked" }
    switch (location.address.scheme, location.token) {
    case (.ssh, _): return "key of the ssh agent"
    case (.file, _): return "a folder of this machine"
    case (_, .environment(let name)?): return "token in $\(name)"
    case (_, .file(let path)?): return "token in \(path)"
    case (_, nil): return seen.usedHelper ? "credential helper" : "no credential needed"
    }
  }

  /// The error without the address that the title has, and without the advice that has its own line.
  private func detail(of error: GitError) -> String {
    var text = error.message
    for prefix in [seen.location?.address.url, seen.shown].compactMap({ $0 }) where text.hasPrefix("\(prefix): ") {
      text.removeFirst(prefix.count + 2)
    }
    guard let end = text.firstRange(of: "; ") else { return text }
    return String(text[..<end.lowerBound])
  }

  private func remedy(_ error: GitError) -> CheckRemedy.Advice {
    let named = seen.location?.named.url ?? seen.shown
    switch error.kind {
    case .hostKey: return hostKey(error)
    case .authentication: return authenticate(named)
    case .notFound:
      return .init(
        sentence: "check spec.url of \(seen.source.place); many hosts also say so to a credential that may not see it")
    case .noSuchReference:
      return .init(sentence: "check spec.ref of \(seen.source.place): the host has no such reference")
    case .certificate:
      return .init(
        sentence: "name the CA of the host in \(file), or add it to the system's bundle",
        paste: "repos:\n  - { match: \"\(named)\", ca: /path/to/ca.pem }")
    case .refusedAddress:
      return .init(
        sentence: "name under repos: in \(file) where this machine reads it",
        paste: "repos:\n  - { match: \"\(named)\", url: \"https://HOST/PATH.git\" }")
    case .unreachable, .timeout:
      return .init(
        sentence:
          "check the host's name and port, the VPN and the firewall; is another address reachable from here, name it under repos: in \(file)"
      )
    case .limit: return .init(sentence: "it is larger than what is read: name a smaller mirror under repos: in \(file)")
    case .gone, .corrupt, .io, .cancelled:
      return .init(sentence: "check the folder of mirrors, ~/.cache/driftglass/git, then check again")
    }
  }

  private func authenticate(_ named: String) -> CheckRemedy.Advice {
    switch (seen.location?.address.scheme, seen.location?.token) {
    case (.ssh?, _):
      return .init(sentence: "load a key that may read it into the ssh agent", paste: "ssh-add ~/.ssh/id_ed25519")
    case (.file?, _): return .init(sentence: "make it readable for this user")
    case (_, .environment(let name)?): return .init(sentence: "put a token that may read it into $\(name)")
    case (_, .file(let path)?): return .init(sentence: "put a token that may read it into \(path)")
    case (_, nil):
      return .init(
        sentence: "log in with Git's credential helper, or name a token in \(file)",
        paste: "repos:\n  - { match: \"\(named)\", token: { env: GIT_TOKEN } }")
    }
  }

  private func hostKey(_ error: GitError) -> CheckRemedy.Advice {
    let host = seen.location?.address.host ?? "HOST"
    let port = seen.location?.address.port
    if error.message.contains("CHANGED") {
      return .init(
        sentence: "compare the new key with what the host publishes; only if it is right, remove the old one",
        paste: "ssh-keygen -R \(port.map { "'[\(host)]:\($0)'" } ?? host)")
    }
    return .init(
      sentence: "compare the key with what the host publishes, then add it",
      paste: "ssh-keyscan \(port.map { "-p \($0) " } ?? "")\(host) >> ~/.ssh/known_hosts")
  }
}
