import Foundation

/// Times of repeated work, for figures that are printed.
public enum Stopwatch {
  /// How long the work takes, in milliseconds.
  public static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .milliseconds(1)
  }

  /// `12.30 ms (11.90-14.02 of 5)`: the median, the fastest and the slowest.
  public static func shown(_ times: [Double]) -> String {
    let sorted = times.sorted()
    guard let first = sorted.first, let last = sorted.last else { return "nothing measured" }
    return String(format: "%.2f ms (%.2f-%.2f of %d)", sorted[sorted.count / 2], first, last, sorted.count)
  }
}
