import Dispatch
import FoundationEssentials
import GRDB
import Glibc

/// The file on disk: opened, checked, set aside (C11, F4, F5).
struct JournalFile: Sendable {
  let path: String

  enum Opened {
    case ours(DatabaseQueue)
    /// Written by a newer program: read, never written.
    case newer(DatabaseQueue)
  }

  /// How many files that were set aside are kept.
  private static let kept = 3
  private static let sideFiles = ["-wal", "-shm", "-journal"]
  private static let checkBudget = 2.0

  /// Opens or makes the journal. A file that is not a journal, or a damaged one, is set aside, and `notice` says so.
  /// - Throws: `JournalError` when there can be no file here.
  func open(notice: (String) -> Void) throws(JournalError) -> Opened {
    try checkKind()
    for attempt in 0..<2 {
      do {
        try makeIfMissing()
        return try openOnce()
      } catch let error as JournalError {
        throw error
      } catch let problem as Unusable where attempt == 0 {
        notice(try setAside(because: problem.reason))
      } catch {
        guard attempt == 0, Self.isDamage(error) else { throw JournalError("\(path): \(Self.sentence(error))") }
        notice(try setAside(because: "is damaged (\(Self.sentence(error)))"))
      }
    }
    throw JournalError("\(path) cannot be made anew")
  }

  private struct Unusable: Error { let reason: String }

  private func openOnce() throws -> Opened {
    let wasUnclean = FileManager.default.fileExists(atPath: path + "-wal")
    let queue = try DatabaseQueue(path: path, configuration: Schema.configuration())
    switch try Schema.prepare(queue, isFile: true) {
    case .current:
      if wasUnclean { try check(queue) }
      return .ours(queue)
    case .newer:
      try queue.close()
      return .newer(try DatabaseQueue(path: path, configuration: Schema.configuration(readonly: true)))
    case .foreign:
      try queue.close()
      throw Unusable(reason: "belongs to another program")
    }
  }

  /// A quick check with a limited time: what it does not reach is found when it is read.
  private func check(_ queue: DatabaseQueue) throws {
    let alarm = DispatchWorkItem { queue.interrupt() }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.checkBudget, execute: alarm)
    defer { alarm.cancel() }
    do {
      let answer = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
      if let answer, answer != "ok" { throw Unusable(reason: "is damaged (\(answer.cut(to: 200)))") }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
      return
    }
  }

  static func isDamage(_ error: any Error) -> Bool {
    guard let code = (error as? DatabaseError)?.resultCode else { return false }
    return code == .SQLITE_CORRUPT || code == .SQLITE_NOTADB
  }

  static func sentence(_ error: any Error) -> String {
    (error as? DatabaseError)?.message ?? (error as? JournalError)?.message ?? "\(error)"
  }

  /// Whatever is at the path has to be a file of this user that nobody else can reach.
  private func checkKind() throws(JournalError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR { return }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
      throw JournalError("\(path) is a link or no regular file; remove it")
    }
    guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw JournalError("\(path) belongs to, or is open to, other users; run: chmod 600 \(path)")
    }
  }

  private func makeIfMissing() throws {
    var status = stat()
    if lstat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw Unusable(reason: "is a directory") }
      return
    }
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw JournalError("\(path) cannot be made: \(String(cString: strerror(errno)))") }
    close(descriptor)
  }

  /// Moves the file and its side files away together, and says where.
  func setAside(because reason: String) throws(JournalError) -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func pad(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let date = "\(parts.tm_year + 1900)\(pad(parts.tm_mon + 1))\(pad(parts.tm_mday))"
    let base = "\(path).corrupt-\(date)T\(pad(parts.tm_hour))\(pad(parts.tm_min))\(pad(parts.tm_sec))Z"
    var target = base
    var number = 1
    while access(target, F_OK) == 0 {
      number += 1
      target = "\(base)-\(number)"
    }
    guard rename(path, target) == 0 else {
      throw JournalError("\(path) \(reason) and cannot be moved away: \(String(cString: strerror(errno)))")
    }
    for side in Self.sideFiles { rename(path + side, target + side) }
    forgetOldest()
    return "the journal \(path) \(reason); it was kept as \(target) and a new one begun"
  }

  private func forgetOldest() {
    let parts = path.split(separator: "/").map(String.init)
    guard let name = parts.last else { return }
    let directory = "/" + parts.dropLast().joined(separator: "/")
    let isSide = { (file: String) in Self.sideFiles.contains { file.hasSuffix($0) } }
    let aside = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
      .filter { $0.hasPrefix("\(name).corrupt-") && !isSide($0) }.sorted()
    for old in aside.dropLast(Self.kept) {
      for side in [""] + Self.sideFiles {
        _ = try? FileManager.default.removeItem(atPath: "\(directory)/\(old)\(side)")
      }
    }
  }
}
