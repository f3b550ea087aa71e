import FoundationEssentials
import Glibc

/// When and by whom a row was written.
struct Stamp: Sendable {
  /// Nanoseconds since the machine started, sleep included: goes on when the wall clock jumps.
  let mono: Int64

  init() {
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    mono = Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
  }

  /// Pid and start of this process: pids come again, both together do not.
  static let process: String = {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return "\(getpid())-\(now.tv_sec)"
  }()
}

extension Date {
  /// Microseconds of the epoch, clamped to the years 1 to 9999 or so.
  var microseconds: Int64 { Int64(min(max(timeIntervalSince1970, -62_135_596_800), 253_402_300_799) * 1e6) }

  init(microseconds: Int64) { self.init(timeIntervalSince1970: Double(microseconds) / 1e6) }
}

extension String {
  /// The text cut to at most so many bytes, at a character's border.
  func cut(to limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
