import HTTP

/// The service account that a pod finds mounted (kubernetes: client-go rest/config.go, InClusterConfig).
struct InClusterConfiguration {
  static let folder = "/var/run/secrets/kubernetes.io/serviceaccount"
  static let context = "in-cluster"

  private let host: String
  private let port: String
  private let folder: String

  /// Nil outside of a pod.
  init?(environment: [String: String], folder: String) {
    guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
      let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
    else { return nil }
    self.host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    self.port = port
    self.folder = folder
  }

  func context(proxies: ProxyEnvironment) -> KubeContext {
    let server = "https://\(host):\(port)"
    // Without it people see `default`; whoever mounts it differently has named one elsewhere.
    let namespace = (try? SmallFile.read("\(folder)/namespace")).map {
      String(decoding: $0.bytes, as: UTF8.self).filter { !$0.isWhitespace }
    }
    let access: Result<ClusterAccess, ContextProblem>
    do throws(ContextProblem) {
      var made = try self.access(server)
      made.proxy = proxies.proxy(for: made.address)
      made.namespace = namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
      access = .success(made)
    } catch {
      access = .failure(error)
    }
    var hasher = Hasher()
    hasher.combine(server)
    hasher.combine((try? access.get())?.tls)
    return KubeContext(
      name: Self.context, namespace: (try? access.get())?.namespace ?? "default", server: server,
      user: "service account", access: access, identity: hasher.finalize())
  }

  private func access(_ server: String) throws(ContextProblem) -> ClusterAccess {
    var access: ClusterAccess
    do {
      access = try ClusterAccess(server: server, credentials: CredentialFiles(token: "\(folder)/token"))
    } catch {
      throw ContextProblem("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT: \(error.description)")
    }
    do { access.tls.authorities = try SmallFile.read("\(folder)/ca.crt").bytes } catch {
      throw ContextProblem("the service account's CA \(folder)/ca.crt \(error.reason)")
    }
    _ = try KubeconfigMerge.checked(access.tls.authorities ?? [], "\(folder)/ca.crt", "CERTIFICATE")
    return access
  }
}
