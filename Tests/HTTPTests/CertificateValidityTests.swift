import Foundation
import Testing

@testable import HTTP

@Suite struct CertificateValidityTests {
  /// A self-signed P-256 certificate of three years.
  private static let sample = """
    MIIBZDCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjARMQ8wDQYDVQQDDAZzYW1wbGUwHhcNMjYxMTI1MjIyOTE0WhcNMjkxMTI0MjIy
    OTE0WjARMQ8wDQYDVQQDDAZzYW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATksAoAWjBtnXbiQGeRi2YI+Oj78RUCGI58
    qZrQzK+UjJ+QoXt8uAcp2CKJFQDQPM0bq9bBlkwqkgsYncJMi1z6o1MwUTAdBgNVHQ4EFgQUFukRZpiTLvyoRG85LpxMyK7Sxmsw
    HwYDVR0jBBgwFoAUFukRZpiTLvyoRG85LpxMyK7SxmswDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBS7HqlYFsk
    Cy0GwipLIphNy/YGLLbWQNRKWi6c+qANegIhAJNzULrQ4rjYunSlvFyplDRXzJNcrIi3melOnNtjbv9p
    """

  private static var bytes: [UInt8] {
    [UInt8](Data(base64Encoded: sample.filter { !$0.isWhitespace }) ?? Data())
  }

  @Test func readsBothDates() throws {
    let validity = try #require(CertificateValidity(der: Self.bytes))
    #expect(validity.from == 1_795_645_754)
    #expect(validity.until == 1_890_253_754)
  }

  @Test func readsDatesAfter2049() throws {
    // Only what comes before and around the dates: nothing else of a certificate is looked at.
    func element(_ tag: UInt8, _ body: [UInt8]) -> [UInt8] { [tag, UInt8(body.count)] + body }
    func certificate(_ dates: [UInt8]) -> [UInt8] {
      let fields = element(0x02, [1]) + element(0x30, []) + element(0x30, []) + element(0x30, dates)
      return element(0x30, element(0x30, fields))
    }
    let dates = element(0x17, Array("491231235959Z".utf8)) + element(0x18, Array("20500101000000Z".utf8))
    let validity = try #require(CertificateValidity(der: certificate(dates)))
    #expect(validity.until - validity.from == 1)
    #expect(validity.until == 2_524_608_000)
    let old = element(0x17, Array("500101000000Z".utf8)) + element(0x17, Array("700101000001Z".utf8))
    #expect(CertificateValidity(der: certificate(old))?.until == 1)
  }

  @Test func everyCutAndEveryFlippedByteIsEitherReadOrRefused() {
    let bytes = Self.bytes
    for count in 0..<bytes.count { #expect(CertificateValidity(der: Array(bytes.prefix(count))) == nil) }
    for index in bytes.indices {
      for value in [0x00, 0x7F, 0x80, 0x84, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[index] = value
        _ = CertificateValidity(der: damaged)
      }
    }
  }
}
