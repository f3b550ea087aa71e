import Foundation
import Kube
import Testing

@testable import App

@Suite struct CheckCredentialTests {
  private static func jwt(_ payload: String) -> String {
    let body = Data(payload.utf8).base64EncodedString()
      .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").filter { $0 != "=" }
    return "eyJhbGciOiJSUzI1NiJ9.\(body).c2ln"
  }

  @Test func readsTheEndOfAWebToken() {
    let token = Self.jwt(#"{"sub":"ü?>","exp":1790000000}"#)
    #expect(CheckCredential.expiry(ofToken: token) == Date(timeIntervalSince1970: 1_790_000_000))
    #expect(
      CheckCredential.expiry(ofToken: Self.jwt(#"{"exp":1790000000.5}"#))?.timeIntervalSince1970 == 1_790_000_000.5)
  }

  @Test(arguments: [
    "", "opaque", "a.b", "a.b.c", "..", "a.!!!.c", jwt("{}"), jwt(#"{"exp":"soon"}"#), jwt(#"{"exp":-1}"#),
    jwt(#"{"exp":1e400}"#), jwt("[]"), jwt("{"), "k8s-aws-v1.aHR0cHM",
  ])
  func aTokenWithoutAnEndHasNone(_ token: String) {
    #expect(CheckCredential.expiry(ofToken: token) == nil)
  }

  /// Not after Nov 24 22:29:14 2029 GMT.
  private static let pem = """
    -----BEGIN CERTIFICATE-----
    MIIBZDCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjARMQ8wDQYDVQQDDAZzYW1wbGUw
    HhcNMjYxMTI1MjIyOTE0WhcNMjkxMTI0MjIyOTE0WjARMQ8wDQYDVQQDDAZzYW1w
    bGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATksAoAWjBtnXbiQGeRi2YI+Oj7
    8RUCGI58qZrQzK+UjJ+QoXt8uAcp2CKJFQDQPM0bq9bBlkwqkgsYncJMi1z6o1Mw
    UTAdBgNVHQ4EFgQUFukRZpiTLvyoRG85LpxMyK7SxmswHwYDVR0jBBgwFoAUFukR
    ZpiTLvyoRG85LpxMyK7SxmswDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNI
    ADBFAiBS7HqlYFskCy0GwipLIphNy/YGLLbWQNRKWi6c+qANegIhAJNzULrQ4rjY
    unSlvFyplDRXzJNcrIi3melOnNtjbv9p
    -----END CERTIFICATE-----
    """

  @Test func readsTheEndOfAClientCertificate() {
    let end = CheckCredential.expiry(ofCertificate: Array(Self.pem.utf8))
    #expect(end == Date(timeIntervalSince1970: 1_890_253_754))
    #expect(CheckCredential.expiry(ofCertificate: Array("-----BEGIN CERTIFICATE-----".utf8)) == nil)
    #expect(
      CheckCredential.expiry(ofCertificate: Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".utf8))
        == nil)
  }

  @Test func tellsTheForm() {
    #expect(CheckCredential(Credential()).form == .none)
    #expect(CheckCredential(.token("abc")).form == .token)
    #expect(CheckCredential(Credential(authorization: "Basic YTpi")).form == .basic)
    let certificate = CheckCredential(Credential(certificate: Array(Self.pem.utf8), key: [1]))
    #expect(certificate.form == .certificate)
    #expect(certificate.certificateExpires != nil)
    #expect("\(CheckCredential(.token(Self.jwt(#"{"exp":1}"#))))".contains("eyJ") == false)
  }
}
