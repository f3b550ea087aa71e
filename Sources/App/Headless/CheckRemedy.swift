import Glibc
import Kube

/// What to do about a cluster that fails, by the kind of failure.
enum CheckRemedy {
  struct Advice: Equatable {
    let sentence: String
    var paste: String?
  }

  /// A context that the kubeconfig does not describe completely.
  static func context(_ problem: String, _ seen: ClusterObservation) -> Advice {
    if problem.contains("is not defined") || problem.contains("names no cluster") {
      return Advice(
        sentence: "complete the kubeconfig, or leave this context out with clusters: in the configuration")
    }
    if problem.contains("auth-provider") {
      return Advice(
        sentence: "replace auth-provider of user \(seen.user) by exec, as the provider's login command writes it")
    }
    if let helper = seen.helper, problem.contains("helper") {
      return refusedHelper(helper, path: seen.helperPath, isView: !seen.startsHelpers)
    }
    return Advice(sentence: "correct this field in the kubeconfig")
  }

  /// No connection, or no answer of an API server.
  static func server(_ error: APIError, _ seen: ClusterObservation) -> String {
    switch error.kind {
    case .connection(.resolve):
      return "check the name in server: of the kubeconfig, the DNS of this machine, and the VPN"
    case .connection(.connect), .connection(.timeout): return unreachable(error.message, seen)
    case .connection(.tls) where error.message.contains("did not finish"): return unreachable(error.message, seen)
    case .connection(.tls): return tls(error.message)
    case .connection(.notHTTP), .notAPI:
      return seen.proxy == nil
        ? "check the port and path in server: of the kubeconfig; a login page or a load balancer may answer there"
        : "check server: and proxy-url: the proxy may answer in the server's place"
    case .connection(.setUp): return "correct the certificate or the proxy of this cluster in the kubeconfig"
    case .connection: return "try again; if it stays, look at the server's and the proxies' logs"
    case .status where error.isForbidden:
      return "have an administrator bind a role to user \(seen.user.isEmpty ? "of this context" : seen.user)"
    case .status where error.status == 429:
      return "the server is overloaded: try again\(error.retryAfter.map { " in \($0) s" } ?? "")"
    case .status: return "look at the API server's health: kubectl get --raw /readyz?verbose"
    case .unreadable, .credential: return "try again; if it stays, look at the server's log"
    }
  }

  private static func unreachable(_ message: String, _ seen: ClusterObservation) -> String {
    if let proxy = seen.proxy {
      return
        "it is dialled through \(proxy) (proxy-url, or HTTPS_PROXY): is that proxy up, and may it reach the server?"
    }
    if message.contains("refused") {
      return seen.isLoopback
        ? "nothing listens there: start the local cluster, the tunnel or kubectl proxy"
        : "nothing listens there: is the server up, and is server: the right address?"
    }
    if message.contains("no answer within") || message.contains("handshake did not finish") {
      return "something takes the connection and stays silent: is the server behind that address or balancer alive?"
    }
    return "packets do not come back: connect the VPN or the tunnel, and check the firewall"
  }

  private static func tls(_ message: String) -> String {
    func says(_ words: String...) -> Bool { words.contains { message.contains($0) } }
    if says("has expired") { return "the server's certificate must be renewed (kubeadm certs renew, or its provider)" }
    if says("not yet valid") { return "its certificate is not valid yet: check the clock of this machine" }
    if says("for another name", "mismatch") {
      return "set tls-server-name in the kubeconfig to a name that the certificate has"
    }
    if says("client certificate") { return "the server does not take this client certificate: get a new kubeconfig" }
    if says("issuer", "self-signed", "self signed", "unable to verify", "not accepted") {
      return "put the CA that signed it into certificate-authority-data of this cluster in the kubeconfig"
    }
    if says("does not speak TLS") { return "use http:// in server:, or the port that speaks TLS" }
    return "check server: and proxies on the way; TLS below 1.2 is not spoken"
  }

  /// A helper that may not be started here: the line that lets it, for whoever may write the policy.
  /// - Parameter path: where the program is on this machine, when it is there.
  static func refusedHelper(_ helper: ExecHelper, path: String?, isView: Bool) -> Advice {
    let line = "helpers: [\(path ?? "/usr/bin/\(helper.command.split(separator: "/").last ?? "")")]"
    return Advice(
      sentence: isView
        ? "driftglass-view starts no programs: use a kubeconfig with a token or a client certificate, or driftglass with "
          + "this line in /etc/driftglass/policy.yaml"
        : "have an administrator add this line to /etc/driftglass/policy.yaml",
      paste: line)
  }

  /// Where a shell would find a program.
  static func path(of command: String, in list: String) -> String? {
    if command.contains("/") { return command }
    return list.split(separator: ":").map { "\($0)/\(command)" }.first { access($0, X_OK) == 0 }
  }

  /// There is no credential to use.
  static func credential(_ error: APIError, _ seen: ClusterObservation) -> Advice {
    guard let helper = seen.helper else { return login(seen) }
    if error.message.contains("is not installed") {
      let hint = helper.installHint.isEmpty ? "install \(helper.command), or correct exec.command" : helper.installHint
      return Advice(sentence: hint)
    }
    return login(seen)
  }

  /// How to get new credentials of the form that the context uses.
  static func login(_ seen: ClusterObservation) -> Advice {
    let user = seen.user.isEmpty ? "the context's user" : "user \(seen.user)"
    if let helper = seen.helper {
      return Advice(
        sentence: "log in with its helper in a shell, then check again (the dashboard: L)", paste: commandLine(helper))
    }
    guard case .success(let credential)? = seen.credential else {
      return Advice(sentence: "correct the credentials of \(user) in the kubeconfig")
    }
    switch credential.form {
    case .none: return Advice(sentence: "give the context a user with a token, a client certificate or exec")
    case .token: return Advice(sentence: "replace the token of \(user) in the kubeconfig")
    case .basic: return Advice(sentence: "correct username and password of \(user) in the kubeconfig")
    case .certificate: return Advice(sentence: "get a new kubeconfig, or a new client certificate for \(user)")
    case .tokenFile(let path): return Advice(sentence: "have a new token written to \(path)")
    case .helper: return Advice(sentence: "log in again with the helper of \(user)")
    }
  }

  /// As somebody would type it in a shell, without what may be secret.
  static func commandLine(_ helper: ExecHelper) -> String {
    var words: [String] = helper.environment.sorted { $0.key < $1.key }.map { name, value in
      "\(name)=\(isSecret(name) ? hidden : quoted(value))"
    }
    words.append(quoted(helper.command))
    var hidesNext = false
    for argument in helper.arguments {
      let name = argument.prefix { $0 != "=" }
      let isOption = argument.hasPrefix("-") && isSecret(String(name))
      if hidesNext {
        words.append(hidden)
      } else if isOption, name.count < argument.count {
        words.append("\(quoted(String(name)))=\(hidden)")
      } else {
        words.append(quoted(argument))
      }
      hidesNext = !hidesNext && isOption && name.count == argument.count
    }
    return words.joined(separator: " ")
  }

  private static let hidden = "***"

  private static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["secret", "token", "password", "passwd", "key"].contains { name.contains($0) }
  }

  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0)) }
    return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }
}
