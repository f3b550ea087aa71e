import FoundationEssentials
import GitOps
import HTTP
import Kube
import Structured

/// What can be told of a credential without asking anybody: its form and when it ends.
struct CheckCredential: Sendable, Equatable {
  enum Form: Sendable, Equatable {
    case none, token, basic, certificate
    case tokenFile(String)
    /// A helper program, by its command line.
    case helper(String)
  }

  var form: Form
  /// A token's or a helper's end; nil: not known.
  var expires: Date?
  /// The end of the client certificate; nil without one.
  var certificateExpires: Date?

  /// - Parameter credential: as the source gave it.
  init(_ credential: Credential, form: Form? = nil, expires: Date? = nil) {
    let words = credential.authorization?.split(separator: " ", maxSplits: 1) ?? []
    let isBearer = words.count == 2 && words[0] == "Bearer"
    self.form =
      form ?? (isBearer ? .token : words.isEmpty ? credential.certificate == nil ? .none : .certificate : .basic)
    self.expires = expires ?? credential.expires ?? (isBearer ? Self.expiry(ofToken: String(words[1])) : nil)
    certificateExpires = credential.certificate.flatMap(Self.expiry(ofCertificate:))
  }

  /// `exp` of a JSON Web Token (RFC 7519, 4.1.4). Nothing is verified: only the server can.
  static func expiry(ofToken token: String) -> Date? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, token.utf8.count <= 64 << 10 else { return nil }
    var text = parts[1].replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: String(text)), let document = try? JSONDocument(parsing: [UInt8](data)),
      let seconds = document.root["exp"]?.double, (0..<1e11).contains(seconds)
    else { return nil }
    return Date(timeIntervalSince1970: seconds)
  }

  /// The end of the first certificate in PEM (RFC 7468): the client's own one.
  static func expiry(ofCertificate pem: [UInt8]) -> Date? {
    let text = String(decoding: pem, as: UTF8.self)
    guard let begin = text.firstRange(of: "-----BEGIN CERTIFICATE-----"),
      let end = text[begin.upperBound...].firstRange(of: "-----END CERTIFICATE-----"),
      let der = Data(base64Encoded: String(text[begin.upperBound..<end.lowerBound].filter { !$0.isWhitespace })),
      let validity = CertificateValidity(der: [UInt8](der))
    else { return nil }
    return Date(timeIntervalSince1970: Double(validity.until))
  }

  var word: String {
    switch form {
    case .none: "none"
    case .token: "token"
    case .basic: "user name and password"
    case .certificate: "client certificate"
    case .tokenFile(let path): "token file \(path)"
    case .helper(let command): "helper \(command)"
    }
  }

  /// Whether something renews it by itself before it ends.
  var isRenewed: Bool {
    switch form {
    case .tokenFile, .helper: true
    case .none, .token, .basic, .certificate: false
    }
  }
}

/// Moments and spans as `check` writes them.
enum CheckTime {
  /// Below it an end is near enough to warn.
  static let soon = 86_400.0

  /// `2026-08-01 10:00 UTC`.
  static func moment(_ date: Date) -> String {
    let text = Timestamp.format(date)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  /// `3h`, `12d`: how far apart, in one unit.
  static func span(_ seconds: Double) -> String {
    let seconds = Int(min(abs(seconds), 1e11))
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3600 { return "\(seconds / 60)m" }
    if seconds < 48 * 3600 { return "\(seconds / 3600)h" }
    return "\(seconds / 86_400)d"
  }

  /// `until 2026-08-01 10:00 UTC (3h)`.
  static func until(_ date: Date, at now: Date) -> String {
    "until \(moment(date)) (\(span(date.timeIntervalSince(now))))"
  }
}
