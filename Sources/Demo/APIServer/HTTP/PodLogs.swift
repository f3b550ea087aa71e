import FoundationEssentials
import GitOps
import Synchronization

/// The logs of an API server's pods: a ring of lines a pod, in memory.
final class PodLogs: Sendable {
  struct Line: Sendable {
    let number: UInt64
    let time: Date
    let text: String
  }

  /// Which lines somebody asks for (kubernetes: PodLogOptions).
  struct Query: Sendable {
    var sinceSeconds: Int?
    var sinceTime: Date?
    var tailLines: Int?
    var timestamps = false
    var follow = false
  }

  private struct Ring {
    var lines: [Line] = []
    var next: UInt64 = 0
    var followers: [Int: AsyncStream<Void>.Continuation] = [:]
  }

  private let limit: Int
  private let rings = Mutex<[ObjectKey: Ring]>([:])
  private let ids = Atomic<Int>(0)

  init(limit: Int = 2000) { self.limit = limit }

  func append(_ text: String, to pod: ObjectKey, at time: Date) {
    let followers = rings.withLock { rings in
      var ring = rings[pod] ?? Ring()
      ring.lines.append(Line(number: ring.next, time: time, text: text))
      ring.next += 1
      if ring.lines.count > limit + limit / 4 { ring.lines.removeFirst(ring.lines.count - limit) }
      rings[pod] = ring
      return Array(ring.followers.values)
    }
    for follower in followers { follower.yield() }
  }

  func text(of pod: ObjectKey, _ query: Query, now: Date) -> [UInt8] {
    Self.text(selected(rings.withLock { $0[pod]?.lines ?? [] }, query, now), query)
  }

  private func selected(_ lines: [Line], _ query: Query, _ now: Date) -> [Line] {
    var lines = lines
    if let seconds = query.sinceSeconds { lines = lines.filter { $0.time >= now.addingTimeInterval(-Double(seconds)) } }
    if let time = query.sinceTime { lines = lines.filter { $0.time >= time } }
    if let count = query.tailLines { lines = Array(lines.suffix(max(0, count))) }
    return lines
  }

  private static func text(_ lines: [Line], _ query: Query) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines {
      if query.timestamps { bytes += Array("\(Timestamp.format(line.time, digits: 9)) ".utf8) }
      bytes += Array(line.text.utf8)
      bytes.append(10)
    }
    return bytes
  }

  /// The lines so far, then each new one as it comes.
  func follow(_ pod: ObjectKey, _ query: Query, now: Date) -> ByteStream {
    ByteStream { Follower(logs: self, pod: pod, query: query, now: now) }
  }

  private struct Follower: PieceSource {
    let logs: PodLogs
    let pod: ObjectKey
    let query: Query
    var wakes: AsyncStream<Void>.Iterator
    var first: [UInt8]
    var next: UInt64

    init(logs: PodLogs, pod: ObjectKey, query: Query, now: Date) {
      self.logs = logs
      self.pod = pod
      self.query = query
      let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      let id = logs.ids.add(1, ordering: .relaxed).newValue
      let lines: [Line]
      (lines, next) = logs.rings.withLock { rings in
        rings[pod, default: Ring()].followers[id] = continuation
        return (rings[pod]?.lines ?? [], rings[pod]?.next ?? 0)
      }
      continuation.onTermination = { [weak logs] _ in logs?.rings.withLock { $0[pod]?.followers[id] = nil } }
      first = PodLogs.text(logs.selected(lines, query, now), query)
      wakes = stream.makeAsyncIterator()
    }

    mutating func next() async -> [UInt8]? {
      if !first.isEmpty {
        defer { first = [] }
        return first
      }
      while await wakes.next() != nil {
        let from = next
        let lines = logs.rings.withLock { $0[pod]?.lines.filter { $0.number >= from } ?? [] }
        guard let last = lines.last else { continue }
        next = last.number + 1
        return PodLogs.text(lines, query)
      }
      return nil
    }
  }
}
