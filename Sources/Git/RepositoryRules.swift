/// The `repos:` of the configuration: where this machine reads what the controllers name differently, and with what.
public struct RepositoryRules: Sendable, Hashable {
  public struct Rule: Sendable, Hashable {
    let key: String
    let address: RepositoryAddress
    let token: TokenReference?
    let authority: String?

    /// - Parameter match: the address as the controllers name it; user and a trailing `.git` do not count.
    /// - Parameter url: where to read it instead; nil: the same address.
    /// - Parameter authority: path of a file with the PEM certificates to trust instead of the system's.
    /// - Throws: `GitError` of kind `refusedAddress`.
    public init(
      match: String, url: String? = nil, token: TokenReference? = nil, authority: String? = nil
    ) throws(GitError) {
      key = try AddressParser(match).parse().key
      address = try RepositoryAddress(url ?? match, namedBy: .configuration)
      self.token = token
      self.authority = authority
    }
  }

  private let rules: [Rule]

  public init(_ rules: [Rule] = []) { self.rules = rules }

  /// Where to read the repository that a controller names `url`. The first matching rule decides; without one the
  /// address itself is used, if a cluster may name it.
  /// - Throws: `GitError` of kind `refusedAddress`.
  public func locate(_ url: String) throws(GitError) -> RepositoryLocation {
    let named = try AddressParser(url).parse()
    if let rule = rules.first(where: { $0.key == named.key }) {
      return RepositoryLocation(
        named: named, address: rule.address, token: rule.token, authority: rule.authority)
    }
    try named.check(.cluster)
    return RepositoryLocation(named: named, address: named, token: nil)
  }
}

/// A repository as a controller names it, and where this machine reads it.
public struct RepositoryLocation: Sendable, Hashable {
  public let named: RepositoryAddress
  public let address: RepositoryAddress
  public let token: TokenReference?
  /// Path of a file with the certificates to trust instead of the system's.
  public let authority: String?

  public init(
    named: RepositoryAddress, address: RepositoryAddress, token: TokenReference? = nil, authority: String? = nil
  ) {
    self.named = named
    self.address = address
    self.token = token
    self.authority = authority
  }
}
