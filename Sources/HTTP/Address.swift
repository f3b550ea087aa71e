/// An absolute `http` or `https` address, taken apart strictly: what the gate checks is byte for byte what is sent.
public struct Address: Sendable, Hashable {
  /// `http` or `https`.
  public let scheme: String
  /// Without the brackets of an IPv6 address.
  public let host: String
  public let port: Int
  /// From the first slash up to the query; empty when the address has none.
  public let path: String
  /// Without the question mark; nil when there is none.
  public let query: String?

  /// - Throws: a sentence that says what is wrong, without repeating userinfo.
  public init(parsing text: String) throws(AddressError) {
    guard text.utf8.count <= 16_384 else { throw AddressError("the address is longer than 16 KiB") }
    for byte in text.utf8 where byte <= 0x20 || byte >= 0x7F || byte == 0x5C {
      throw AddressError("the address contains a character that is not allowed")
    }
    guard !text.contains("#") else { throw AddressError("the address contains a fragment") }
    var rest = Substring(text)
    let lowered = text.prefix(8).lowercased()
    if lowered.hasPrefix("https://") {
      scheme = "https"
      rest = rest.dropFirst(8)
    } else if lowered.hasPrefix("http://") {
      scheme = "http"
      rest = rest.dropFirst(7)
    } else {
      throw AddressError("the address is neither https:// nor http://")
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    rest = rest.dropFirst(authority.count)
    guard !authority.contains("@") else { throw AddressError("the address contains a user name or password") }
    (host, port) = try Address.split(authority, defaultPort: scheme == "https" ? 443 : 80)
    if let mark = rest.firstIndex(of: "?") {
      path = String(rest[..<mark])
      query = String(rest[rest.index(after: mark)...])
    } else {
      path = String(rest)
      query = nil
    }
  }

  private static func split(_ authority: Substring, defaultPort: Int) throws(AddressError) -> (String, Int) {
    var host = authority
    var port: Substring?
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { throw AddressError("the address has no closing bracket") }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let after = authority[authority.index(after: close)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw AddressError("the address has text after the bracket") }
      port = after.isEmpty ? nil : after.dropFirst()
      guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        throw AddressError("the address's host is not an IPv6 address")
      }
    } else {
      if let colon = authority.firstIndex(of: ":") {
        host = authority[..<colon]
        port = authority[authority.index(after: colon)...]
      }
      guard !host.isEmpty, host.utf8.count <= 253,
        host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_") })
      else { throw AddressError("the address's host name is empty or not valid") }
    }
    guard let port else { return (host.lowercased(), defaultPort) }
    guard port.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(port), (1...65_535).contains(number) else {
      throw AddressError("the address's port is not a number from 1 to 65535")
    }
    return (host.lowercased(), number)
  }

  /// `host:port`, with brackets around IPv6: how messages name a server.
  public var hostAndPort: String { "\(bracketedHost):\(port)" }

  /// Scheme, host and port, always with the port.
  public var origin: String { "\(scheme)://\(hostAndPort)" }

  var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

  /// True for the local machine by number or by the name `localhost`.
  public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

  /// Escapes one path segment or query value so that the gate finds it normalised: everything but unreserved
  /// characters (RFC 3986, 2.3) and, in a path, the colon that names of RBAC objects contain.
  public static func escaped(_ text: String, allowing extra: StaticString = "") -> String {
    var result: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      let isPlain = extra.withUTF8Buffer { $0.contains(byte) }
      if isPlain || Address.isUnreserved(byte) {
        result.append(byte)
      } else {
        result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }
}

/// Why a text is not an address we connect to.
public struct AddressError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
