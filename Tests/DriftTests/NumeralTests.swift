import Testing

@testable import Drift

@Suite struct NumeralTests {
  @Test(arguments: [
    ("1", "1.0"), ("1e3", "1000"), ("-0", "0"), ("0.10", "0.1"), ("1E+2", "100"), ("100e-2", "1"),
    ("3.14159265358979323846", "3.141592653589793"),
  ])
  func equalValues(a: String, b: String) { #expect(Numeral.areEqual(a, b)) }

  @Test(arguments: [
    ("9007199254740993", "9007199254740992"), ("1", "2"), ("1", "-1"), ("1e400", "1e401"),
    ("18446744073709551616", "18446744073709551615"), ("1", "x"), ("", "0"), ("1e99999999999999999999", "1"),
  ])
  func otherValues(a: String, b: String) { #expect(!Numeral.areEqual(a, b)) }
}
