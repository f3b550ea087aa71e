import HTTP

/// A `proxy-url`. What goes wrong with it is said without repeating it: its userinfo is a password.
struct ProxyAddress {
  /// As libcurl wants it.
  let url: String

  /// - Throws: a sentence.
  init(parsing text: String) throws(ContextProblem) {
    guard let mark = text.firstRange(of: "://"), !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else {
      throw ContextProblem("proxy-url is not the address of a proxy")
    }
    let scheme = text[..<mark.lowerBound].lowercased()
    let rest = text[mark.upperBound...]
    switch scheme {
    case "http", "https": url = "\(scheme)://\(rest)"
    // As client-go does, the proxy looks the server's name up: behind it there may be names that only it knows. libcurl
    // calls that socks5h.
    case "socks5", "socks5h": url = "socks5h://\(rest)"
    default: throw ContextProblem("proxy-url is neither http, https nor socks5")
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    guard (try? Address(parsing: "http://\(host)")) != nil else {
      throw ContextProblem("proxy-url is not the address of a proxy")
    }
  }
}
