import Foundation
import GitOps
import Testing

@testable import Journal

struct JournalStoreTests {
  @Test func keepsTransitionsAndGivesTheNewestFirst() async throws {
    let folder = try StateFolder()
    let store = JournalStore.open(directory: folder.path)
    #expect(store.notices.isEmpty)
    let other = ObjectRef(cluster: ClusterID("edge"), group: "", kind: "Node", namespace: "", name: "n1")
    for number in 1...5 { store.append(transition(number)) }
    store.append(transition(6, of: other))
    let all = try await store.transitions()
    #expect(all.map(\.transition.uid) == ["u6", "u5", "u4", "u3", "u2", "u1"])
    #expect(all.map(\.sequence) == all.map(\.sequence).sorted(by: >))
    #expect(try await store.transitions(of: other).map(\.transition) == [transition(6, of: other)])
    #expect(try await store.transitions(of: apps, limit: 2).map(\.transition.uid) == ["u5", "u4"])
    let since = Date(timeIntervalSince1970: 1_700_000_004)
    #expect(try await store.transitions(of: apps, since: since).map(\.transition.uid) == ["u5", "u4"])
    await store.close()
  }

  @Test func keepsOrderWhenTheClockGoesBack() async throws {
    let folder = try StateFolder()
    let store = JournalStore.open(directory: folder.path)
    for number in [3, 1, 2] { store.append(transition(number)) }
    #expect(try await store.transitions().map(\.transition.uid) == ["u2", "u1", "u3"])
  }

  @Test func isThereAfterARestart() async throws {
    let folder = try StateFolder()
    let store = JournalStore.open(directory: folder.path)
    store.append(transition(1))
    try await store.record(action(7))
    try await store.record(action(7, stage: .accepted), before: "a", after: "b")
    await store.close()
    let again = JournalStore.open(directory: folder.path)
    #expect(again.notices.isEmpty)
    #expect(try await again.transitions().map(\.transition) == [transition(1)])
    let actions = try await again.actions(of: apps)
    #expect(actions.map(\.stage) == ["accepted", "sending"])
    #expect(actions.first?.mutation == 7)
    #expect(actions.first?.verb == "reconcile")
    #expect(actions.first?.before == "a")
    #expect(actions.first?.target == apps)
  }

  @Test func hasTheActionOnDiskWhenRecordReturns() async throws {
    let folder = try StateFolder()
    let store = JournalStore.open(directory: folder.path)
    store.append(transition(1))
    try await store.record(action(1))
    // Another process would see it, and what was observed before it, while the first is still open.
    let other = JournalStore.open(directory: folder.path)
    #expect(try await other.actions().map(\.stage) == ["sending"])
    #expect(try await other.transitions().map(\.transition.uid) == ["u1"])
    await store.close()
  }

  @Test func isForThisUserOnlyAndSetUpAsRequired() async throws {
    let folder = try StateFolder()
    let store = JournalStore.open(directory: folder.path)
    store.append(transition(1))
    await store.flush()
    for name in try folder.names() {
      let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
    #expect(mode == 0o700)
    #expect(try folder.names() == ["journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal"])
    await store.close()
    #expect(try folder.header(at: applicationID) == Schema.applicationID)
    #expect(try folder.header(at: userVersion) == Schema.version)
  }

  @Test func cutsLongMessagesAtACharacter() async throws {
    let store = JournalStore.inMemory()
    store.append(transition(1, message: "x" + String(repeating: "ä", count: 5000)))
    let message = try #require(await store.transitions().first?.transition.message)
    #expect(message.utf8.count == 1023)
    #expect(message.hasSuffix("ä"))
  }

  @Test func dropsTheOldestAndCountsThemWhileTheDiskCannotKeepUp() async throws {
    let folder = try StateFolder()
    let store = JournalStore.open(directory: folder.path)
    try await store.record(action(1))
    // The background thread is held up; the caller is not.
    store.queue.sync {
      for number in 0..<(JournalStore.capacity + 1200) { store.append(transition(number)) }
    }
    await store.flush()
    let kept = try await store.transitions(limit: 20_000)
    #expect(store.dropped == 1200)
    #expect(kept.count == JournalStore.capacity)
    #expect(kept.first?.transition.uid == "u\(JournalStore.capacity + 1199)")
    #expect(kept.last?.transition.uid == "u1200")
  }

  @Test func takesRowsFromManyProcessesAtOnce() async throws {
    let folder = try StateFolder()
    let stores = (0..<4).map { _ in JournalStore.open(directory: folder.path) }
    await withTaskGroup(of: Void.self) { group in
      for store in stores {
        group.addTask {
          for number in 0..<300 { store.append(transition(number)) }
          await store.flush()
        }
      }
    }
    #expect(try await stores[0].transitions(limit: 5000).count == 1200)
    #expect(stores.allSatisfy { $0.notices.isEmpty && $0.dropped == 0 })
  }

  @Test func keepsTheNewestInMemory() async throws {
    let store = JournalStore.inMemory()
    for number in 0..<12_000 {
      store.append(transition(number))
      if number % 500 == 0 { await store.flush() }
    }
    await store.flush()
    #expect(try await store.transitions(limit: 20_000).count == JournalStore.capacity)
    #expect(store.dropped == 0)
  }
}
