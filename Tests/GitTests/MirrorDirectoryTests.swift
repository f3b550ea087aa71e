import Foundation
import Testing

@testable import Git

/// The cache on disk: what is refused, what is made anew (C11, D2, D14).
struct MirrorDirectoryTests {
  @Test func makesItsDirectoriesForThisUserOnly() async throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1"])
    try await _ = fixture.mirror.fetch(.branch("main"))
    for path in [fixture.folder.file("cache"), fixture.cache.layout(of: fixture.mirror.address).path] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o700, "\(path)")
    }
  }

  @Test func refusesACacheThatOthersCanOpen() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("cache")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    let error = #expect(throws: GitError.self) { try MirrorCache(directory: path) }
    #expect(error?.message.contains("chmod 700") == true)
  }

  @Test func refusesACacheThatIsALinkOrAFile() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.path)
    try Data().write(to: URL(filePath: folder.file("file")))
    #expect(throws: GitError.self) { try MirrorCache(directory: folder.file("link")) }
    #expect(throws: GitError.self) { try MirrorCache(directory: folder.file("file")) }
    #expect(throws: GitError.self) { try MirrorCache(directory: folder.file("file/below")) }
  }

  @Test func makesAMirrorAnewWhoseConfigurationSomebodyChanged() async throws {
    let changes: [(String, String)] = [
      ("config", "[core]\n\tbare = true\n\tsshcommand = touch /tmp/x\n"),
      ("config", "[url \"https://evil.example.com/\"]\n\tinsteadOf = file://\n"),
      ("config", "[include]\n\tpath = /etc/passwd\n"), ("objects/info/alternates", "/srv/objects\n"),
      ("commondir", "/srv/other.git\n"),
    ]
    let fixture = try Fixture()
    let commit = try fixture.commit(["a": "1"])
    try await _ = fixture.mirror.fetch(.branch("main"))
    let layout = fixture.cache.layout(of: fixture.mirror.address)
    for (file, text) in changes {
      try Data(text.utf8).write(to: URL(filePath: "\(layout.path)/\(file)"))
      #expect(!layout.isIntact, "\(file)")
      // A reader that opens it anew refuses; the next fetch repairs it.
      let fresh = try MirrorCache(directory: fixture.folder.file("cache")).mirror(
        of: try Fixture.location(fixture.origin.path))
      #expect(await kind { _ = try await fresh.head(.branch("main")) } == .corrupt, "\(file)")
      #expect(try await fixture.mirror.fetch(.branch("main")) == commit)
      #expect(layout.isIntact, "\(file)")
      #expect(try await fixture.mirror.commit(commit).id == commit)
    }
  }

  /// Another conversation about the same mirror looks meanwhile, and once took the half of it for damage.
  @Test func aMirrorIsThereAsAWholeOrNotAtAll() async throws {
    let folder = try TemporaryFolder()
    let layouts = (0..<200).map { BareLayout(path: folder.file("mirror-\($0)")) }
    let looking = Task.detached {
      for layout in layouts {
        while !layout.exists { await Task.yield() }
        guard layout.isIntact else { return layout.path }
      }
      return ""
    }
    for layout in layouts { try layout.create() }
    #expect(await looking.value == "")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == layouts.count)
    #expect(throws: GitError.self) { try layouts[0].create() }
  }

  @Test func beginsAnewWhenThePackIsDamaged() async throws {
    let fixture = try Fixture()
    let commit = try fixture.commit(["a": "1"])
    try await _ = fixture.mirror.fetch(.branch("main"))
    await fixture.mirror.close()
    let packs = fixture.cache.layout(of: fixture.mirror.address).path + "/objects/pack"
    for name in try FileManager.default.contentsOfDirectory(atPath: packs) where name.hasSuffix(".pack") {
      let path = "\(packs)/\(name)"
      var bytes = try Data(contentsOf: URL(filePath: path))
      for index in 12..<(bytes.count - 20) { bytes[index] = 0xff }
      try FileManager.default.removeItem(atPath: path)
      try bytes.write(to: URL(filePath: path))
    }
    let fresh = try MirrorCache(directory: fixture.folder.file("cache")).mirror(
      of: try Fixture.location(fixture.origin.path))
    #expect(await kind { _ = try await fresh.commit(commit) } == .corrupt)
    #expect(try await fresh.fetch(.branch("main")) == commit)
    #expect(try await fresh.commit(commit).subject == "Change")
  }

  @Test func removesWhatAKilledFetchLeft() async throws {
    let fixture = try Fixture()
    let commit = try fixture.commit(["a": "1"])
    try await _ = fixture.mirror.fetch(.branch("main"))
    let path = fixture.cache.layout(of: fixture.mirror.address).path
    let old = ["objects/pack/pack_git2_abc123", "refs/heads/main.lock", "config.lock"]
    for name in old + ["objects/pack/pack_git2_young"] {
      try Data("x".utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }
    for name in old {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: "\(path)/\(name)")
    }
    #expect(try await fixture.mirror.fetch(.branch("main")) == commit)
    for name in old { #expect(!FileManager.default.fileExists(atPath: "\(path)/\(name)"), "\(name)") }
    #expect(FileManager.default.fileExists(atPath: "\(path)/objects/pack/pack_git2_young"))
  }
}
