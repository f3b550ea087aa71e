/// Takes the text of an address apart. Strict: what it does not know it refuses, and it never repeats the text in a
/// message without redaction.
struct AddressParser {
  private static let maximumBytes = 2048
  private let text: String

  init(_ text: String) { self.text = text }

  private func refused(_ reason: String) -> GitError {
    let shown = RepositoryAddress.redacted(String(text.prefix(200)))
    let clean = String(String.UnicodeScalarView(shown.unicodeScalars.map { Self.isControl($0) ? "?" : $0 }))
    return GitError(.refusedAddress, "\(clean): refused: \(reason)")
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || [0x2028, 0x2029].contains(scalar.value)
  }

  func parse() throws(GitError) -> RepositoryAddress {
    guard !text.isEmpty else { throw refused("the address is empty") }
    guard text.utf8.count <= Self.maximumBytes else { throw refused("the address is too long") }
    guard !text.unicodeScalars.contains(where: Self.isControl) else {
      throw refused("it contains control characters")
    }
    guard !text.hasPrefix("-") else { throw refused("it begins with '-'") }
    if text.hasPrefix("/") { return try file(path: text[...]) }
    guard !text.contains(where: \.isWhitespace) else { throw refused("it contains spaces") }
    if let separator = text.firstRange(of: "://") {
      return try url(scheme: text[..<separator.lowerBound].lowercased(), rest: text[separator.upperBound...])
    }
    if text.prefix(while: { $0 != "/" }).contains("::") { throw refused("remote helpers are never run") }
    return try scpLike()
  }

  private func url(scheme name: String, rest: Substring) throws(GitError) -> RepositoryAddress {
    let scheme: RepositoryAddress.Scheme
    switch name {
    case "https": scheme = .https
    case "http": scheme = .http
    case "ssh", "git+ssh", "ssh+git": scheme = .ssh
    case "file": scheme = .file
    default: throw refused("only https, ssh and (from the configuration) file addresses are read")
    }
    let authority = rest.prefix { !"/?#".contains($0) }
    var path = rest[authority.endIndex...].prefix { !"?#".contains($0) }
    let tail = rest[path.endIndex...]
    guard !tail.contains("#") else { throw refused("it contains '#'") }
    if scheme == .file {
      guard authority.isEmpty || authority == "localhost", tail.isEmpty else {
        throw refused("a file address is file:///path")
      }
      guard let decoded = Self.percentDecoded(path) else { throw refused("it contains a broken %-escape") }
      return try file(path: decoded[...])
    }
    let (user, host, port) = try parts(of: authority, scheme: scheme)
    while path.hasSuffix("/") { path = path.dropLast() }
    try check(path, scheme: scheme)
    guard scheme != .ssh || tail.isEmpty else { throw refused("an ssh address has no query") }
    let query = tail.isEmpty ? nil : String(tail.dropFirst())
    return RepositoryAddress(scheme: scheme, host: host, port: port, path: String(path), user: user, query: query)
  }

  /// `[user@]host:path`, as ssh and scp write it.
  private func scpLike() throws(GitError) -> RepositoryAddress {
    let head = text.prefix { $0 != "/" }
    let afterBracket = head.lastIndex(of: "]") ?? head.startIndex
    guard let colon = head[afterBracket...].firstIndex(of: ":") else {
      throw refused("it is neither a URL nor user@host:path; a local path has to be absolute")
    }
    guard !head[colon...].contains("@") else {
      throw refused("it contains a password, or a path that cannot be told from one; write it as ssh://")
    }
    let (user, host, _) = try parts(of: text[..<colon], scheme: .ssh)
    var path = text[text.index(after: colon)...]
    let isAbsolute = path.hasPrefix("/")
    guard !path.hasPrefix("-") else { throw refused("its path begins with '-'") }
    while path.hasSuffix("/") { path = path.dropLast() }
    let full = isAbsolute ? String(path) : "/" + path
    try check(full[...], scheme: .ssh)
    return RepositoryAddress(
      scheme: .ssh, host: host, port: nil, path: full, user: user, isScpLike: !isAbsolute)
  }

  private func file(path: Substring) throws(GitError) -> RepositoryAddress {
    var path = path
    while path.hasSuffix("/") { path = path.dropLast() }
    guard path.hasPrefix("/"), !path.unicodeScalars.contains(where: Self.isControl) else {
      throw refused("a local path has to be absolute")
    }
    return RepositoryAddress(scheme: .file, host: "", port: nil, path: String(path))
  }

  private func parts(
    of authority: Substring, scheme: RepositoryAddress.Scheme
  ) throws(GitError) -> (user: String?, host: String, port: Int?) {
    var user: String?
    var rest = authority
    if let at = authority.lastIndex(of: "@") {
      let info = authority[..<at]
      guard !info.contains(":") else {
        throw refused("it contains a password; name a token under repos: in the configuration instead")
      }
      guard let decoded = Self.percentDecoded(info), !decoded.isEmpty, !decoded.hasPrefix("-"),
        !decoded.unicodeScalars.contains(where: Self.isControl), !decoded.contains("@"), !decoded.contains(":")
      else { throw refused("its user is not one") }
      user = decoded
      rest = authority[authority.index(after: at)...]
    }
    var host: Substring
    var portText: Substring?
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { throw refused("its host is not one") }
      host = rest[rest.index(after: rest.startIndex)..<end]
      guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        throw refused("its host is not one")
      }
      let after = rest[rest.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw refused("its host is not one") }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else {
      host = rest.prefix { $0 != ":" }
      portText = host.endIndex == rest.endIndex ? nil : rest[rest.index(after: host.endIndex)...]
      let allowed = host.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
      guard !host.isEmpty, allowed, !host.hasPrefix("-"), !host.hasPrefix(".") else {
        throw refused("its host is not one")
      }
    }
    var port: Int?
    if let portText, !portText.isEmpty {
      guard portText.utf8.count <= 5, portText.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int(portText),
        (1...65535).contains(value)
      else { throw refused("its port is not one") }
      let usual: Int? =
        switch scheme {
        case .https: 443
        case .http: 80
        case .ssh: 22
        case .file: nil
        }
      port = value == usual ? nil : value
    }
    return (user, host.lowercased(), port)
  }

  /// The path reaches the remote's shell inside single quotes over ssh, and the request line over https.
  private func check(_ path: Substring, scheme: RepositoryAddress.Scheme) throws(GitError) {
    guard path.utf8.count > 1 else { throw refused("it names no repository on the host") }
    let parts = path.split(separator: "/")
    guard !parts.isEmpty, !parts.contains(where: { $0 == "." || $0 == ".." }) else {
      throw refused("its path contains '.' or '..'")
    }
    if scheme == .ssh, path.contains(where: { "'\"\\!`$".contains($0) }) {
      throw refused("its path contains characters that a remote shell would act on")
    }
  }

  /// Nil when an escape is broken, or the bytes are no UTF-8.
  static func percentDecoded(_ text: Substring) -> String? {
    var out: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        out.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }),
        let low = rest.popFirst().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue })
      else { return nil }
      out.append(UInt8(high * 16 + low))
    }
    return String(validating: out, as: UTF8.self)
  }
}
