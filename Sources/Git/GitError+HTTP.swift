import HTTP

extension GitError {
  /// No answer came from the host of `address`, or not all of it.
  init(asking address: RepositoryAddress, _ error: HTTPError) {
    let name = address.url
    let cause = error.cause
    switch error.kind {
    case .tls where cause.contains("certificate"):
      self.init(
        .certificate,
        "\(name): \(cause); correct it, or name its CA with ca: under repos: in the configuration")
    case .resolve, .connect, .tls, .setUp:
      self.init(.unreachable, "\(name): cannot be reached (\(cause)); check the address and the network")
    case .timeout:
      self.init(.timeout, "\(name): the host stays silent (\(cause)) and the fetch was ended; it is tried again")
    case .cut: self.init(.unreachable, "\(name): the connection broke (\(cause)); it is tried again")
    case .notHTTP: self.init(.unreachable, "\(name): \(cause); check the address")
    case .tooLarge: self.init(.limit, "\(name): \(cause); the fetch was ended")
    case .refusedByGate: self.init(.refusedAddress, "\(name): \(cause)")
    case .cancelled: self.init(.cancelled, "\(name): the fetch was cancelled")
    }
  }

  /// The host of `address` answered something else than Git's data.
  init(answerOf address: RepositoryAddress, status: Int, headers: Headers, hadCredential: Bool) {
    let name = address.url
    let isPage = headers["content-type"]?.lowercased().hasPrefix("text/html") == true
    switch status {
    case 401 where hadCredential:
      self.init(
        .authentication, "\(name): \(address.host) refused the login (401); \(address.authenticationRemedy)")
    case 401:
      self.init(.authentication, "\(name): \(address.host) wants a login (401); \(address.authenticationRemedy)")
    case 403:
      self.init(
        .authentication,
        "\(name): \(address.host) forbids to read it (403); \(hadCredential ? "check what the token may read" : address.authenticationRemedy)"
      )
    case 404, 410:
      self.init(
        .notFound,
        "\(name): no repository there (\(status)), or this login may not see it; check the address and what the credential may see"
      )
    case 300..<400:
      self.init(
        .unreachable,
        "\(name): it redirects to \(Self.place(headers["location"])), which is not followed; name that address in spec.url, or under repos: in the configuration"
      )
    case 429:
      self.init(.unreachable, "\(name): \(address.host) asks for fewer requests (429); it is tried again later")
    case 200..<300 where isPage, 511:
      self.init(
        .unreachable,
        "\(name): a web page came instead of Git's data: a login page, or a portal of the network on the way; check the address, or log in to the network"
      )
    case 200..<300:
      self.init(
        .unreachable,
        "\(name): \(address.host) does not speak Git's smart http protocol there; check the address")
    default:
      self.init(.unreachable, "\(name): \(address.host) answered with status \(status); it is tried again")
    }
  }

  /// Where a redirect points, safe to show: without userinfo and query, and up to the repository.
  private static func place(_ location: String?) -> String {
    guard let location, !location.isEmpty else { return "nowhere" }
    let clean = String(
      String.UnicodeScalarView(location.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7f }.prefix(300)))
    let bare = clean.prefix { $0 != "?" && $0 != "#" }
    let end = bare.firstRange(of: "/info/refs")?.lowerBound ?? bare.endIndex
    return RepositoryAddress.redacted(String(bare[..<end]))
  }
}
