import Dispatch
import FoundationEssentials
import GRDB
import GitOps
import Synchronization

/// Keeps what was observed and what was done. Nobody waits for the disk but who records an action: transitions are taken
/// into a queue that one background thread writes.
public final class JournalStore: Sendable {
  /// Written at once when so many wait, else within `delay` (F3).
  static let batch = 500
  static let capacity = 10_000
  private static let delay = DispatchTimeInterval.milliseconds(250)
  private static let retryDelay = DispatchTimeInterval.seconds(30)

  private struct State {
    var pending: [(Transition, Stamp)] = []
    var isScheduled = false
    var isRetrying = false
    var dropped = 0
    var notices: [String] = []
    var database: DatabaseQueue
    /// What a newer program wrote: read behind our own rows.
    var archive: DatabaseQueue?
    /// Nil: in memory.
    var file: JournalFile?
  }

  let queue = DispatchQueue(label: "journal")
  private let state: Mutex<State>

  private init(database: DatabaseQueue, archive: DatabaseQueue?, file: JournalFile?, notices: [String]) {
    state = Mutex(State(notices: notices, database: database, archive: archive, file: file))
  }

  /// Opens `journal.sqlite` in a directory, which is made with mode 0700 when it is missing. This never fails: where no
  /// file can be, the journal lasts as long as the process, and a notice says why.
  public static func open(directory: String) -> JournalStore {
    var notices: [String] = []
    do throws(JournalError) {
      try PrivateDirectory.make(directory)
      let file = JournalFile(path: "\(directory)/journal.sqlite")
      switch try file.open(notice: { notices.append($0) }) {
      case .ours(let database):
        return JournalStore(database: database, archive: nil, file: file, notices: notices)
      case .newer(let archive):
        notices.append(
          "\(file.path) was written by a newer Driftglass: it is read, and what happens now is kept in memory")
        return JournalStore(database: memory(), archive: archive, file: nil, notices: notices)
      }
    } catch {
      notices.append("the journal is kept in memory only: \(error)")
      return JournalStore(database: memory(), archive: nil, file: nil, notices: notices)
    }
  }

  /// A journal that lasts as long as the process.
  public static func inMemory() -> JournalStore {
    JournalStore(database: memory(), archive: nil, file: nil, notices: [])
  }

  private static func memory() -> DatabaseQueue {
    do {
      let database = try DatabaseQueue(configuration: Schema.configuration())
      _ = try Schema.prepare(database, isFile: false)
      return database
    } catch {
      preconditionFailure("SQLite opens a database in memory: \(error)")
    }
  }

  /// Sentences that the operator should see once.
  public var notices: [String] { state.withLock { $0.notices } }

  /// Transitions that were lost because too many waited.
  public var dropped: Int { state.withLock { $0.dropped } }

  /// Takes a transition; never waits. When 10,000 wait already, the oldest is dropped and counted.
  public func append(_ transition: Transition) {
    let stamp = Stamp()
    let (isFull, mustSchedule) = state.withLock { state in
      if state.pending.count >= Self.capacity {
        state.pending.removeFirst(state.pending.count - Self.capacity + 1)
        state.dropped += 1
      }
      state.pending.append((transition, stamp))
      defer { state.isScheduled = true }
      return (state.pending.count == Self.batch, !state.isScheduled)
    }
    if isFull {
      queue.async { self.writePending() }
    } else if mustSchedule {
      queue.asyncAfter(deadline: .now() + Self.delay) { self.writePending() }
    }
  }

  /// Records one stage of an action. When it returns the row is on the disk (F1): call it before the request is sent,
  /// and again with each later stage.
  /// - Throws: `JournalError`; then do not act.
  public func record(_ action: ActionRecord, before: String = "", after: String = "") async throws(JournalError) {
    let stamp = Stamp()
    try await perform { [self] in
      writePending()
      try write { database in
        try database.execute(sql: "PRAGMA synchronous = FULL")
        defer { try? database.execute(sql: "PRAGMA synchronous = NORMAL") }
        try database.inTransaction(.immediate) {
          try JournalDatabase.insert(action, before: before, after: after, stamp, into: database)
          return .commit
        }
      }
    }
  }

  /// Returns when everything taken so far was written, or could not be.
  public func flush() async {
    await withCheckedContinuation { continuation in
      queue.async {
        self.writePending()
        continuation.resume()
      }
    }
  }

  /// Writes what waits and closes the file. What is appended afterwards is not kept.
  public func close() async {
    await flush()
    let (database, archive) = state.withLock { ($0.database, $0.archive) }
    try? database.close()
    try? archive?.close()
  }

  /// On the queue: writes batch after batch until nothing waits.
  private func writePending() {
    while true {
      let batch = state.withLock { state -> [(Transition, Stamp)] in
        let batch = Array(state.pending.prefix(Self.batch))
        state.pending.removeFirst(batch.count)
        if batch.isEmpty { state.isScheduled = false }
        return batch
      }
      if batch.isEmpty { return }
      do {
        try write { database in
          try database.inTransaction(.immediate) {
            for (transition, stamp) in batch { try JournalDatabase.insert(transition, stamp, into: database) }
            return .commit
          }
        }
        trimMemory()
      } catch {
        putBack(batch, because: error)
        return
      }
    }
  }

  /// The disk refuses: the rows wait in memory, and the next try is in 30 s.
  private func putBack(_ batch: [(Transition, Stamp)], because error: any Error) {
    let mustSchedule = state.withLock { state in
      let room = max(0, Self.capacity - state.pending.count)
      state.dropped += max(0, batch.count - room)
      state.pending.insert(contentsOf: batch.suffix(room), at: 0)
      let notice = "the journal cannot be written (\(JournalFile.sentence(error))); it is tried again every 30 s"
      if !state.notices.contains(notice) { state.notices.append(notice) }
      defer { state.isRetrying = true }
      return !state.isRetrying
    }
    guard mustSchedule else { return }
    queue.asyncAfter(deadline: .now() + Self.retryDelay) {
      self.state.withLock { $0.isRetrying = false }
      self.writePending()
    }
  }

  /// On the queue. A file that turns out to be damaged is set aside, and the work done in a new one.
  private func write(_ work: (Database) throws -> Void) throws {
    do {
      try state.withLock { $0.database }.writeWithoutTransaction(work)
    } catch {
      guard JournalFile.isDamage(error), let file = state.withLock({ $0.file }) else { throw error }
      try beginAnew(file, because: "is damaged (\(JournalFile.sentence(error)))")
      try state.withLock { $0.database }.writeWithoutTransaction(work)
    }
  }

  private func beginAnew(_ file: JournalFile, because reason: String) throws {
    try? state.withLock { $0.database }.close()
    var notices = [try file.setAside(because: reason)]
    guard case .ours(let database) = try file.open(notice: { notices.append($0) }) else {
      throw JournalError("\(file.path) cannot be made anew")
    }
    state.withLock {
      $0.database = database
      $0.notices += notices
    }
  }

  private func trimMemory() {
    let (database, isMemory) = state.withLock { ($0.database, $0.file == nil) }
    guard isMemory else { return }
    try? database.writeWithoutTransaction { database in
      try database.execute(
        sql: "DELETE FROM transitions WHERE sequence <= (SELECT MAX(sequence) FROM transitions) - ?",
        arguments: [Self.capacity])
    }
  }

  /// What happened, newest first: to one object or to all, since a time or ever.
  /// - Throws: `JournalError` when the file cannot be read.
  public func transitions(
    of object: ObjectRef? = nil, since: Date? = nil, limit: Int = 1000
  ) async throws(JournalError) -> [RecordedTransition] {
    try await read(limit: limit) { limit, database in
      try JournalDatabase.transitions(of: object, since: since, limit: limit, in: database)
    }
  }

  /// What was done, each stage a row, newest first.
  /// - Throws: `JournalError` when the file cannot be read.
  public func actions(
    of object: ObjectRef? = nil, since: Date? = nil, limit: Int = 1000
  ) async throws(JournalError) -> [RecordedAction] {
    try await read(limit: limit) { limit, database in
      try JournalDatabase.actions(of: object, since: since, limit: limit, in: database)
    }
  }

  private func read<T: Sendable>(
    limit: Int, _ query: @escaping @Sendable (Int, Database) throws -> [T]
  ) async throws(JournalError) -> [T] {
    try await perform { [self] in
      writePending()
      let (database, archive) = state.withLock { ($0.database, $0.archive) }
      var found = try database.read { try query(limit, $0) }
      if let archive, found.count < limit { found += try archive.read { try query(limit - found.count, $0) } }
      return found
    }
  }

  /// Runs work on the queue.
  private func perform<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws(JournalError) -> T {
    let result: Result<T, JournalError> = await withCheckedContinuation { continuation in
      queue.async {
        do {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(JournalError("the journal: \(JournalFile.sentence(error))")))
        }
      }
    }
    return try result.get()
  }
}
