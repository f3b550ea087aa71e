import FoundationEssentials
import HTTP
import Structured

/// Several kubeconfig files as one: the first file that defines a name wins, as a whole entry.
struct KubeconfigMerge {
  let contexts: [KubeconfigFile.Entry]
  let current: String?
  private let rules: KubeconfigRules
  private let clusters: [String: KubeconfigFile.Entry]
  private let users: [String: KubeconfigFile.Entry]

  init(_ files: [KubeconfigFile], rules: KubeconfigRules, warnings: inout Kubeconfig.Warnings) {
    self.rules = rules
    func first(_ kind: String, _ entries: (KubeconfigFile) -> [KubeconfigFile.Entry]) -> [KubeconfigFile.Entry] {
      var seen: Set<String> = []
      var kept: [KubeconfigFile.Entry] = []
      for file in files {
        var here: Set<String> = []
        for entry in entries(file) {
          // Across files this is how overriding works; within one file it is a mistake.
          if !here.insert(entry.name).inserted {
            warnings.append("the \(kind) \(entry.name) is defined twice: the first one counts")
          }
          if seen.insert(entry.name).inserted { kept.append(entry) }
        }
      }
      return kept
    }
    contexts = first("context", \.contexts)
    clusters = Dictionary(uniqueKeysWithValues: first("cluster", \.clusters).map { ($0.name, $0) })
    users = Dictionary(uniqueKeysWithValues: first("user", \.users).map { ($0.name, $0) })
    current = files.lazy.compactMap(\.current).first
  }

  func context(
    _ entry: KubeconfigFile.Entry, proxies: ProxyEnvironment, helpers: Kubeconfig.HelperCredentials?
  ) -> KubeContext {
    let clusterName = entry.body.filled("cluster")
    let userName = entry.body.filled("user")
    let namespace = entry.body.filled("namespace") ?? "default"
    let cluster = clusterName.flatMap { clusters[$0] }
    let access: Result<ClusterAccess, ContextProblem>
    var helper: ExecHelper?
    var hasher = Hasher()
    hasher.combine(entry.body.json)
    for part in [cluster, userName.flatMap { users[$0] }] {
      hasher.combine(part?.body.json)
      hasher.combine(part?.folder)
    }
    do throws(ContextProblem) {
      guard let clusterName else { throw ContextProblem("the context names no cluster") }
      guard let cluster else { throw ContextProblem("the cluster \(clusterName) is not defined") }
      var made = try self.access(cluster, proxies: proxies)
      made.namespace = namespace
      if let userName {
        guard let user = users[userName] else { throw ContextProblem("the user \(userName) is not defined") }
        try add(user, to: &made, of: cluster, &helper, helpers: helpers)
      }
      // Files that are read only once: another CA is another server.
      hasher.combine(made.tls)
      hasher.combine(made.proxy)
      access = .success(made)
    } catch {
      hasher.combine(error)
      access = .failure(error)
    }
    // An address with userinfo is not repeated: it is a password.
    let server = (try? access.get())?.server ?? cluster?.body.filled("server").flatMap { $0.contains("@") ? nil : $0 }
    return KubeContext(
      name: entry.name, namespace: namespace, server: server ?? "", user: userName ?? "", access: access,
      helper: helper, identity: hasher.finalize())
  }

  private func access(
    _ cluster: KubeconfigFile.Entry, proxies: ProxyEnvironment
  ) throws(ContextProblem) -> ClusterAccess {
    let body = cluster.body
    guard let server = body.filled("server") else { throw ContextProblem("server is missing") }
    var access: ClusterAccess
    do { access = try ClusterAccess(server: server) } catch { throw ContextProblem("server: \(error.description)") }
    access.tls.serverName = body.filled("tls-server-name")
    access.tls.verifies = body["insecure-skip-tls-verify"]?.bool != true
    access.tls.authorities = try pem(cluster, "certificate-authority", marker: "CERTIFICATE")
    if !access.tls.verifies, access.tls.authorities != nil {
      throw ContextProblem("insecure-skip-tls-verify and certificate-authority exclude each other")
    }
    access.compresses = body["disable-compression"]?.bool != true
    let named = try body.filled("proxy-url").map { text throws(ContextProblem) in try ProxyAddress(parsing: text) }
    access.proxy = named?.url ?? proxies.proxy(for: access.address)
    try rules.check(access, namesProxy: named != nil)
    return access
  }

  private func add(
    _ user: KubeconfigFile.Entry, to access: inout ClusterAccess, of cluster: KubeconfigFile.Entry,
    _ named: inout ExecHelper?, helpers: Kubeconfig.HelperCredentials?
  ) throws(ContextProblem) {
    let body = user.body
    if let plugin = body.filled("auth-provider") ?? body["auth-provider"]?["name"]?.text {
      throw ContextProblem("auth-provider \(plugin) is not supported any more: use an exec helper")
    }
    access.impersonation = try KubeconfigMerge.impersonation(body)
    if let exec = body["exec"], !exec.isNull {
      let authorities = access.tls.authorities
      let helper = try ExecHelper(exec, user: user.name, folder: user.folder) {
        KubeconfigMerge.description(of: cluster, authorities: authorities)
      }
      named = helper
      try rules.check(helper)
      guard let helpers else {
        throw ContextProblem("needs the credential helper \(helper.command): this program starts none")
      }
      access.credentials = try helpers(helper).get()
      return
    }
    var files = CredentialFiles()
    (files.base.certificate, files.certificate) = try material(user, "client-certificate", marker: "CERTIFICATE")
    (files.base.key, files.key) = try material(user, "client-key", marker: "PRIVATE KEY")
    let hasCertificate = files.base.certificate != nil || files.certificate != nil
    let hasKey = files.base.key != nil || files.key != nil
    guard hasCertificate == hasKey else {
      throw ContextProblem(hasKey ? "client-key without client-certificate" : "client-certificate without client-key")
    }
    try checkPair(files)
    if let path = body.filled("tokenFile") {
      try rules.check(path: path, "tokenFile")
      files.token = KubeconfigMerge.resolve(path, user.folder)
    } else if let token = body.filled("token") {
      guard !token.contains(where: { $0.isWhitespace || $0.isNewline }) else {
        throw ContextProblem("token contains white space")
      }
      files.base.authorization = "Bearer \(token)"
    } else if let name = body.filled("username") {
      let pair = "\(name):\(body.filled("password") ?? "")"
      files.base.authorization = "Basic \(Data(pair.utf8).base64EncodedString())"
    }
    let isFixed = files.token == nil && files.certificate == nil && files.key == nil
    access.credentials = isFixed ? FixedCredential(files.base) : files
  }

  /// A key that is not the certificate's is found here rather than in a handshake that fails for ever.
  private func checkPair(_ files: CredentialFiles) throws(ContextProblem) {
    func bytes(_ inline: [UInt8]?, _ path: String?) -> [UInt8]? {
      inline ?? path.flatMap { try? SmallFile.read($0).bytes }
    }
    guard let certificate = bytes(files.base.certificate, files.certificate),
      let key = bytes(files.base.key, files.key), KeyPair.belongTogether(certificate: certificate, key: key) == false
    else { return }
    throw ContextProblem("client-key does not belong to client-certificate")
  }

  /// Inline bytes or the path of a file; inline wins (kubernetes: client-go tools/clientcmd/api/v1, Cluster).
  private func material(
    _ entry: KubeconfigFile.Entry, _ field: String, marker: String
  ) throws(ContextProblem) -> (bytes: [UInt8]?, path: String?) {
    if let text = entry.body.filled("\(field)-data") {
      // Wrapped base64 is what people paste; white space in it means nothing.
      guard let data = Data(base64Encoded: String(text.filter { !$0.isWhitespace })) else {
        throw ContextProblem("\(field)-data is not base64")
      }
      return (try KubeconfigMerge.checked([UInt8](data), "\(field)-data", marker), nil)
    }
    if let node = entry.body["\(field)-data"], node.string == "", entry.body.filled(field) == nil,
      entry.body["insecure-skip-tls-verify"]?.bool != true
    {
      throw ContextProblem("\(field)-data is empty")
    }
    guard let path = entry.body.filled(field) else { return (nil, nil) }
    try rules.check(path: path, field)
    let resolved = KubeconfigMerge.resolve(path, entry.folder)
    let bytes: [UInt8]
    do { bytes = try SmallFile.read(resolved).bytes } catch {
      throw ContextProblem("\(field): \(resolved) \(error.reason)")
    }
    _ = try KubeconfigMerge.checked(bytes, field, marker)
    return (nil, resolved)
  }

  private func pem(
    _ entry: KubeconfigFile.Entry, _ field: String, marker: String
  ) throws(ContextProblem) -> [UInt8]? {
    let (bytes, path) = try material(entry, field, marker: marker)
    guard let path else { return bytes }
    do { return try SmallFile.read(path).bytes } catch { throw ContextProblem("\(field): \(path) \(error.reason)") }
  }

  static func checked(
    _ bytes: [UInt8], _ field: String, _ marker: String
  ) throws(ContextProblem) -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("-----BEGIN "), text.contains("\(marker)-----") else {
      throw ContextProblem("\(field) holds no PEM \(marker.lowercased())")
    }
    return bytes
  }

  /// What a helper is told of the server, in the kubeconfig's own words.
  private static func description(of cluster: KubeconfigFile.Entry, authorities: [UInt8]?) -> ExecHelper.Cluster {
    let extensions = cluster.body["extensions"]?.list ?? []
    let own = extensions.first { $0["name"]?.text == "client.authentication.k8s.io/exec" }
    return ExecHelper.Cluster(
      server: cluster.body.filled("server") ?? "", serverName: cluster.body.filled("tls-server-name"),
      verifies: cluster.body["insecure-skip-tls-verify"]?.bool != true, authorities: authorities,
      proxy: cluster.body.filled("proxy-url"), configuration: own?["extension"]?.json)
  }

  private static func impersonation(
    _ user: YAMLNode
  ) throws(ContextProblem) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if let name = user.filled("as") { headers.append(("Impersonate-User", name)) }
    if let uid = user.filled("as-uid") { headers.append(("Impersonate-Uid", uid)) }
    for group in user["as-groups"]?.list ?? [] {
      if let text = group.text { headers.append(("Impersonate-Group", text)) }
    }
    if let extra = user["as-user-extra"]?.map {
      for (key, values) in extra {
        for value in values.list ?? [] {
          // Keys are escaped because header names compare without case (kubernetes: user impersonation).
          if let text = value.text { headers.append(("Impersonate-Extra-\(Address.escaped(key.lowercased()))", text)) }
        }
      }
    }
    guard headers.isEmpty || user.filled("as") != nil else {
      throw ContextProblem("as-uid, as-groups and as-user-extra need as")
    }
    // A line break would be another header.
    guard !headers.contains(where: { $0.value.utf8.contains { $0 < 0x20 || $0 == 0x7F } }) else {
      throw ContextProblem("as: contains a control character")
    }
    return headers
  }

  static func resolve(_ path: String, _ folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}
