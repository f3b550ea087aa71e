/// Waiting times between attempts (A12): 0.8 s doubling to 30 s, each times a random 1 to 2.
public struct Backoff: Sendable {
  static let first = 0.8
  static let cap = 30.0

  private var base = Backoff.first

  public init() {}

  /// The next wait. A server's `Retry-After` in seconds lengthens it (A13): the larger of both plus up to a quarter,
  /// within 1 to 120 s.
  public mutating func next(retryAfter: Int? = nil, using random: inout SeededRandom) -> Duration {
    let own = base * Double.random(in: 1...2, using: &random)
    base = min(base * 2, Backoff.cap)
    // A day and more is no serious answer.
    guard let retryAfter, retryAfter > 0, retryAfter <= 86_400 else { return .milliseconds(Int64(own * 1000)) }
    let asked = max(own, Double(retryAfter)) * Double.random(in: 1...1.25, using: &random)
    return .milliseconds(Int64(min(max(asked, 1), 120) * 1000))
  }

  /// After 120 s of health the next failure is a first one again.
  public mutating func reset() { base = Backoff.first }
}

/// A small generator that a seed repeats exactly (SplitMix64): the same seed, the same waits.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
