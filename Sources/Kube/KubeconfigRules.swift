/// What a kubeconfig may ask for: everything, or what a locked program lets it (requirement C10).
public enum KubeconfigRules: Sendable, Hashable {
  case normal
  /// `by` is who says so, for the reason on screen: `driftglass-view`.
  case locked(by: String)

  func check(_ contents: SmallFile.Contents) throws(ContextProblem) {
    guard case .locked(let by) = self else { return }
    if contents.isWritableByOthers { throw ContextProblem("is writable by everybody: \(by) does not read it") }
    if contents.isOwnedByOther { throw ContextProblem("belongs to another user: \(by) does not read it") }
  }

  func check(_ access: ClusterAccess, namesProxy: Bool) throws(ContextProblem) {
    guard case .locked(let by) = self else { return }
    if !access.tls.verifies { throw ContextProblem("insecure-skip-tls-verify is not accepted by \(by)") }
    if namesProxy { throw ContextProblem("proxy-url is not accepted by \(by)") }
    if access.address.scheme != "https", !access.address.isLoopback {
      throw ContextProblem("server: only https:// is accepted by \(by)")
    }
  }

  /// - Parameter path: as the file has it.
  func check(path: String, _ field: String) throws(ContextProblem) {
    guard case .locked(let by) = self, !path.hasPrefix("/"), path.split(separator: "/").contains("..") else { return }
    throw ContextProblem("\(field): only absolute paths and those below the kubeconfig's folder are accepted by \(by)")
  }

  func check(_ helper: ExecHelper) throws(ContextProblem) {
    guard case .locked(let by) = self else { return }
    throw ContextProblem("needs the credential helper \(helper.command): \(by) starts none")
  }
}
