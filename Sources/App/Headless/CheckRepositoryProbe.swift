import Git
import Sync
import Synchronization

/// Asks repositories for their references; nothing is downloaded.
struct CheckRepositoryProbe: Sendable {
  let git: GitSources
  let helpers: HelperRecord
  let limit: Duration

  /// A dead host must not keep the others waiting for a slot, and nothing is downloaded.
  static func limits(_ limit: Duration) -> FetchLimits {
    var limits = FetchLimits()
    limits.whole = limit
    limits.idle = limit
    limits.connect = min(limit, .seconds(10))
    limits.fetches = 64
    limits.fetchesPerHost = 8
    return limits
  }

  func run(_ source: CheckSource) async -> RepositoryObservation {
    var seen = RepositoryObservation(
      source: source, shown: RepositoryAddress.redacted(source.url),
      head: .failure(GitError(.timeout, "no answer within \(CheckDeadline.words(limit))")))
    do throws(GitError) {
      let location = try git.rules.locate(source.url)
      seen = RepositoryObservation(source: source, location: location, shown: location.named.url, head: seen.head)
      let mirror = git.cache.mirror(of: location)
      let begin = ContinuousClock.now
      let head: Result<String, GitError>? = await CheckDeadline.result(of: limit + limit / 20) {
        () async throws(GitError) in
        try await mirror.remoteHead(source.reference ?? .head)
      }
      if let head { seen.head = head }
      let (seconds, attoseconds) = (ContinuousClock.now - begin).components
      seen.milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
      seen.usedHelper = helpers.gaveCredential(host: location.address.host)
    } catch {
      seen.head = .failure(error)
    }
    return seen
  }
}

/// Notes for which hosts a credential helper had a credential.
final class HelperRecord: Sendable {
  private let hosts = Mutex<Set<String>>([])

  func gaveCredential(host: String) -> Bool { hosts.withLock { $0.contains(host) } }

  /// The same source, which is also noted.
  func observing(_ credentials: @escaping CredentialSource) -> CredentialSource {
    { request throws(GitError) in
      let credential = try await credentials(request)
      // With its port here, without it in an address.
      if credential != nil { self.hosts.withLock { _ = $0.insert(Self.bare(request.host)) } }
      return credential
    }
  }

  private static func bare(_ host: String) -> String {
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    return String(host.prefix { $0 != ":" })
  }
}
