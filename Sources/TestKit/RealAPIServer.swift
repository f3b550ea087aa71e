import Foundation
import HTTP
import Structured

/// A real kube-apiserver with its etcd on loopback, in a folder of its own: TLS with a self-made certificate, tokens, RBAC,
/// and an audit log of every request. `.ci/kube-apiserver` builds the binaries.
public final class RealAPIServer: Sendable {
  /// In the group system:masters: everything is allowed.
  public static let adminToken = "admin-token-for-tests"
  /// Bound to what `RealAPIServer+Setup` grants: reading.
  public static let readerToken = "reader-token-for-tests"
  /// Bound to nothing: a test grants what it needs to the user `tenant`.
  public static let tenantToken = "tenant-token-for-tests"

  /// How this one differs from a usual one.
  public struct Options: Sendable {
    /// Off: lists and watches go to etcd, and what etcd has compacted is gone (410).
    public var hasWatchCache = true
    /// Off: webhooks that objects of a test ask for are not called.
    public var hasWebhooks = true
    /// Whose client certificates are accepted.
    public var clients: ClientAuthority?

    public init() {}
  }

  public let folder: TemporaryFolder
  public let port: UInt16
  /// Its own and those of etcd: while it is down nobody else may answer in its place.
  private let ports: [ReservedPort]
  let network: Network
  private let options: Options
  private let binaries: String
  private let etcd: ChildProcess
  let etcdAddress: String
  private let server: CurrentChild

  public var url: String { "https://127.0.0.1:\(port)" }

  /// The folder of the built binaries; nil when `.ci/kube-apiserver` has not run.
  public static var binaries: String? {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["DRIFTGLASS_DEV_CACHE"]
      ?? (environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache") + "/driftglass-dev"
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
    return folders.filter { $0.hasPrefix("kubernetes-") }.sorted().map { "\(cache)/\($0)" }.last {
      FileManager.default.isExecutableFile(atPath: "\($0)/kube-apiserver")
    }
  }

  /// Starts both and waits until the API server is ready.
  /// - Throws: `Missed` when a program is not installed or does not come up, with the end of its log.
  public init(_ options: Options = Options()) async throws {
    self.options = options
    guard let binaries = Self.binaries else { throw Missed("kube-apiserver is not built; run .ci/kube-apiserver") }
    guard Program.find("etcd") != nil else { throw Missed("etcd is not installed; run .ci/deps e2e") }
    self.binaries = binaries
    folder = try TemporaryFolder("api")
    let (secure, clients, peers) = (try ReservedPort(), try ReservedPort(), try ReservedPort())
    ports = [secure, clients, peers]
    port = secure.port
    network = Network()
    etcdAddress = "http://127.0.0.1:\(clients.port)"
    etcd = try ChildProcess(
      "etcd",
      [
        "etcd", "--data-dir", folder.file("etcd"), "--listen-client-urls", etcdAddress, "--advertise-client-urls",
        etcdAddress, "--listen-peer-urls", "http://127.0.0.1:\(peers.port)", "--initial-advertise-peer-urls",
        "http://127.0.0.1:\(peers.port)", "--initial-cluster", "default=http://127.0.0.1:\(peers.port)",
        // Nothing here outlives the test: durability only costs time.
        "--unsafe-no-fsync",
      ], in: folder)
    try folder.write(
      """
      \(Self.adminToken),admin,admin,"system:masters"
      \(Self.readerToken),reader,reader,"readers"
      \(Self.tenantToken),tenant,tenant,"tenants"

      """, to: "tokens.csv")
    try folder.write(
      """
      {"apiVersion":"audit.k8s.io/v1","kind":"Policy","omitStages":["ResponseStarted","ResponseComplete","Panic"],
       "rules":[{"level":"Metadata"}]}
      """, to: "audit.yaml")
    try await Program.check(["openssl", "genrsa", "-out", folder.file("accounts.key"), "2048"])
    server = CurrentChild()
    try launch()
    try await waitUntilReady()
  }

  /// Ends the API server at once, as a crash would; etcd keeps the data.
  public func kill() { server.replace(nil) }

  /// Starts it again on the same port with the same certificate, and waits until it is ready.
  public func restart() async throws {
    try launch()
    try await waitUntilReady()
  }

  /// Stops it where it is (SIGSTOP): connections stay open and nothing answers.
  public func freeze() { server.signal(SIGSTOP) }
  public func thaw() { server.signal(SIGCONT) }

  /// The certificate that the server shows, with its issuer: what a kubeconfig calls certificate-authority-data.
  public var authority: [UInt8] { Array(folder.read("certificates/apiserver.crt").utf8) }

  private func launch() throws {
    let switchedOff =
      "ServiceAccount" + (options.hasWebhooks ? "" : ",MutatingAdmissionWebhook,ValidatingAdmissionWebhook")
    var words = [
      "\(binaries)/kube-apiserver", "--etcd-servers=\(etcdAddress)", "--secure-port=\(port)",
      "--bind-address=127.0.0.1", "--cert-dir=\(folder.file("certificates"))",
      "--service-account-issuer=https://driftglass.test",
      "--service-account-key-file=\(folder.file("accounts.key"))",
      "--service-account-signing-key-file=\(folder.file("accounts.key"))",
      "--token-auth-file=\(folder.file("tokens.csv"))", "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.0.0.0/16", "--disable-admission-plugins=\(switchedOff)",
      "--audit-policy-file=\(folder.file("audit.yaml"))", "--audit-log-path=\(folder.file("audit.log"))",
      "--audit-log-mode=blocking", "--allow-privileged=true", "--watch-cache=\(options.hasWatchCache)",
    ]
    if let clients = options.clients { words.append("--client-ca-file=\(clients.certificatePath)") }
    server.replace(try ChildProcess("kube-apiserver", words, in: folder))
  }

  private func waitUntilReady() async throws {
    try await eventually(
      "kube-apiserver is ready", within: .seconds(90), state: { String(self.server.log.suffix(2000)) },
      look: { () -> Bool? in
        guard !authority.isEmpty else { return nil }
        guard let answer = try? await request(.get, "/readyz") else { return nil }
        return answer.status == 200 ? true : nil
      })
  }

  /// Starts Kubernetes' own controllers for Deployments and ReplicaSets, which write where Flux also writes. No pod ever
  /// runs: there is no node.
  /// - Parameter more: further ones by their names, such as `horizontalpodautoscaling`.
  /// - Returns: runs until it is let go of.
  public func startControllers(_ more: [String] = []) throws -> ChildProcess {
    try ChildProcess(
      "kube-controller-manager",
      [
        "\(binaries)/kube-controller-manager", "--kubeconfig=\(try kubeconfig())", "--leader-elect=false",
        "--controllers=\((["deployment", "replicaset", "namespace", "garbagecollector"] + more).joined(separator: ","))",
        "--secure-port=0", "--port=0",
      ], in: folder)
  }
}
