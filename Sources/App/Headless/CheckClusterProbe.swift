import FoundationEssentials
import GitOps
import HTTP
import Kube
import Structured
import Sync

/// How long `check` waits.
struct CheckLimits: Sendable {
  /// For a server: to connect, and for each answer.
  var answer: Duration = .seconds(10)
  /// For a credential helper: it has its own limit of 30 s (A17).
  var credential: Duration = .seconds(35)
  /// For rights in many namespaces, and lists of sources.
  var rights: Duration = .seconds(30)
  var repository: Duration = .seconds(15)
}

/// Asks one cluster everything that `check` tells of it. Only reads, behind a read-only gate.
struct CheckClusterProbe: Sendable {
  let cluster: Setup.NamedContext
  let readOnlySource: String?
  /// Where a shell would look for helpers: `PATH`.
  let path: String
  /// This executable can start credential helpers.
  let startsHelpers: Bool
  let limits: CheckLimits

  func run() async -> ClusterObservation {
    var seen = ClusterObservation(name: cluster.id.name)
    seen.user = cluster.context.user
    seen.server = cluster.context.server
    seen.readOnlySource = readOnlySource
    seen.helper = cluster.context.helper
    seen.helperPath = seen.helper.flatMap { CheckRemedy.path(of: $0.command, in: path) }
    seen.startsHelpers = startsHelpers
    switch cluster.context.access {
    case .failure(let problem): seen.problem = problem.description
    case .success(let access): await ask(access, &seen)
    }
    return seen
  }

  private func ask(_ access: ClusterAccess, _ seen: inout ClusterObservation) async {
    seen.server = access.server
    seen.proxy = access.proxy.map(Masking.withoutUser)
    seen.isEncrypted = access.address.scheme == "https"
    seen.isVerified = access.tls.verifies
    seen.isLoopback = access.address.isLoopback
    let credential = await self.credential(access)
    let form: CheckCredential.Form? =
      if let helper = cluster.context.helper {
        .helper(CheckRemedy.commandLine(helper))
      } else {
        access.credentials.tokenFile.map { .tokenFile($0) }
      }
    seen.credential = credential.map { CheckCredential($0, form: form) }
    seen.impersonated = access.impersonation.first { $0.name == "Impersonate-User" }?.value ?? ""
    var usable = access
    // Whether the server is there is worth knowing without a credential, too.
    if case .failure = credential { usable.credentials = FixedCredential() }
    // Of its own: contexts of one server would share a connection, and only the first would see the certificate.
    let network = Network()
    defer { network.shutdown() }
    let reader = KubeReader(access: usable, cluster: cluster.id, network: network, gate: .readOnly())
    seen.answer = await answer(of: reader)
    guard case .success = seen.answer, case .success = credential else { return }
    let kinds: Result<CheckKinds, APIError> = await within(limits.answer, reader) { () async throws(APIError) in
      CheckKinds(try await reader.discover())
    }
    seen.kinds = kinds
    guard case .success(let kinds) = kinds else { return }
    let probe = CheckRightsProbe(
      reader: reader, served: kinds.served, namespace: access.namespace, wanted: cluster.namespaces)
    let rights: Result<CheckRights, APIError> = await within(limits.rights, reader) { await probe.run() }
    seen.rights = rights
    guard case .success(let rights) = rights else { return }
    await listSources(kinds, rights, reader, &seen)
  }

  private func credential(_ access: ClusterAccess) async -> Result<Credential, APIError> {
    let result = await CheckDeadline.result(of: limits.credential) { () async throws(APIError) in
      try await access.credentials.credential()
    }
    return result
      ?? .failure(APIError(.credential, message: "the credentials were not there within \(limits.credential)"))
  }

  private func answer(of reader: KubeReader) async -> Result<ClusterObservation.Answer, APIError> {
    var call = APICall(.get, "/version")
    call.timeouts.connect = limits.answer
    call.timeouts.handshake = limits.answer
    call.timeouts.start = limits.answer
    let first = call
    let response: Result<Response, APIError> = await within(limits.answer, reader) { () async throws(APIError) in
      try await reader.connection.answer(to: first)
    }
    switch response {
    case .failure(let error) where error.isForbidden:
      // It lives and knows us: what it will not tell is its version.
      return .success(ClusterObservation.Answer())
    case .failure(let error): return .failure(error)
    case .success(let response):
      let document = try? JSONDocument(parsing: response.body)
      guard let version = document?.root["gitVersion"]?.string else {
        return .failure(
          APIError(.notAPI, message: "\(reader.connection.host): not an API server's answer (no version)"))
      }
      var answer = ClusterObservation.Answer(version: version)
      answer.provider = Provider.name(version: version, server: reader.access.server)
      answer.skew = reader.connection.skew
      answer.certificateExpires = response.certificate.map { Date(timeIntervalSince1970: Double($0.until)) }
      answer.milliseconds = await latency(reader, call)
      return .success(answer)
    }
  }

  /// The median of three requests on the connection that is open now.
  private func latency(_ reader: KubeReader, _ call: APICall) async -> Double? {
    var times: [Double] = []
    for _ in 0..<3 {
      let begin = ContinuousClock.now
      let response: Result<Response, APIError> = await within(limits.answer, reader) { () async throws(APIError) in
        try await reader.connection.answer(to: call)
      }
      guard case .success = response else { return nil }
      let (seconds, attoseconds) = (ContinuousClock.now - begin).components
      times.append(Double(seconds) * 1000 + Double(attoseconds) / 1e15)
    }
    return times.sorted()[1]
  }

  private func listSources(
    _ kinds: CheckKinds, _ rights: CheckRights, _ reader: KubeReader, _ seen: inout ClusterObservation
  ) async {
    let git = GitRepositoryAdapter.kind
    guard let index = kinds.served.firstIndex(where: { $0.kind == git }) else { return }
    let (kind, allowed) = (kinds.served[index], rights.kinds[index])
    let places: [String?] = allowed.lists ? [nil] : allowed.listedIn.sorted()
    let cluster = cluster.id
    let listed: Result<[CheckSource], APIError> = await within(limits.rights, reader) { () async throws(APIError) in
      var sources: [CheckSource] = []
      for place in places {
        let stream = StreamID(
          cluster: cluster, groupKind: git.groupKind, version: kind.version, plural: kind.plural, namespace: place)
        for object in try await reader.listAll(stream) {
          let resource = GitRepositoryAdapter.describe(object)
          guard let url = resource.url else { continue }
          sources.append(
            CheckSource(
              url: url, reference: Engine.reference(of: resource), follows: resource.follows ?? "",
              place: "\(cluster.name) \(object.ref.path)"))
        }
      }
      return sources
    }
    switch listed {
    case .success(let sources): seen.sources = sources
    case .failure(let error): seen.sourcesProblem = error
    }
  }

  /// The result, or that there was none in time.
  private func within<Value: Sendable>(
    _ limit: Duration, _ reader: KubeReader, _ work: @escaping @Sendable () async throws(APIError) -> Value
  ) async -> Result<Value, APIError> {
    // A little longer than the connection's own limits, which say more.
    await CheckDeadline.result(of: limit + limit / 20, work)
      ?? .failure(
        APIError(
          .connection(.timeout), message: "\(reader.connection.host): no answer within \(CheckDeadline.words(limit))"))
  }
}

/// Work that is given up when it takes too long.
enum CheckDeadline {
  /// Nil when it was not done in time: it is cancelled then.
  static func result<Value: Sendable, Failure: Error>(
    of limit: Duration, _ work: @escaping @Sendable () async throws(Failure) -> Value
  ) async -> Result<Value, Failure>? {
    await withTaskGroup(of: Result<Value, Failure>?.self) { group in
      group.addTask {
        do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
      }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  /// `10 s`, `300 ms`.
  static func words(_ limit: Duration) -> String {
    let (seconds, attoseconds) = limit.components
    return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
  }
}
