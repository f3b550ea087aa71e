import Foundation
import Testing

@testable import Journal

/// What is done about files that cannot be used (F5, E-F04, E-F08, E-F09).
struct JournalFileTests {
  /// A journal with some pages, closed.
  private func filled() async throws -> StateFolder {
    let folder = try StateFolder()
    let store = JournalStore.open(directory: folder.path)
    for number in 0..<400 { store.append(transition(number, message: String(repeating: "m", count: 500))) }
    try await store.record(action(1))
    await store.close()
    return folder
  }

  /// The journal works, says that one was set aside, and that one is there.
  private func expectSetAside(_ folder: StateFolder, _ store: JournalStore) async throws {
    store.append(transition(9000))
    let rows = try await store.transitions()
    #expect(rows.map(\.transition.uid) == ["u9000"])
    #expect(store.notices.count == 1)
    #expect(store.notices.first?.contains("kept as") == true)
    #expect(try folder.names().contains { $0.hasPrefix("journal.sqlite.corrupt-") })
  }

  @Test(arguments: ["header", "text", "zeros", "foreign"])
  func setsAsideWhatIsNoJournal(_ kind: String) async throws {
    let folder = try await filled()
    switch kind {
    case "header": try folder.damage { $0.replaceSubrange(0..<16, with: Data(repeating: 7, count: 16)) }
    case "text": try folder.damage { $0 = Data("not a database at all, but text\n".utf8) + $0.suffix(from: 32) }
    case "zeros": try folder.damage { $0.replaceSubrange(0..<4096, with: Data(count: 4096)) }
    default: try folder.setHeader(at: applicationID, to: 1234)
    }
    let store = JournalStore.open(directory: folder.path)
    try await expectSetAside(folder, store)
  }

  @Test func setsAsideADirectoryInItsPlace() async throws {
    let folder = try StateFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    try await expectSetAside(folder, JournalStore.open(directory: folder.path))
  }

  @Test func setsAsideAfterAnUncleanEndWhatTheCheckFinds() async throws {
    let folder = try await filled()
    try folder.damage { bytes in
      for page in 2..<(bytes.count / 4096) { bytes.fill(page) }
    }
    try Data().write(to: URL(filePath: folder.file + "-wal"))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.file + "-wal")
    try await expectSetAside(folder, JournalStore.open(directory: folder.path))
    #expect(try folder.names().contains { $0.contains(".corrupt-") })
  }

  @Test func goesOnInANewFileWhenDamageShowsUpWhileWriting() async throws {
    let folder = try await filled()
    try folder.damage { bytes in
      for page in 1..<(bytes.count / 4096) { bytes.fill(page) }
    }
    let store = JournalStore.open(directory: folder.path)
    try await store.record(action(2))
    #expect(try await store.actions().map(\.mutation) == [2])
    #expect(store.notices.count == 1)
  }

  @Test func keepsOnlyTheLastThreeThatWereSetAside() async throws {
    let folder = try StateFolder()
    for _ in 0..<5 {
      let store = JournalStore.open(directory: folder.path)
      await store.close()
      try folder.damage { $0.replaceSubrange(0..<16, with: Data(repeating: 7, count: 16)) }
    }
    let store = JournalStore.open(directory: folder.path)
    await store.close()
    #expect(try folder.names().filter { $0.hasPrefix("journal.sqlite.corrupt-") }.count == 3)
  }

  @Test func beginsInAnEmptyFile() async throws {
    let folder = try await filled()
    try folder.damage { $0 = Data() }
    let store = JournalStore.open(directory: folder.path)
    store.append(transition(1))
    #expect(try await store.transitions().count == 1)
    #expect(store.notices.isEmpty)
  }

  @Test func readsButNeverWritesTheJournalOfANewerVersion() async throws {
    let folder = try await filled()
    try folder.setHeader(at: userVersion, to: 99)
    let store = JournalStore.open(directory: folder.path)
    #expect(store.notices.count == 1)
    store.append(transition(9000))
    try await store.record(action(2))
    let rows = try await store.transitions(limit: 3)
    #expect(rows.map(\.transition.uid) == ["u9000", "u399", "u398"])
    #expect(try await store.actions().map(\.mutation) == [2, 1])
    await store.close()
    #expect(try folder.header(at: userVersion) == 99)
    try folder.setHeader(at: userVersion, to: 1)
    #expect(try await JournalStore.open(directory: folder.path).transitions().count == 400)
  }

  @Test(arguments: ["link", "hard link", "fifo", "file mode", "directory mode", "directory link", "unwritable"])
  func staysInMemoryWhereAnotherUserCouldReachIt(_ kind: String) async throws {
    let folder = try StateFolder()
    let files = FileManager.default
    try files.createDirectory(
      atPath: folder.path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    let target = folder.root + "/target"
    try Data("untouched".utf8).write(to: URL(filePath: target))
    switch kind {
    case "link": try files.createSymbolicLink(atPath: folder.file, withDestinationPath: target)
    case "hard link": try files.linkItem(atPath: target, toPath: folder.file)
    case "fifo": mkfifo(folder.file, 0o600)
    case "file mode":
      try Data().write(to: URL(filePath: folder.file))
      try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.file)
    case "directory mode": try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    case "directory link":
      try files.moveItem(atPath: folder.path, toPath: folder.root + "/real")
      try files.createSymbolicLink(atPath: folder.path, withDestinationPath: folder.root + "/real")
    default:
      try files.removeItem(atPath: folder.path)
      try Data().write(to: URL(filePath: folder.path))
    }
    let store = JournalStore.open(directory: folder.path)
    #expect(store.notices.count == 1)
    #expect(store.notices.first?.contains("memory only") == true)
    store.append(transition(1))
    try await store.record(action(1))
    #expect(try await store.transitions().count == 1)
    #expect(try Data(contentsOf: URL(filePath: target)) == Data("untouched".utf8))
  }
}

extension Data {
  /// Overwrites the head of a page with nonsense.
  fileprivate mutating func fill(_ page: Int) {
    replaceSubrange(page * 4096..<page * 4096 + 64, with: Data(repeating: 0xee, count: 64))
  }
}
