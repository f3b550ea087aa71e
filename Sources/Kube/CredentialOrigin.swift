extension CredentialSource {
  /// The file that the token is read from at each use; nil when it comes from elsewhere.
  public var tokenFile: String? { (self as? CredentialFiles)?.token }
}
