import Foundation
import Testing

@testable import Git

struct GitTreeTests {
  /// Fetches what is on `main` and reads its tree.
  private func reading<T: Sendable>(
    _ fixture: Fixture, _ body: @Sendable (GitTree) throws -> T
  ) async throws -> T {
    let commit = try await fixture.mirror.fetch(.branch("main"))
    return try await fixture.mirror.withTree(at: commit, body).get()
  }

  /// A commit whose root has exactly these entries, whatever they are called.
  private func commit(_ entries: [(mode: String, name: [UInt8], id: ObjectID)], in fixture: Fixture) throws {
    try fixture.raw { repository in
      let tree = try CommitBuilder.write(Self.encode(entries), as: .tree, in: repository)
      let commit = try CommitBuilder.write(
        tree: tree, parent: nil, subject: "Odd", author: "A", email: "a@example.com", seconds: 1, in: repository)
      try CommitBuilder.move("refs/heads/main", to: commit, in: repository)
    }
  }

  private static func encode(_ entries: [(mode: String, name: [UInt8], id: ObjectID)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      bytes += Array("\(entry.mode) ".utf8)
      bytes += entry.name
      bytes.append(0)
      withUnsafeBytes(of: entry.id.raw) { bytes += $0 }
    }
    return bytes
  }

  private func blob(_ text: String, in fixture: Fixture) throws -> ObjectID {
    try fixture.raw { try CommitBuilder.write(Array(text.utf8), as: .blob, in: $0) }
  }

  @Test func readsFilesAndSortsNamesBytewise() async throws {
    let fixture = try Fixture()
    try fixture.commit(["a/b.yaml": "x", "a.b": "y", "a0": "z", "B": "", "ä": "w"])
    let (names, text, entry) = try await reading(fixture) { tree in
      (tree.list("").map(\.name), try tree.read("a/b.yaml"), tree.entry("a/b.yaml"))
    }
    #expect(names == ["B", "a", "a.b", "a0", "ä"])
    #expect(text == Array("x".utf8))
    guard case .file(let blob, executable: false) = entry else {
      Issue.record("\(String(describing: entry))")
      return
    }
    #expect(blob.count == 40)
  }

  @Test func answersForWhatIsNotThere() async throws {
    let fixture = try Fixture()
    try fixture.commit(["a/b": "x"])
    try await reading(fixture) { tree in
      #expect(tree.entry("") == .directory)
      #expect(tree.entry("a") == .directory)
      #expect(tree.entry("a/") == .directory)
      #expect(tree.entry("./a/./b") == tree.entry("a/b"))
      #expect(tree.entry("a/../a/b") == tree.entry("a/b"))
      for path in ["c", "a/b/c", "..", "../a", "a/../../a", String(repeating: "x/", count: 4000)] {
        #expect(tree.entry(path) == nil, "\(path.prefix(20))")
        #expect(tree.list(path).isEmpty)
        #expect(throws: GitError.self) { try tree.read(path) }
      }
      #expect(tree.list("a/b").isEmpty)
      #expect(throws: GitError.self) { try tree.read("a") }
    }
  }

  @Test func refusesAFileBeyondTheLimitButNotTheTree() async throws {
    let fixture = try Fixture()
    try fixture.commit(["big.yaml": String(repeating: "x", count: (4 << 20) + 1), "small.yaml": "x"])
    let (error, small) = try await reading(fixture) { tree in
      (#expect(throws: GitError.self) { try tree.read("big.yaml") }, try tree.read("small.yaml"))
    }
    #expect(error?.kind == .limit)
    #expect(small.count == 1)
  }

  @Test(arguments: [
    "..", ".", ".git", ".GIT", ".Git ", ".git.", ".git:$INDEX_ALLOCATION", "git~1", "GIT~12", ".g\u{200c}it", "a/b",
  ])
  func E_G06_leavesOutNamesThatNoHonestTreeHas(_ name: String) async throws {
    let fixture = try Fixture()
    let id = try blob("x", in: fixture)
    try commit([("100644", Array(name.utf8), id), ("100644", Array("ok".utf8), id)], in: fixture)
    let (names, findings) = try await reading(fixture) { ($0.list("").map(\.name), $0.findings) }
    #expect(names == ["ok"])
    #expect(findings.map(\.path) == [name])
  }

  @Test(arguments: ["git", ".gitignore", ".github", "git~", "git~x", ".gitmodules", "dot.git"])
  func keepsNamesThatOnlyLookLikeIt(_ name: String) async throws {
    let fixture = try Fixture()
    let id = try blob("x", in: fixture)
    try commit([("100644", Array(name.utf8), id)], in: fixture)
    #expect(try await reading(fixture) { $0.list("").map(\.name) } == [name])
  }

  @Test func E_G06_leavesOutASecondEntryOfOneName() async throws {
    let fixture = try Fixture()
    let one = try blob("1", in: fixture)
    let two = try blob("2", in: fixture)
    try commit([("100644", Array("a".utf8), one), ("100644", Array("a".utf8), two)], in: fixture)
    let (text, findings) = try await reading(fixture) { (try $0.read("a"), $0.findings) }
    #expect(text == Array("1".utf8))
    #expect(findings == [TreeFinding(path: "a", reason: "is there more than once")])
  }

  @Test func E_G06_leavesOutANameThatIsNotText() async throws {
    let fixture = try Fixture()
    let id = try blob("x", in: fixture)
    try commit([("100644", [0x61, 0xff], id)], in: fixture)
    let (names, findings) = try await reading(fixture) { ($0.list("").map(\.name), $0.findings) }
    #expect(names.isEmpty)
    #expect(findings.count == 1)
  }

  @Test func E_G08_reportsSubmodulesAndDoesNotFollowThem() async throws {
    let fixture = try Fixture()
    let elsewhere = try #require(ObjectID(String(repeating: "c", count: 40)))
    try commit([("160000", Array("vendor".utf8), elsewhere)], in: fixture)
    let (entry, names, findings) = try await reading(fixture) { tree in
      (tree.entry("vendor"), tree.list("vendor").map(\.name), tree.findings)
    }
    #expect(entry == .submodule(commit: elsewhere.text))
    #expect(names.isEmpty)
    #expect(findings.map(\.path) == ["vendor"])
  }

  @Test func E_G07_followsLinksOnlyInsideTheTree() async throws {
    let fixture = try Fixture()
    let text = try blob("hello", in: fixture)
    let links = [
      "to-file": "dir/file", "to-dir": "dir", "up": "dir/../dir/file", "out": "../../etc/passwd", "root": "/etc/passwd",
      "loop": "loop", "a": "b", "b": "a", "dangling": "nowhere", "empty": "",
    ]
    let directory = try fixture.raw { repository in
      try CommitBuilder.write(
        Self.encode([("100644", Array("file".utf8), text)]), as: .tree, in: repository)
    }
    var entries = [("40000", Array("dir".utf8), directory)]
    for (name, target) in links { entries.append(("120000", Array(name.utf8), try blob(target, in: fixture))) }
    for hop in 1...9 {
      let target = hop == 9 ? "dir/file" : "hop\(hop + 1)"
      entries.append(("120000", Array("hop\(hop)".utf8), try blob(target, in: fixture)))
    }
    try commit(
      entries.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map { (mode: $0.0, name: $0.1, id: $0.2) }, in: fixture)
    try await reading(fixture) { tree in
      for path in ["to-file", "to-dir/file", "up", "hop2"] {
        #expect((try? tree.read(path)) == Array("hello".utf8), "\(path)")
      }
      #expect(tree.entry("to-dir") == .directory)
      #expect(tree.list("to-dir").map(\.name) == ["file"])
      for path in ["out", "root", "loop", "a", "b", "dangling", "empty", "hop1"] {
        #expect(tree.entry(path) == nil, "\(path)")
      }
      #expect(tree.list("").first { $0.name == "out" }?.entry == .link)
      for path in ["to-file", "out", "loop", "dangling"] { #expect(tree.entry(path, followingLinks: false) == .link) }
      #expect(tree.entry("to-dir/file", followingLinks: false) == nil)
      #expect(tree.entry("dir/file", followingLinks: false) == tree.entry("dir/file"))
    }
  }

  @Test func E_G06_dropsWhatWasMadeFromATreeThatIsTooDeep() async throws {
    let fixture = try Fixture()
    try fixture.raw { repository in
      let file = try CommitBuilder.write(Array("x".utf8), as: .blob, in: repository)
      var tree = try CommitBuilder.write(
        Self.encode([("100644", Array("f".utf8), file)]), as: .tree, in: repository)
      for _ in 0..<80 {
        tree = try CommitBuilder.write(
          Self.encode([("40000", Array("d".utf8), tree)]), as: .tree, in: repository)
      }
      let commit = try CommitBuilder.write(
        tree: tree, parent: nil, subject: "Deep", author: "A", email: "a@example.com", seconds: 1, in: repository)
      try CommitBuilder.move("refs/heads/main", to: commit, in: repository)
    }
    let kind = await kind {
      _ = try await reading(fixture) { tree in
        var path = "d"
        while !tree.list(path).isEmpty { path += "/d" }
      }
    }
    #expect(kind == .limit)
  }

  /// Ten objects that make ten million paths, and a directory of more entries than any repository has.
  @Test func E_G06_walkingEndsInATreeWithoutEnd() async throws {
    let fixture = try Fixture()
    try fixture.raw { repository in
      let file = try CommitBuilder.write(Array("x".utf8), as: .blob, in: repository)
      var tree = try CommitBuilder.write(Self.encode([("100644", Array("f".utf8), file)]), as: .tree, in: repository)
      for _ in 0..<7 {
        tree = try CommitBuilder.write(
          Self.encode((0..<10).map { ("40000", Array("d\($0)".utf8), tree) }), as: .tree, in: repository)
      }
      let wide = try CommitBuilder.write(
        Self.encode((100_000..<300_001).map { ("100644", Array("f\($0)".utf8), file) }), as: .tree, in: repository)
      tree = try CommitBuilder.write(
        Self.encode([("40000", Array("deep".utf8), tree), ("40000", Array("wide".utf8), wide)]), as: .tree,
        in: repository)
      let commit = try CommitBuilder.write(
        tree: tree, parent: nil, subject: "Endless", author: "A", email: "a@example.com", seconds: 1, in: repository)
      try CommitBuilder.move("refs/heads/main", to: commit, in: repository)
    }
    let deep = await kind {
      _ = try await reading(fixture) { tree in
        var pending = ["deep"]
        while let path = pending.popLast() {
          for (name, entry) in tree.list(path) where entry == .directory { pending.append("\(path)/\(name)") }
        }
      }
    }
    #expect(deep == .limit)
    #expect(await kind { _ = try await reading(fixture) { $0.list("wide").count } } == .limit)
  }

  @Test func dropsWhatWasMadeFromATreeWithAnObjectMissing() async throws {
    let fixture = try Fixture()
    try fixture.commit(["dir/file": "x", "other": "y"])
    let commit = try await fixture.mirror.fetch(.branch("main"))
    let layout = fixture.cache.layout(of: fixture.mirror.address)
    let absent = try #require(ObjectID(String(repeating: "d", count: 40)))
    let repository = try layout.open()
    let tree = try CommitBuilder.write(
      Self.encode([("100644", Array("lost".utf8), absent)]), as: .tree, in: repository.pointer)
    let broken = try CommitBuilder.write(
      tree: tree, parent: nil, subject: "Broken", author: "A", email: "a@example.com", seconds: 1,
      in: repository.pointer)
    let met = await kind { _ = try await fixture.mirror.withTree(at: broken.text) { tree in try? tree.read("lost") } }
    #expect(met == .corrupt)
    // The next fetch begins anew and repairs it.
    #expect(try await fixture.mirror.fetch(.branch("main")) == commit)
    #expect(await fixture.mirror.contains(broken.text) == false)
    #expect(try await fixture.mirror.withTree(at: commit) { tree in try? tree.read("other") }.get() == Array("y".utf8))
  }

  @Test func isEmptyAfterItsBody() async throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "x"])
    final class Leak: @unchecked Sendable { var tree: GitTree? }
    let leak = Leak()
    try await reading(fixture) { leak.tree = $0 }
    #expect(leak.tree?.list("").isEmpty == true)
    #expect(throws: GitError.self) { try leak.tree?.read("a") }
  }
}
