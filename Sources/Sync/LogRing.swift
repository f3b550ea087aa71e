import GitOps

/// The newest lines of all controllers and events, bounded, in order of time as far as it is known.
struct LogRing: Sendable {
  private(set) var lines: [LogLine] = []
  private var next: UInt64 = 1
  let limit: Int

  init(limit: Int = 4000) { self.limit = limit }

  /// Adds lines; a first list of events arrives unordered and older than what is here, so each is put where its time says.
  mutating func add(_ new: [LogLine]) {
    for line in new {
      let numbered = LogLine(
        sequence: next, time: line.time, cluster: line.cluster, kind: line.kind, level: line.level, source: line.source,
        object: line.object, reason: line.reason, message: line.message)
      next += 1
      var index = lines.endIndex
      if let time = line.time {
        while index > 0, let before = lines[index - 1].time, before > time { index -= 1 }
      }
      lines.insert(numbered, at: index)
    }
    if lines.count > limit { lines.removeFirst(lines.count - limit) }
  }
}
