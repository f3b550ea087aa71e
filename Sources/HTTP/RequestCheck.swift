/// A request taken apart for the gate: the path after the target's base, its template, its query.
struct RequestCheck {
  private let request: Request
  /// Nil when the path is not in normal form: allowed only through an open gate.
  private let segments: [String]?
  private let pathProblem: String
  private let query: String?
  private let base: String
  /// `/apis/{group}/{version}/namespaces/{namespace}/{resource}/{name}`, for records; `(other)` for what is no API path.
  let template: String

  /// The rules for every request, read-only or not: well-formed address and headers, and inside its target.
  init(_ request: Request) throws(GateRefusal) {
    self.request = request
    let address: Address
    do { address = try Address(parsing: request.url) } catch { throw GateRefusal(error.description) }
    for (name, value) in request.headers { try RequestCheck.checkHeader(name, value) }
    switch request.target {
    case .apiServer(let base), .repository(let base): self.base = base
    }
    let root: Address
    do { root = try Address(parsing: base) } catch { throw GateRefusal("the target: \(error.description)") }
    guard root.origin == address.origin, root.query == nil, address.path.hasPrefix(root.path) else {
      throw GateRefusal("the address is not below its target")
    }
    let rest = String(address.path.dropFirst(root.path.count))
    query = address.query
    do throws(GateRefusal) {
      let whole = try RequestCheck.normalSegments(of: address.path)
      let below = try RequestCheck.normalSegments(of: rest)
      var prefix: Set<String> = []
      // The names of Git repositories may be those of subresources.
      if case .apiServer = request.target { prefix = Set(whole.dropLast(below.count).map { $0.lowercased() }) }
      guard prefix.isDisjoint(with: APIPath.forbiddenSubresources) else {
        throw GateRefusal("the server's path leads through a proxy")
      }
      segments = below
      pathProblem = ""
    } catch {
      segments = nil
      pathProblem = error.reason
    }
    switch request.target {
    case .apiServer: template = segments.flatMap { APIPath($0)?.template } ?? "(other)"
    case .repository: template = rest
    }
  }

  private static func checkHeader(_ name: String, _ value: String) throws(GateRefusal) {
    let isToken = !name.isEmpty && name.utf8.allSatisfy { Address.isUnreserved($0) || $0 == 0x25 }
    guard isToken else { throw GateRefusal("a header's name is not valid") }
    guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw GateRefusal("the header \(name) contains a control character")
    }
  }

  /// Segments of a path in normal form: one slash between them, no dot segments, no parameters, escapes only where they
  /// are needed and in capitals.
  static func normalSegments(of path: String) throws(GateRefusal) -> [String] {
    guard path.isEmpty || path.hasPrefix("/") else { throw GateRefusal("the path does not begin with a slash") }
    if path.isEmpty { return [] }
    var segments: [String] = []
    for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard !segment.isEmpty, segment != ".", segment != ".." else { throw GateRefusal("the path is not normalised") }
      var bytes = Array(segment.utf8)[...]
      while let byte = bytes.popFirst() {
        if Address.isUnreserved(byte) || byte == 0x3A { continue }
        guard byte == 0x25, let high = bytes.popFirst().flatMap(digit), let low = bytes.popFirst().flatMap(digit) else {
          throw GateRefusal("the path is not normalised")
        }
        let decoded = high << 4 | low
        let isNeeded = !Address.isUnreserved(decoded) && decoded != 0x3A
        // Slash, backslash, percent, semicolon: what another reader might decode into a different path.
        let isTrick = decoded < 0x20 || decoded == 0x7F || [0x2F, 0x5C, 0x25, 0x3B].contains(decoded)
        guard isNeeded, !isTrick else { throw GateRefusal("the path is not normalised") }
      }
      segments.append(String(segment))
    }
    return segments
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    default: nil
    }
  }

  func checkReadOnly(_ rules: Gate.Rules) throws(GateRefusal) {
    for (name, _) in request.headers { try checkAllowedHeader(name.lowercased()) }
    guard let segments else { throw GateRefusal(pathProblem) }
    switch request.target {
    case .apiServer:
      guard rules.servers?.contains(base) ?? true else { throw GateRefusal("this API server is not on the list") }
      try checkAPI(segments, rules)
    case .repository:
      guard rules.repositories?.contains(base) ?? true else { throw GateRefusal("this repository is not on the list") }
      try checkRepository(segments)
    }
  }

  private func checkAllowedHeader(_ name: String) throws(GateRefusal) {
    let allowed: Set<String> = [
      "accept", "accept-encoding", "authorization", "content-type", "git-protocol", "if-none-match",
      "impersonate-group", "impersonate-uid", "impersonate-user", "user-agent",
    ]
    guard allowed.contains(name) || name.hasPrefix("impersonate-extra-") else {
      throw GateRefusal("read-only: the header \(name) is not allowed")
    }
  }

  private func checkAPI(_ segments: [String], _ rules: Gate.Rules) throws(GateRefusal) {
    guard let path = APIPath(segments) else { throw GateRefusal("read-only: this path is not allowed") }
    switch (request.method, path) {
    case (.get, .fixed), (.get, .discovery):
      try checkQuery(["verbose", "hash"])
    case (.get, .object(let object)):
      try checkRead(object, rules)
    case (.post, .object(let object)) where object.isSelfReview:
      guard query == nil else { throw GateRefusal("read-only: a review takes no query") }
      let kind = object.resource == "selfsubjectaccessreviews" ? "SelfSubjectAccessReview" : "SelfSubjectRulesReview"
      guard request.header("content-type") == "application/json", let body = request.body,
        JSONOutline.kind(ofReview: body) == kind
      else { throw GateRefusal("read-only: the body is not a \(kind)") }
      return
    default:
      throw GateRefusal("read-only: \(request.method.rawValue) is not allowed here")
    }
    guard request.body == nil else { throw GateRefusal("read-only: a GET has no body") }
  }

  private func checkRead(_ object: APIPath.Object, _ rules: Gate.Rules) throws(GateRefusal) {
    if let subresource = object.subresource {
      guard object.isPodLog else { throw GateRefusal("read-only: the subresource \(subresource) is not allowed") }
      guard rules.podLogs else { throw GateRefusal("read-only: pod logs are not allowed") }
      try checkQuery([
        "container", "follow", "previous", "sinceSeconds", "sinceTime", "tailLines", "limitBytes", "timestamps",
      ])
      return
    }
    let parameters = try checkQuery(
      object.name != nil
        ? []
        : [
          "watch", "resourceVersion", "resourceVersionMatch", "allowWatchBookmarks", "timeoutSeconds", "limit",
          "continue", "labelSelector", "fieldSelector", "sendInitialEvents",
        ])
    if object.resource == "secrets", object.name == nil {
      let selector = parameters["labelSelector"]
      // Of Helm's records the labels alone: no value is in the answer.
      let isHelm = selector?.hasPrefix("owner=helm,") == true && parameters["watch"] == nil && asksForMetadataOnly
      guard let selector, isHelm || rules.secretSelectors.contains(selector) else {
        throw GateRefusal("read-only: Secrets are read by name only")
      }
    }
  }

  private var asksForMetadataOnly: Bool {
    let accepted = request.headers.filter { $0.name.lowercased() == "accept" }.map(\.value)
    return accepted == [Gate.metadataList]
  }

  private func checkRepository(_ segments: [String]) throws(GateRefusal) {
    switch (request.method, segments) {
    case (.get, ["info", "refs"]):
      guard query == "service=git-upload-pack", request.body == nil else {
        throw GateRefusal("read-only: only git-upload-pack is allowed")
      }
    case (.post, ["git-upload-pack"]):
      guard query == nil, request.header("content-type") == "application/x-git-upload-pack-request" else {
        throw GateRefusal("read-only: the body is not a git-upload-pack request")
      }
    default:
      throw GateRefusal("read-only: \(request.method.rawValue) is not allowed here")
    }
  }

  /// Each parameter at most once, and only named ones; values decoded.
  @discardableResult
  private func checkQuery(_ allowed: Set<String>) throws(GateRefusal) -> [String: String] {
    guard let query else { return [:] }
    var found: [String: String] = [:]
    for part in query.split(separator: "&", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(pair[0])
      guard allowed.contains(name), found[name] == nil else {
        throw GateRefusal("read-only: the query parameter \(name) is not allowed here")
      }
      found[name] = RequestCheck.decoded(pair.count > 1 ? pair[1] : "")
    }
    return found
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes = Array(text.utf8)[...]
    var result: [UInt8] = []
    while let byte = bytes.popFirst() {
      if byte == 0x25, bytes.count >= 2, let high = digit(bytes[bytes.startIndex]),
        let low = digit(bytes[bytes.startIndex + 1])
      {
        bytes = bytes.dropFirst(2)
        result.append(high << 4 | low)
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
