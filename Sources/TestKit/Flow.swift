import Foundation
import Kube

/// The bytes of one direction of a proxied connection, from one socket to another.
struct Flow {
  private struct Piece {
    var bytes: ArraySlice<UInt8>
    /// When it may be passed on, in milliseconds of the monotonic clock.
    let due: Double
  }

  let source: Int32
  let sink: Int32
  private let pace: Double
  private var pieces: [Piece] = []
  private var waiting = 0
  private var passed = 0
  private var endDue: Double?
  private var endSeen = false
  private(set) var isFinished = false
  private(set) var isBroken = false
  /// The sink took less than was offered.
  var isBlocked = false

  private var latency: (delay: Double, jitter: Double)?
  private var rate: Double?
  private var credit: (bytes: Double, since: Double)?
  private var closeDelay = 0.0
  private var isHeld = false
  private var slices: ClosedRange<Int>?
  private var limit: Int?

  private static let capacity = 256 << 10

  init(from source: Int32, to sink: Int32, pace: Double) {
    self.source = source
    self.sink = sink
    self.pace = pace
  }

  /// The connection ends here: so many bytes have passed.
  var isCut: Bool { limit.map { passed >= $0 } ?? false }
  var wantsToRead: Bool { !isHeld && !endSeen && waiting < Self.capacity }

  mutating func clear() {
    latency = nil
    rate = nil
    credit = nil
    closeDelay = 0
    isHeld = false
    slices = nil
    limit = nil
  }

  mutating func hold() { isHeld = true }

  mutating func take(_ toxic: Toxic, _ random: inout SeededRandom) {
    switch toxic {
    case .latency(let delay, let jitter): latency = (delay / .milliseconds(1), jitter / .milliseconds(1))
    case .bandwidth(let bytes): rate = Double(max(1, bytes)) / 1000 * pace
    case .slowClose(let delay): closeDelay = delay / .milliseconds(1)
    case .hold: hold()
    case .reset: break
    case .slices(let sizes): slices = sizes
    case .limit(let range): limit = passed + Int.random(in: range, using: &random)
    }
  }

  mutating func read(_ now: Double, _ random: inout SeededRandom) {
    guard wantsToRead else { return }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(source, &buffer, buffer.count, 0)
    if count < 0 {
      if errno != EAGAIN, errno != EINTR { isBroken = true }
      return
    }
    if count == 0 {
      endSeen = true
      endDue = max(pieces.last?.due ?? now, now + closeDelay / pace)
      return
    }
    var due = now
    if let latency {
      let jitter = Double.random(in: -1...1, using: &random) * latency.jitter
      due = max(now + max(0, latency.delay + jitter) / pace, pieces.last?.due ?? now)
    }
    pieces.append(Piece(bytes: buffer[..<count], due: due))
    waiting += count
  }

  mutating func forward(_ now: Double, _ random: inout SeededRandom) {
    if let rate {
      let before = credit ?? (rate * 10, now)
      // At most a tenth of a second is saved up.
      credit = (min(before.bytes + (now - before.since) * rate, max(1, rate * 100 / pace)), now)
    }
    while !isHeld, !isBlocked, !isBroken, !isCut, let piece = pieces.first, piece.due <= now {
      var size = piece.bytes.count
      if let slices { size = min(size, Int.random(in: slices, using: &random)) }
      if let credit { size = min(size, Int(credit.bytes)) }
      if let limit { size = min(size, limit - passed) }
      guard size > 0 else { break }
      let sent = piece.bytes.prefix(size).withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else {
        // A socket that is still being connected says EAGAIN or ENOTCONN.
        if errno == EAGAIN || errno == EINTR || errno == ENOTCONN { isBlocked = true } else { isBroken = true }
        break
      }
      passed += sent
      waiting -= sent
      credit?.bytes -= Double(sent)
      if sent == piece.bytes.count { pieces.removeFirst() } else { pieces[0].bytes = piece.bytes.dropFirst(sent) }
    }
    if !isHeld, !isFinished, pieces.isEmpty, let endDue, endDue <= now {
      shutdown(sink, Int32(SHUT_WR))
      isFinished = true
    }
  }

  /// When there may be something to do without any socket being ready.
  var nextAction: Double? {
    if isHeld || isBlocked || isFinished { return nil }
    guard let first = pieces.first else { return endDue }
    guard let credit, let rate, credit.bytes < 1 else { return first.due }
    return max(first.due, credit.since + (1 - credit.bytes) / rate)
  }
}
