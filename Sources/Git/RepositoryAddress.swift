import HTTP

/// Where a repository is, parsed and normalised; only addresses that may be fetched from can be made (D3).
public struct RepositoryAddress: Sendable, Hashable, CustomStringConvertible {
  public enum Scheme: String, Sendable, Hashable { case https, http, ssh, file }

  /// Who wrote the address down. Only the user's own configuration may name files of this machine.
  public enum Origin: Sendable, Hashable { case cluster, configuration }

  public let scheme: Scheme
  /// Lower case, IPv6 without brackets; empty for files.
  public let host: String
  /// Nil: the scheme's own.
  public let port: Int?
  /// With a leading slash, without a trailing one.
  public let path: String
  /// Part of the credential, never shown.
  let user: String?
  /// `token=…`: never shown, and no part of the requests over http: the smart protocol has its own queries.
  let query: String?
  /// `host:path`, relative to the user's home on the host.
  let isScpLike: Bool

  /// Parses `https://…`, `ssh://…`, `user@host:path`, `http://` to loopback and, from the configuration only, `file://…`
  /// and absolute paths.
  /// - Throws: `GitError` of kind `refusedAddress` for everything else, without repeating secrets.
  public init(_ text: String, namedBy origin: Origin) throws(GitError) {
    self = try AddressParser(text).parse()
    try check(origin)
  }

  init(
    scheme: Scheme, host: String, port: Int?, path: String, user: String? = nil, query: String? = nil,
    isScpLike: Bool = false
  ) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.path = path
    self.user = user
    self.query = query
    self.isScpLike = isScpLike
  }

  func check(_ origin: Origin) throws(GitError) {
    switch scheme {
    case .file where origin == .cluster:
      throw GitError(
        .refusedAddress,
        "\(url): a cluster named a path of this machine; name it under repos: in the configuration to read it")
    case .http where !isLoopback:
      throw GitError(.refusedAddress, "\(url): http is not encrypted and only used to loopback; use https or ssh")
    default: break
    }
  }

  private var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Normalised and safe to show: without userinfo, the values of a query replaced.
  public var url: String {
    let shownQuery = query.map { query in
      "?"
        + query.split(separator: "&").map { field in
          field.contains("=") ? field.prefix { $0 != "=" } + "=***" : "***"
        }.joined(separator: "&")
    }
    return "\(scheme.rawValue)://\(authority)\(path)\(shownQuery ?? "")"
  }

  public var description: String { url }

  /// The last component of the path without `.git`.
  public var name: String {
    let last = path.split(separator: "/").last.map(String.init) ?? host
    return last.hasSuffix(".git") && last.utf8.count > 4 ? String(last.dropLast(4)) : last
  }

  /// Host and port as a URL writes them.
  var authority: String {
    let bracketed = host.contains(":") ? "[\(host)]" : host
    return port.map { "\(bracketed):\($0)" } ?? bracketed
  }

  /// Equal for two spellings of one repository: user, query and a trailing `.git` do not count.
  var key: String {
    let bare = path.hasSuffix(".git") ? String(path.dropLast(4)) : path
    return "\(scheme.rawValue)://\(authority)\(bare)"
  }

  /// What libgit2 is given: an ssh user stays in it, nothing secret but a query.
  var fetchURL: String {
    switch scheme {
    case .file: "file://" + Self.percentEncoded(path)
    case .ssh:
      isScpLike
        ? "\(user.map { $0 + "@" } ?? "")\(authority):\(path.dropFirst())"
        : "ssh://\(user.map { $0 + "@" } ?? "")\(authority)\(path)"
    case .https, .http: "\(scheme.rawValue)://\(authority)\(path)\(query.map { "?" + $0 } ?? "")"
    }
  }

  /// For http: what the two requests of git-upload-pack begin with, in the normal form that the gate wants. An escape that
  /// could be read as another path stays as it is, and is refused there.
  var webBase: String {
    let segments = path.split(separator: "/").map { segment in
      guard let plain = AddressParser.percentDecoded(segment),
        !plain.unicodeScalars.contains(where: { $0.value < 0x20 || "/\\%;\u{7f}".unicodeScalars.contains($0) })
      else { return String(segment) }
      return Address.escaped(plain, allowing: ":")
    }
    return "\(scheme.rawValue)://\(authority)/\(segments.joined(separator: "/"))"
  }

  private static func percentEncoded(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.append(byte)
      default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
