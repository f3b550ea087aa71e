import Foundation
import GitOps
import HTTP
import Structured

extension RealAPIServer {
  /// One request as the administrator (or with another token), over TLS with the server's certificate verified.
  public func request(
    _ method: Request.Method, _ path: String, _ body: JSON? = nil, type: String = "application/json",
    token: String = adminToken
  ) async throws -> Response {
    var tls = TLS()
    tls.authorities = authority
    let request = Request(
      method, url + path, target: .apiServer(base: url),
      headers: [
        ("Authorization", "Bearer \(token)"), ("Accept", "application/json"), ("Content-Type", type),
      ], body: body?.encoded(), tls: tls)
    return try await network.send(request, gate: .open)
  }

  /// As `request`, for what must succeed.
  /// - Throws: `Missed` with the server's sentence otherwise.
  @discardableResult
  public func expect(
    _ method: Request.Method, _ path: String, _ body: JSON? = nil, type: String = "application/json"
  ) async throws -> JSON {
    let response = try await request(method, path, body, type: type)
    guard response.isSuccess else {
      throw Missed("\(method.rawValue) \(path): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
    }
    return try JSON(parsing: response.body)
  }

  @discardableResult
  public func mergePatch(_ path: String, _ patch: JSON) async throws -> JSON {
    try await expect(.patch, path, patch, type: "application/merge-patch+json")
  }

  /// Server-side apply, as a GitOps controller does it.
  @discardableResult
  public func apply(_ path: String, _ object: JSON, manager: String) async throws -> JSON {
    try await expect(
      .patch, "\(path)?fieldManager=\(manager)&force=true", object, type: "application/apply-patch+yaml")
  }

  /// A kubeconfig file with one context `real`.
  /// - Parameters:
  ///   - server: another address for the same server, such as that of a recording proxy; it is spoken to without TLS when
  ///     it says so.
  ///   - user: how the user proves who it is, in place of the token.
  ///   - namespace: of the context.
  public func kubeconfig(
    context: String = "real", token: String = adminToken, server: String? = nil, authority: [UInt8]? = nil,
    user: JSON? = nil, namespace: String? = nil
  ) throws -> String {
    var cluster: JSON = ["server": .string(server ?? url)]
    if server?.hasPrefix("http://") != true {
      let data = Data(authority ?? self.authority).base64EncodedString()
      cluster["certificate-authority-data"] = .string(data)
    }
    var entry: JSON = ["cluster": .string(context), "user": .string(context)]
    if let namespace { entry["namespace"] = .string(namespace) }
    let config: JSON = [
      "apiVersion": "v1", "kind": "Config", "current-context": .string(context),
      "clusters": [["name": .string(context), "cluster": cluster]],
      "users": [["name": .string(context), "user": user ?? ["token": .string(token)]]],
      "contexts": [["name": .string(context), "context": entry]],
    ]
    let name = "kubeconfig-\(context)-\(UInt32.random(in: .min ... .max)).json"
    return try folder.write(String(decoding: config.encoded(pretty: true), as: UTF8.self), to: name)
  }

  /// kubectl as the administrator; throws when it fails.
  @discardableResult
  public func kubectl(_ words: String..., input: String? = nil) async throws -> String {
    try await kubectl(words, input: input)
  }

  @discardableResult
  public func kubectl(_ words: [String], input: String? = nil) async throws -> String {
    let home = folder.file("kubectl")
    return try await Program.check(
      ["kubectl", "--kubeconfig", kubeconfig()] + words,
      environment: ["HOME": home, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"], input: input)
  }

  /// apiVersion → kind → where its objects are; without what aggregated servers would serve.
  public func kinds() async throws -> [String: [String: KindPlace]] {
    var versions = ["v1"]
    for group in try await expect(.get, "/apis")["groups"]?.array ?? [] {
      versions += group["versions"]?.array?.compactMap { $0["groupVersion"]?.string } ?? []
    }
    var found: [String: [String: KindPlace]] = [:]
    for version in versions {
      let base = version == "v1" ? "/api/v1" : "/apis/\(version)"
      guard let list = try? await expect(.get, base) else { continue }
      for resource in list["resources"]?.array ?? [] {
        guard let plural = resource["name"]?.string, !plural.contains("/"), let kind = resource["kind"]?.string else {
          continue
        }
        found[version, default: [:]][kind] = KindPlace(
          base: base, plural: plural, isNamespaced: resource["namespaced"]?.bool == true)
      }
    }
    return found
  }

  /// Every request that reached the server so far, by the audit log.
  /// - Parameter agent: only those of programs whose name begins like this; the log of a large world is long.
  public func audit(agent: String = "") -> [AuditedRequest] {
    let sign = "\"userAgent\":\"\(agent)"
    return folder.read("audit.log").split(separator: "\n").compactMap { line in
      guard agent.isEmpty || line.contains(sign), let json = try? JSON(parsing: Array(line.utf8)),
        let verb = json["verb"]?.string, let uri = json["requestURI"]?.string
      else { return nil }
      return AuditedRequest(
        verb: verb, uri: uri, user: json.value(at: "user", "username")?.string ?? "",
        agent: json["userAgent"]?.string ?? "",
        received: json["requestReceivedTimestamp"]?.string.flatMap(Timestamp.parse) ?? .distantPast)
    }
  }
}

/// Where an API server has the objects of one kind.
public struct KindPlace: Sendable, Hashable {
  let base: String
  public let plural: String
  public let isNamespaced: Bool

  /// The path of an object, or of all of a namespace.
  public func path(namespace: String, name: String? = nil) -> String {
    let place = isNamespaced ? "\(base)/namespaces/\(namespace)/\(plural)" : "\(base)/\(plural)"
    return name.map { "\(place)/\($0)" } ?? place
  }
}

/// One request as the API server's audit log tells it.
public struct AuditedRequest: Sendable, Hashable {
  /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
  public let verb: String
  public let uri: String
  public let user: String
  public let agent: String
  /// When it reached the server.
  public let received: Date

  /// The path without the query.
  public var path: String { uri.split(separator: "?").first.map(String.init) ?? uri }
}
