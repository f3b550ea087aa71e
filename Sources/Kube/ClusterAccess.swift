import HTTP

/// How to reach one API server and as whom.
public struct ClusterAccess: Sendable {
  /// `https://host:port/prefix`, without a slash at the end.
  public let server: String
  public let address: Address
  /// The context's namespace, `default` when it names none.
  public var namespace = "default"
  /// Authorities, server name and verification. The client's certificate comes from `credentials`.
  public var tls = TLS()
  public var proxy: String?
  public var credentials: any CredentialSource
  /// `Impersonate-…` headers.
  public var impersonation: [(name: String, value: String)] = []
  /// Whether the server may compress answers.
  public var compresses = true

  /// - Throws: when `server` is not an `https` or `http` address, or contains userinfo or a query.
  public init(server: String, credentials: any CredentialSource = FixedCredential()) throws(AddressError) {
    address = try Address(parsing: server)
    guard address.query == nil else { throw AddressError("the address contains a query") }
    var path = Substring(address.path)
    while path.hasSuffix("/") { path.removeLast() }
    self.server = address.origin + path
    self.credentials = credentials
  }

  /// What the user must see for as long as this access is used.
  public var marks: [String] {
    var marks: [String] = []
    if address.scheme == "http", !address.isLoopback { marks.append("http: not encrypted") }
    if address.scheme == "https", !tls.verifies { marks.append("TLS is not verified") }
    return marks
  }
}
