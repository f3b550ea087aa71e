/// What a fault proxy does to the bytes of one direction. Durations are counted on the clock of the test: the proxy divides
/// them by its pace.
public enum Toxic: Sendable, Hashable {
  /// Every piece arrives later by `delay`, plus or minus a random part of `jitter`; the order stays.
  case latency(Duration, jitter: Duration)
  case bandwidth(bytesPerSecond: Int)
  /// The end of the connection is passed on this much later.
  case slowClose(Duration)
  /// Accepts and passes nothing on, neither bytes nor an end. What came meanwhile is passed on when the toxic is taken
  /// away; with `forGood` the connections that met it stay as they are: half-open until somebody gives up.
  case hold(forGood: Bool)
  /// Connections are reset after a random time from this range.
  case reset(after: ClosedRange<Duration>)
  /// Pieces of a random size from this range, each sent by itself.
  case slices(ClosedRange<Int>)
  /// The connection is closed after a random number of bytes from this range.
  case limit(ClosedRange<Int>)
}
