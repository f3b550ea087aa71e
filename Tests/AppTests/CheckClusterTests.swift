import Foundation
import GitOps
import HTTP
import Testing

@testable import App
@testable import Kube

@Suite struct CheckClusterTests {
  private let now = Date(timeIntervalSince1970: 1_790_000_000)

  /// A cluster with which all is well, changed by the test.
  private func findings(_ change: (inout ClusterObservation) -> Void = { _ in }) -> [CheckFinding] {
    var seen = ClusterObservation(name: "prod-eu", server: "https://api.example.com:6443", user: "ada")
    seen.credential = .success(CheckCredential(.token("abc")))
    seen.answer = .success(
      .init(
        version: "v1.34.1", provider: "eks", milliseconds: 3.24, skew: 1,
        certificateExpires: now.addingTimeInterval(86_400 * 90)))
    seen.kinds = .success(CheckKinds(Discovery(KindAdapters.kinds.map { Self.resource($0, $0.versions[0]) })))
    seen.rights = .success(Self.rights { _ in })
    change(&seen)
    return CheckCluster(seen: seen, now: now).subject.findings
  }

  private static func resource(_ kind: Kind, _ version: String) -> ServedResource {
    ServedResource(
      groupKind: kind.groupKind, version: version, plural: kind.plural, namespaced: true, verbs: ["list", "watch"])
  }

  private static func rights(_ change: (inout CheckRights.KindRights) -> Void) -> CheckRights {
    CheckRights(
      kinds: KindAdapters.kinds.map { kind in
        var rights = CheckRights.KindRights(
          resource: "\(kind.plural).\(kind.groupKind.group)", lists: true, patches: true)
        change(&rights)
        return rights
      })
  }

  private func finding(_ what: String, _ change: (inout ClusterObservation) -> Void) throws -> CheckFinding {
    try #require(findings(change).first { $0.what == what })
  }

  private func failure(_ kind: HTTPError.Kind, _ cause: String) -> Result<ClusterObservation.Answer, APIError> {
    .failure(APIError(HTTPError(kind, host: "api.example.com:6443", cause: cause)))
  }

  @Test func aGoodClusterIsFineInFewLines() {
    let findings = findings()
    #expect(findings.map(\.what) == ["server", "tls", "credentials", "kinds", "read", "write"])
    #expect(findings.allSatisfy { $0.state == .ok && $0.remedy == nil })
    #expect(findings[0].detail == "v1.34.1 (eks), 3.2 ms, https://api.example.com:6443")
    #expect(findings[1].detail == "server certificate until 2026-12-20 14:13 UTC (90d)")
    #expect(findings[2].detail == "token of ada")
    #expect(findings[3].detail.hasPrefix("Kustomization v1, HelmRelease v2, GitRepository v1"))
    #expect(findings[4].detail == "all \(KindAdapters.kinds.count) kinds in all namespaces")
    #expect(findings[5].detail == "all \(KindAdapters.kinds.count) kinds may be patched")
  }

  @Test(arguments: [
    (HTTPError.Kind.resolve, "the name api.example.com has no address", "check the name in server:"),
    (.connect, "connection refused", "nothing listens there: is the server up"),
    (.connect, "not reachable: no connection within 10 s", "packets do not come back"),
    (.timeout, "no answer within 10 s", "something takes the connection and stays silent"),
    (.tls, "the TLS handshake did not finish within 10 s", "something takes the connection and stays silent"),
    (
      .tls,
      "the server's certificate is not accepted: unable to get local issuer certificate (subject /CN=a, issued by /CN=b)",
      "put the CA that signed it into certificate-authority-data"
    ),
    (
      .tls,
      "the server's certificate is not accepted: certificate has expired (subject /CN=a, issued by /CN=b, valid until 2026-01-02)",
      "the server's certificate must be renewed"
    ),
    (.tls, "the server's certificate is for another name than api.example.com", "set tls-server-name"),
    (.tls, "the server refused the client certificate: alert unknown ca", "the server does not take this"),
    (.tls, "what answers does not speak TLS (an http:// server?)", "use http:// in server:"),
    (.notHTTP, "what answers does not speak HTTP", "check the port and path in server:"),
    (.cut, "the server closed the connection without an answer", "try again"),
  ])
  func eachFailureOfAConnectionHasItsRemedy(_ kind: HTTPError.Kind, _ cause: String, _ remedy: String) throws {
    let finding = try finding("server") { $0.answer = failure(kind, cause) }
    #expect(finding.state == .failed)
    #expect(finding.detail == "api.example.com:6443: \(cause)")
    #expect(finding.remedy?.hasPrefix(remedy) == true, "\(finding.remedy ?? "none")")
  }

  @Test func aProxyIsNamedWithoutItsPassword() throws {
    let finding = try finding("server") {
      $0.proxy = "http://proxy.example.com:3128"
      $0.answer = failure(.connect, "the proxy: connection refused")
    }
    #expect(finding.remedy?.contains("http://proxy.example.com:3128") == true)
  }

  @Test func whatCannotBeAskedIsLeftOut() {
    let findings = findings { $0.answer = failure(.connect, "connection refused") }
    #expect(findings.map(\.what) == ["server", "credentials"])
  }

  @Test func E_K06_aContextThatIsNotCompleteSaysWhy() {
    let findings = findings { $0.problem = "the cluster eu is not defined" }
    #expect(findings.map(\.what) == ["context"])
    #expect(findings[0].state == .failed)
    #expect(findings[0].remedy?.hasPrefix("complete the kubeconfig") == true)
  }

  @Test func refusedCredentialsAreNotTheServersFault() throws {
    let refused = APIError(
      .status, status: 401, reason: "Unauthorized", message: "api.example.com:6443: credentials refused (Unauthorized)")
    let findings = findings { $0.answer = .failure(refused) }
    #expect(findings.map(\.state) == [.ok, .failed])
    #expect(findings[1].remedy == "replace the token of user ada in the kubeconfig")
  }

  @Test func whoHasNoCredentialIsToldSo() throws {
    let forbidden = APIError(.status, status: 403, message: "User \"system:anonymous\" cannot get path \"/api\"")
    let refused = try finding("credentials") {
      $0.credential = .success(CheckCredential(Credential()))
      $0.kinds = .failure(forbidden)
      $0.rights = nil
    }
    #expect(refused.state == .failed)
    #expect(refused.remedy?.hasPrefix("give the context a user") == true)
    // Where everybody may everything no credential is missing.
    #expect(try finding("credentials") { $0.credential = .success(CheckCredential(Credential())) }.state == .ok)
  }

  @Test func aHelperIsNamedAsOneWouldTypeIt() throws {
    let helper = ExecHelper(
      user: "u", command: "aws", arguments: ["eks", "get-token", "--cluster-name", "prod eu"],
      environment: ["AWS_PROFILE": "it's"], apiVersion: "client.authentication.k8s.io/v1",
      installHint: "install awscli")
    let missing = try finding("credentials") {
      $0.helper = helper
      $0.credential = .failure(
        APIError(.credential, message: "the credential helper aws is not installed: install awscli"))
    }
    #expect(missing.state == .failed)
    #expect(missing.remedy == "install awscli")
    let failed = try finding("credentials") {
      $0.helper = helper
      $0.credential = .failure(APIError(.credential, message: "the helper aws failed: session expired"))
    }
    #expect(failed.paste == "AWS_PROFILE='it'\\''s' aws eks get-token --cluster-name 'prod eu'")
  }

  @Test func E_K10_aRefusedHelperHasThePolicysLine() {
    let helper = ExecHelper(user: "u", command: "aws", apiVersion: "")
    let locked = CheckRemedy.refusedHelper(helper, path: "/opt/aws/bin/aws", isView: false)
    #expect(locked.sentence == "have an administrator add this line to /etc/driftglass/policy.yaml")
    #expect(locked.paste == "helpers: [/opt/aws/bin/aws]")
    let view = CheckRemedy.refusedHelper(helper, path: nil, isView: true)
    #expect(view.sentence.hasPrefix("driftglass-view starts no programs"))
    #expect(view.paste == "helpers: [/usr/bin/aws]")
    #expect(CheckRemedy.path(of: "sh", in: "/nowhere:/bin") == "/bin/sh")
    #expect(CheckRemedy.path(of: "no-such-program", in: "/bin:/usr/bin") == nil)
    #expect(CheckRemedy.path(of: "/opt/x", in: "/bin") == "/opt/x")
  }

  @Test func A17_aHelpersSecretsAreNotPrinted() {
    let helper = ExecHelper(
      user: "u", command: "kubelogin",
      arguments: ["get-token", "--oidc-client-secret=s3cr3t", "--password", "s3cr3t", "--scope", "all"],
      environment: ["CLIENT_SECRET": "s3cr3t", "HOME": "/home/ada"], apiVersion: "")
    #expect(
      CheckRemedy.commandLine(helper)
        == "CLIENT_SECRET=*** HOME=/home/ada kubelogin get-token --oidc-client-secret=*** --password *** --scope all")
  }

  @Test func whatIsNotAnsweredInTimeIsSaid() throws {
    let late = APIError(.connection(.timeout), message: "api.example.com:6443: no answer within 20 s")
    let finding = try finding("read") { $0.rights = .failure(late) }
    #expect(finding.state == .failed)
    #expect(finding.detail.hasSuffix("no answer within 20 s"))
    #expect(try self.finding("sources") { $0.sourcesProblem = late }.state == .failed)
  }

  @Test(arguments: [
    (-60.0, CheckFinding.State.failed, "expired on 2026-09-21 14:12 UTC (1m ago)"),
    (3600, .warning, "until 2026-09-21 15:13 UTC (1h)"), (86_399, .warning, "(23h)"), (86_401, .ok, "(24h)"),
  ])
  func anEndThatIsNearIsAWarning(_ left: Double, _ state: CheckFinding.State, _ words: String) throws {
    let end = now.addingTimeInterval(left)
    let token = try finding("credentials") {
      $0.credential = .success(CheckCredential(.token("abc"), expires: end))
    }
    #expect(token.state == state)
    #expect(token.detail.hasSuffix(words), "\(token.detail)")
    var certificate = CheckCredential(Credential(), form: .certificate)
    certificate.certificateExpires = end
    let judged = try finding("credentials") { $0.credential = .success(certificate) }
    #expect(judged.state == state)
    if state != .ok { #expect(judged.remedy?.contains("client certificate") == true) }
  }

  @Test func whatIsRenewedByItselfIsNoReasonToWarn() throws {
    let end = now.addingTimeInterval(600)
    let helper = try finding("credentials") {
      $0.credential = .success(CheckCredential(.token("abc"), form: .helper("aws eks get-token"), expires: end))
    }
    #expect(helper.state == .ok)
    #expect(helper.detail == "helper aws eks get-token of ada, until 2026-09-21 14:23 UTC (10m), then renewed")
  }

  @Test func A19_whatIsNotVerifiedOrNotEncryptedIsAWarning() throws {
    #expect(try finding("tls") { $0.isVerified = false }.state == .warning)
    #expect(try finding("tls") { $0.isEncrypted = false }.state == .warning)
    let local = try finding("tls") { ($0.isEncrypted, $0.isLoopback) = (false, true) }
    #expect(local.state == .ok)
    // The mark is there for as long as the setting is, whether the server answers or not.
    let dead = findings {
      $0.isVerified = false
      $0.answer = failure(.connect, "connection refused")
    }
    #expect(dead.map(\.what).contains("tls"))
  }

  @Test func aServerCertificateThatEndsSoonIsAWarning() throws {
    let finding = try finding("tls") {
      $0.answer = .success(.init(version: "v1.34.1", certificateExpires: now.addingTimeInterval(7200)))
    }
    #expect(finding.state == .warning)
    #expect(finding.detail.hasSuffix("(2h)"))
  }

  @Test(arguments: [(30.0, nil), (-31, "31s behind"), (3700, "1h ahead of")] as [(Double, String?)])
  func A18_clocksThatDifferAreAWarning(_ skew: Double, _ words: String?) {
    let clock = findings { $0.answer = .success(.init(version: "v1.34.1", skew: skew)) }.first { $0.what == "clock" }
    #expect((clock == nil) == (words == nil))
    if let words { #expect(clock?.detail.contains(words) == true) }
  }

  @Test func aClusterWithoutGitOpsSaysSo() throws {
    let finding = try finding("kinds") { $0.kinds = .success(CheckKinds(Discovery())) }
    #expect(finding.state == .warning)
    #expect(finding.remedy?.hasPrefix("install Flux") == true)
  }

  @Test func versionsAndAbsentKindsAreNamed() throws {
    let kustomization = KustomizationAdapter.kind
    let finding = try finding("kinds") {
      $0.kinds = .success(CheckKinds(Discovery([Self.resource(kustomization, "v1beta2")])))
    }
    #expect(finding.detail.hasPrefix("Kustomization v1beta2; absent: HelmRelease, GitRepository"))
    let unknown = findings {
      $0.kinds = .success(CheckKinds(Discovery([Self.resource(kustomization, "v9")])))
    }
    #expect(unknown.contains { $0.state == .warning && $0.detail.contains("v9") })
  }
}
