/// A whole answer.
public struct Response: Sendable {
  public let status: Int
  public let headers: Headers
  public let body: [UInt8]
  /// How long the server's certificate is valid: only in the answer that came first over a connection, and only when the
  /// certificate was checked.
  public let certificate: CertificateValidity?

  public init(status: Int, headers: Headers, body: [UInt8], certificate: CertificateValidity? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
    self.certificate = certificate
  }

  public var isSuccess: Bool { (200..<300).contains(status) }
}

/// Header fields in the order they came; names compare without case (RFC 9110, 5.1).
public struct Headers: Sendable {
  public private(set) var fields: [(name: String, value: String)] = []

  public init() {}

  public init(_ fields: [(name: String, value: String)]) { self.fields = fields }

  /// The first field of that name.
  public subscript(name: String) -> String? {
    let name = name.lowercased()
    return fields.first { $0.name.lowercased() == name }?.value
  }

  mutating func append(_ name: String, _ value: String) { fields.append((name, value)) }
}
