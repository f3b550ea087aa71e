import Foundation
import GitOps
import Testing

@testable import Git

struct MirrorTests {
  @Test func bringsABranchWithItsHistory() async throws {
    let fixture = try Fixture()
    let first = try fixture.commit(["apps/web.yaml": "replicas: 1\n"], subject: "Add web", at: 1_700_000_000)
    let second = try fixture.commit(["apps/web.yaml": "replicas: 3\n"], subject: "Raise replicas", at: 1_700_000_060)
    let mirror = fixture.mirror
    #expect(try await mirror.head(.branch("main")) == nil)
    #expect(try await mirror.remoteHead(.branch("main")) == second)
    #expect(try await mirror.fetch(.branch("main")) == second)
    #expect(try await mirror.head(.branch("main")) == second)
    #expect(await mirror.contains(first))
    let summary = try await mirror.commit(second)
    #expect(summary.subject == "Raise replicas")
    #expect(summary.author == "A. Author")
    #expect(summary.time == Date(timeIntervalSince1970: 1_700_000_060))
    #expect(try await mirror.commits(after: nil, upTo: second, limit: 10).map(\.id) == [second, first])
    #expect(try await mirror.commits(after: first, upTo: second, limit: 10).map(\.id) == [second])
  }

  @Test func tellsWhoWroteALine() async throws {
    let fixture = try Fixture()
    let first = try fixture.commit(["apps/web.yaml": "kind: x\nreplicas: 1\nlast: 1\n"], subject: "Add web")
    let second = try fixture.commit(["apps/web.yaml": "kind: x\nreplicas: 3\nlast: 1\n"], subject: "Raise replicas")
    let third = try fixture.commit(
      ["apps/web.yaml": "# more\nkind: x\nreplicas: 3\nlast: 1\n", "other": "1"], subject: "Say more")
    let mirror = fixture.mirror
    try await _ = mirror.fetch(.branch("main"))
    func subject(_ line: Int, at commit: String, _ path: String = "apps/web.yaml") async throws -> String? {
      try await mirror.blame(path, line: line, at: commit)?.subject
    }
    for (line, expected) in [(1, "Say more"), (2, "Add web"), (3, "Raise replicas"), (4, "Add web")] {
      #expect(try await subject(line, at: third) == expected)
    }
    #expect(try await subject(2, at: first) == "Add web")
    #expect(try await subject(2, at: second) == "Raise replicas")
    for (line, path) in [(99, "apps/web.yaml"), (0, "apps/web.yaml"), (1, "gone"), (1, "apps")] {
      #expect(try await subject(line, at: third, path) == nil)
    }
    let isSigned = try await mirror.commit(third).isSigned
    #expect(!isSigned)
  }

  @Test func countsCommitsAhead() async throws {
    let fixture = try Fixture()
    let base = try fixture.commit(["a": "1"])
    for number in 2...5 { try fixture.commit(["a": "\(number)"]) }
    let head = try await fixture.mirror.fetch(.branch("main"))
    #expect(try await fixture.mirror.ahead(base: base, head: head) == 4)
    #expect(try await fixture.mirror.ahead(base: head, head: base) == 0)
    #expect(try await fixture.mirror.ahead(base: String(repeating: "a", count: 40), head: head) == nil)
  }

  @Test func saysWhichPathsChanged() async throws {
    let fixture = try Fixture()
    let old = try fixture.commit(["b/x": "1", "a/y": "1", "gone": "1", "same": "1"])
    let new = try fixture.commit(["b/x": "2", "B": "1", "gone": nil])
    try await _ = fixture.mirror.fetch(.branch("main"))
    let changes = try await fixture.mirror.changes(from: old, to: new)
    #expect(changes == PathChanges(modified: ["b/x"], appeared: ["B", "gone"]))
    #expect(try await fixture.mirror.changes(from: new, to: new) == PathChanges())
  }

  @Test func fetchesOnlyTheReferenceThatIsAskedFor() async throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1"])
    try fixture.commit(["a": "2"], to: "other")
    try await _ = fixture.mirror.fetch(.branch("main"))
    #expect(try await fixture.mirror.head(.branch("other")) == nil)
  }

  @Test func followsTheDefaultBranchTagsAndNames() async throws {
    let fixture = try Fixture()
    let released = try fixture.commit(["a": "1"])
    let head = try fixture.commit(["a": "2"])
    try fixture.raw { repository in
      try CommitBuilder.move("refs/tags/light", to: #require(ObjectID(released)), in: repository)
      let text = "object \(released)\ntype commit\ntag v1\ntagger A <a@example.com> 1700000000 +0000\n\nRelease\n"
      let tag = try CommitBuilder.write(Array(text.utf8), as: .tag, in: repository)
      try CommitBuilder.move("refs/tags/v1", to: tag, in: repository)
      try CommitBuilder.move("refs/pull/7/head", to: #require(ObjectID(head)), in: repository)
    }
    let mirror = fixture.mirror
    for reference in [GitReference.tag("v1"), .tag("light")] {
      #expect(try await mirror.remoteHead(reference) == released)
      #expect(try await mirror.fetch(reference) == released)
      #expect(try await mirror.fetch(reference) == released)
      #expect(try await mirror.head(reference) == released)
    }
    for reference in [GitReference.head, .name("refs/pull/7/head")] {
      #expect(try await mirror.fetch(reference) == head)
      #expect(try await mirror.head(reference) == head)
    }
  }

  @Test func keepsTheRevisionInEffectReadableAfterAForcedPush() async throws {
    let fixture = try Fixture()
    let base = try fixture.commit(["a": "1"])
    let dropped = try fixture.commit(["a": "2"])
    try await _ = fixture.mirror.fetch(.branch("main"))
    let rewritten = try fixture.commit(["a": "3"], parent: base)
    #expect(try await fixture.mirror.fetch(.branch("main")) == rewritten)
    #expect(await fixture.mirror.contains(dropped))
    #expect(try await fixture.mirror.ahead(base: dropped, head: rewritten) == 1)
  }

  @Test func namesWhatIsWrongWithTheRemote() async throws {
    let fixture = try Fixture()
    #expect(await kind { _ = try await fixture.mirror.fetch(.branch("main")) } == .noSuchReference)
    #expect(await kind { _ = try await fixture.mirror.fetch(.head) } == .noSuchReference)
    try fixture.commit(["a": "1"])
    #expect(await kind { _ = try await fixture.mirror.fetch(.branch("absent")) } == .noSuchReference)
    #expect(await kind { _ = try await fixture.mirror.fetch(.branch("../../config")) } == .noSuchReference)
    #expect(await kind { _ = try await fixture.mirror.fetch(.name("HEAD:refs/heads/x")) } == .noSuchReference)
    let nowhere = fixture.cache.mirror(of: try Fixture.location(fixture.folder.file("absent.git")))
    #expect(await kind { _ = try await nowhere.remoteHead(.branch("main")) } == .notFound)
    #expect(await kind { _ = try await nowhere.fetch(.branch("main")) } == .notFound)
    let refusing = fixture.cache.mirror(of: try Fixture.location("http://127.0.0.1:1/fleet.git"))
    #expect(await kind { _ = try await refusing.fetch(.branch("main")) } == .unreachable)
  }

  @Test func keepsTheLastHeadWhenTheBranchIsDeleted() async throws {
    let fixture = try Fixture()
    let commit = try fixture.commit(["a": "1"])
    try await _ = fixture.mirror.fetch(.branch("main"))
    try FileManager.default.removeItem(atPath: fixture.origin.path + "/refs/heads/main")
    #expect(await kind { _ = try await fixture.mirror.fetch(.branch("main")) } == .noSuchReference)
    #expect(try await fixture.mirror.head(.branch("main")) == commit)
    #expect(try await fixture.mirror.commit(commit).subject == "Change")
  }

  @Test(arguments: [String(repeating: "0", count: 39), String(repeating: "b", count: 40), "main", "sha256:x", ""])
  func saysThatARevisionIsGone(_ revision: String) async throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1"])
    try await _ = fixture.mirror.fetch(.branch("main"))
    #expect(await fixture.mirror.contains(revision) == false)
    #expect(await kind { _ = try await fixture.mirror.commit(revision) } == .gone(revision: revision))
    #expect(
      await kind { _ = try await fixture.mirror.withTree(at: revision) { _ in 0 }.get() } == .gone(revision: revision))
  }

  @Test func repairsHostileCommitTexts() async throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1"])
    let odd = try fixture.raw { repository in
      let tree = try CommitBuilder.write([], as: .tree, in: repository)
      var text = Array("tree \(tree.text)\nauthor ".utf8) + [0x41, 0xff, 0x1b, 0x42]
      text += Array(" <a@example.com> 99999999999999 +0000\ncommitter C <c@example.com> 1 +0000\n\n\r\n".utf8)
      text += [0xc3] + Array(String(repeating: "x", count: 1 << 20).utf8)
      let commit = try CommitBuilder.write(text, as: .commit, in: repository)
      try CommitBuilder.move("refs/heads/odd", to: commit, in: repository)
      return commit.text
    }
    try await _ = fixture.mirror.fetch(.branch("odd"))
    let summary = try await fixture.mirror.commit(odd)
    #expect(summary.author == "A\u{fffd}\u{1b}B")
    #expect(summary.subject.hasPrefix("\u{fffd}xxx"))
    #expect(summary.subject.utf8.count <= 1100)
    #expect(summary.time <= Date(timeIntervalSince1970: 253_402_300_799))
  }

  @Test func givesTheSameMirrorForTheSameAddress() throws {
    let fixture = try Fixture()
    let again = fixture.cache.mirror(of: try Fixture.location(fixture.folder.file("fleet.git") + "/"))
    #expect(again === fixture.mirror)
  }

  @Test func servesReadersWhileManyFetchesRun() async throws {
    let fixture = try Fixture()
    let commit = try fixture.commit(["a": "1"])
    try await _ = fixture.mirror.fetch(.branch("main"))
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<20 {
        group.addTask { try await fixture.mirror.fetch(.branch("main")) }
        group.addTask { try await fixture.mirror.commit(commit).id }
      }
      for try await id in group { #expect(id == commit) }
    }
  }
}
