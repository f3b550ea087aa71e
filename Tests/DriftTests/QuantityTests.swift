import FoundationEssentials
import Structured
import TestKit
import Testing

@testable import Drift

@Suite struct QuantityTests {
  @Test(arguments: [
    ("1000m", "1"), ("1024Mi", "1Gi"), ("0.5", "500m"), ("1000M", "1G"), ("1e3", "1k"), ("1E3", "1000"), ("1.", "1"),
    (".5", "500m"), ("+1", "1"), ("-0", "0"), ("0.0000000001", "1n"), ("3.001n", "4n"), ("-0.1n", "-1n"),
    ("00012", "12"), ("99999999999999999999", "9223372036854775807"), ("1Ei", "1152921504606846976"),
  ])
  func sameAmountsAreEqual(a: String, b: String) throws {
    #expect(try #require(Quantity(a)) == #require(Quantity(b)))
  }

  @Test(arguments: [("1", "1k"), ("1Ki", "1k"), ("1m", "1n"), ("1", "-1"), ("1E", "1e")])
  func otherAmountsDiffer(a: String, b: String) { #expect(Quantity(a) == nil || Quantity(a) != Quantity(b)) }

  @Test(arguments: ["", "a", "1.1.1", "1x", "1 ", " 1", "1ki", "1e", "1e+", "--1", "1.5.Gi", "sha256:ab", "Ki"])
  func otherTextIsNoQuantity(text: String) { #expect(Quantity(text) == nil) }

  @Test(arguments: [
    "1e999999999999999999999", "1" + String(repeating: "0", count: 5000),
    "0." + String(repeating: "0", count: 5000) + "1Ei",
  ])
  func hugeExponentsDoNotTrap(text: String) { #expect(Quantity(text) != nil) }

  @Test func agreesWithTheTableOfKubernetes() throws {
    guard let bytes = SharedFolder.bytes("corpora/tables/apimachinery/quantity.json") else { return Corpus.skip() }
    let cases = try #require(JSON(parsing: bytes).array)
    var checked = 0
    for each in cases {
      let input = try #require(each["input"]?.string)
      if each["invalid"]?.bool == true {
        #expect(Quantity(input) == nil, "\(input)")
      } else if let unscaled = each["unscaled"]?.string, let exponent = each["exponent"]?.int {
        #expect(Quantity(input) == Quantity("\(unscaled)e\(exponent)"), "\(input)")
        #expect(Quantity(input)?.nano == nano(unscaled, exponent), "\(input)")
      } else if let expected = each["expect"]?.string, each["test"]?.string == "TestQuantityParseEmit" {
        #expect(Quantity(input) == Quantity(expected), "\(input)")
      }
      checked += 1
    }
    #expect(checked > 90)
  }

  private func nano(_ unscaled: String, _ exponent: Int) -> Int128? {
    guard var value = Int128(unscaled) else { return nil }
    for _ in 0..<max(0, exponent + 9) { value *= 10 }
    return value
  }
}

/// Tests that read other people's cases do nothing where they are absent.
enum Corpus {
  static func skip() { print("skipped: ../shared/corpora is not there") }
}
