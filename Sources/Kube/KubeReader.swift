import FoundationEssentials
import GitOps
import HTTP
import Structured
import Synchronization

/// Reads one API server. Every request of it is a GET, or an access review.
public final class KubeReader: Sendable {
  public let cluster: ClusterID
  public let connection: APIConnection
  /// What may be asked of the server at a time, by everything that reads it.
  public let budget: RequestBudget
  /// Reaches all watches of this reader.
  public let pulse: Pulse
  /// Up to which version streams were followed that ended, for those that begin again.
  let lastSeen = Mutex<[StreamID: String]>([:])
  let reviews = Mutex<[AccessQuestion: KubeReader.Review]>([:])

  /// - Parameter pace: how many times faster than the wall's the caller's clock runs: the limits of requests follow.
  public init(
    access: ClusterAccess, cluster: ClusterID, network: Network, gate: Gate, agent: String = "driftglass/0.1",
    pace: Int = 1,
    budget: RequestBudget = RequestBudget()
  ) {
    self.cluster = cluster
    self.budget = budget
    let pulse = Pulse()
    self.pulse = pulse
    connection = APIConnection(access: access, network: network, gate: gate, agent: agent, pace: pace, budget: budget) {
      // Streams that are open were opened with what is not valid any more (A16).
      pulse.send(.suspect)
    }
  }

  /// Open connections may be dead without anybody having said so: every stream begins again, on a new one.
  public func suspect() {
    connection.renew()
    pulse.send(.suspect)
  }

  public var access: ClusterAccess { connection.access }

  /// When the server last sent anything: its last proof of life.
  public var lastLife: ContinuousClock.Instant? { connection.lastLife }

  /// `v1.31.2` (`GET /version`, `gitVersion`).
  public func version() async throws(APIError) -> String {
    let document = try await document(APICall(.get, "/version"))
    guard let version = document.root["gitVersion"]?.string else {
      throw APIError(.notAPI, message: "\(connection.host): \(APIError.notAPI) (no version)")
    }
    return version
  }

  /// A small question that proves that the server lives (A10): five seconds at most.
  public func heartbeat() async throws(APIError) {
    var call = APICall(.get, "/readyz")
    call.accept = "text/plain"
    call.channel = .heartbeat
    call.timeouts.total = .seconds(5)
    do { _ = try await connection.answer(to: call) } catch {
      // An answer is life, also one that says no.
      guard error.kind == .status, let status = error.status, status < 500 else { throw error }
    }
  }

  /// One object as it is now.
  public func get(_ ref: ObjectRef, version: String, plural: String) async throws(APIError) -> Object {
    let path = ResourcePath(
      group: ref.group, version: version, plural: plural, namespace: ref.namespace, name: ref.name)
    let bytes = try await connection.json(APICall(.get, path.path))
    return try object(bytes, ref.groupKind, version)
  }

  /// A JSON document of any other path: `/openapi/…`, a subresource.
  public func document(_ call: APICall) async throws(APIError) -> JSONDocument {
    let bytes = try await connection.json(call)
    do { return try JSONDocument(parsing: bytes, limits: .listPage) } catch { throw unreadable(error) }
  }

  /// One page of a list.
  /// - Parameters:
  ///   - token: the continue token of the page before.
  ///   - limit: items a page; nil asks for all at once.
  public func list(
    _ stream: StreamID, version: ListVersion = .any, continue token: String? = nil, limit: Int? = 500,
    asMetadata: Bool = false
  ) async throws(APIError) -> ObjectPage {
    var call = APICall(.get, collection(stream))
    if asMetadata { call.accept = KubeReader.metadataList }
    call.timeouts.total = .seconds(300)
    call.query = KubeReader.selection(stream)
    if let limit { call.query.append(("limit", String(limit))) }
    if let token {
      // Neither a version nor a match may stand beside a token (kubernetes: internalversion/validation).
      call.query.append(("continue", token))
    } else {
      switch version {
      case .any: call.query.append(("resourceVersion", "0"))
      case .notOlderThan(let version):
        call.query.append(("resourceVersion", version))
        call.query.append(("resourceVersionMatch", "NotOlderThan"))
      case .latest: break
      }
    }
    return try await read(stream, call)
  }

  /// Reads a page while it arrives.
  private func read(_ stream: StreamID, _ call: APICall) async throws(APIError) -> ObjectPage {
    var call = call
    call.cutsLines = false
    let response = try await connection.stream(call)
    var reader = JSONListReader()
    var objects: [Object] = []
    var skipped = 0
    func take(_ item: JSONListReader.Item) throws(ParseError) {
      do {
        if let object = try object(item.bytes, of: stream) { objects.append(object) } else { skipped += 1 }
      } catch {
        // What is no object of ours is counted; what is no JSON makes the page doubtful.
        guard case .shape = error.reason else { throw error.offset(by: item.offset) }
        skipped += 1
      }
    }
    while let chunk = try await chunk(response) {
      if reader.count == 0, chunk.first(where: { $0 > 0x20 }) != UInt8(ascii: "{") {
        try connection.checkJSON(response.headers, status: response.status)
      }
      do { try reader.read(chunk, take: take) } catch { throw unreadable(error) }
    }
    let head: JSONListReader.Head
    do { head = try reader.finish() } catch { throw unreadable(error) }
    guard head.kind != "Table", head.kind != "Status" else {
      throw APIError(.unreadable, message: "\(connection.host): a \(head.kind) instead of a list of \(stream.plural)")
    }
    guard !objects.isEmpty || skipped == 0 else {
      // Never "0 objects" where there are some that we do not understand.
      throw APIError(
        .unreadable, message: "\(connection.host): none of the \(skipped) listed \(stream.plural) is one")
    }
    return ObjectPage(
      objects: objects, resourceVersion: head.resourceVersion, continueToken: head.continueToken, skipped: skipped)
  }

  private func chunk(_ response: StreamingResponse) async throws(APIError) -> [UInt8]? {
    do {
      let chunk = try await response.nextChunk()
      if chunk != nil { connection.noteLife() }
      return chunk
    } catch {
      throw APIError(error)
    }
  }

  /// All objects of a stream, page by page.
  public func listAll(_ stream: StreamID, version: ListVersion = .any) async throws(APIError) -> [Object] {
    var objects: [Object] = []
    var token: String?
    for _ in 0..<WatchMachine.maximumPages {
      let page = try await list(stream, version: version, continue: token)
      objects += page.objects
      if page.continueToken.isEmpty { return objects }
      guard page.continueToken != token else { break }
      token = page.continueToken
    }
    throw APIError(.unreadable, message: "\(connection.host): the server's list of \(stream.plural) does not end")
  }

  /// Starts a watch.
  /// - Parameter asMetadata: only the objects' metadata (kubernetes: API concepts, partial object metadata).
  public func watch(
    _ stream: StreamID, _ start: WatchStart, timeoutSeconds: Int, asMetadata: Bool = false
  ) async throws(APIError) -> WatchStream {
    var call = APICall(.get, collection(stream))
    if asMetadata { call.accept = KubeReader.metadata }
    call.channel = .stream
    call.timeouts = .stream
    call.query =
      KubeReader.selection(stream) + [("watch", "1")] + start.query + [
        ("allowWatchBookmarks", "true"), ("timeoutSeconds", String(timeoutSeconds)),
      ]
    let response = try await connection.stream(call)
    try connection.checkJSON(response.headers, status: response.status)
    return WatchStream(stream: stream, reader: self, response: response)
  }

  private static let metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
  private static let metadataList = Gate.metadataList + ",application/json"

  private func collection(_ stream: StreamID) -> String {
    ResourcePath(
      group: stream.groupKind.group, version: stream.version, plural: stream.plural, namespace: stream.namespace
    ).path
  }

  private static func selection(_ stream: StreamID) -> [(name: String, value: String)] {
    switch stream.selector {
    case .everything: []
    case .labels(let selector): [("labelSelector", selector)]
    case .fields(let selector): [("fieldSelector", selector)]
    }
  }

  // Decoding

  /// Reads an object of a list or a watch; nil when the server sent what was not asked for, another kind's object or
  /// another namespace's (E-P19).
  func object(_ bytes: [UInt8], of stream: StreamID) throws(ParseError) -> Object? {
    let document = try JSONDocument(parsing: bytes, limits: .object)
    // Items of typed lists do not say their kind, those of metadata alone say another (kubernetes: list semantics, partial
    // object metadata).
    if let kind = document.root["kind"]?.string,
      !["", stream.groupKind.kind, "PartialObjectMetadata"].contains(kind)
    {
      return nil
    }
    let object = try Object(
      document, cluster: cluster, groupKind: stream.groupKind, version: stream.version,
      keepsOwnership: stream.selector != .everything)
    guard let namespace = stream.namespace, !namespace.isEmpty else { return object }
    return object.ref.namespace == namespace ? object : nil
  }

  /// Reads an object that the server sent.
  public func object(_ bytes: [UInt8], _ groupKind: GroupKind, _ version: String) throws(APIError) -> Object {
    do { return try Object(bytes: bytes, cluster: cluster, groupKind: groupKind, version: version) } catch {
      throw unreadable(error)
    }
  }

  func unreadable(_ error: ParseError) -> APIError {
    APIError(.unreadable, message: "\(connection.host): the server's answer cannot be read: \(error.description)")
  }
}
