#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A moment of the monotonic clock in milliseconds: what the loop's deadlines count in.
struct Tick: Comparable {
  let milliseconds: Int64

  static let never = Tick(milliseconds: .max)

  static var now: Tick {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Tick(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  static func < (a: Tick, b: Tick) -> Bool { a.milliseconds < b.milliseconds }

  /// Saturates, so that an absurd duration is only a long one.
  func after(_ duration: Duration) -> Tick {
    let (seconds, attoseconds) = duration.components
    let capped = min(max(seconds, 0), 1_000_000_000)
    return Tick(milliseconds: milliseconds + capped * 1000 + max(attoseconds, 0) / 1_000_000_000_000_000)
  }

  /// For `poll`: -1 when never, else at least 0 and rounded up.
  func milliseconds(after now: Tick) -> Int32 {
    if self == .never { return -1 }
    return Int32(clamping: max(0, milliseconds - now.milliseconds))
  }
}
