import Foundation
import TestKit
import Testing

@testable import App

/// Whatever way a file changes in, it is noticed, and nothing else is.
@Suite(.timeLimit(.minutes(5))) struct KubeconfigWatchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder("watch") }

  private func watch(_ paths: [String]) -> KubeconfigWatch { KubeconfigWatch(paths: paths, quiet: .milliseconds(5)) }

  /// Waits for one change; the time limit of the suite ends it.
  private func changed(_ watch: KubeconfigWatch) async -> Bool {
    for await _ in watch.changes { return true }
    return false
  }

  private func replace(_ link: String, with target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: link + ".new", withDestinationPath: target)
    try #require(rename(link + ".new", link) == 0)
  }

  @Test func E_K14_aFileThatIsWrittenInPlace() async throws {
    let path = try folder.write("a", to: "config")
    let watch = watch([path])
    defer { watch.stop() }
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.write(contentsOf: Data("longer".utf8))
    try handle.close()
    #expect(await changed(watch))
  }

  @Test func E_K14_aFileThatIsReplaced() async throws {
    let path = try folder.write("a", to: "config")
    let watch = watch([path])
    defer { watch.stop() }
    for text in ["b", "c"] {
      try folder.write(text, to: "other")
      try #require(rename(folder.file("other"), path) == 0)
      #expect(await changed(watch))
    }
  }

  @Test func E_K14_aFileThatDoesNotExistYetNorItsFolders() async throws {
    let watch = watch([folder.file("home/.kube/config")])
    defer { watch.stop() }
    try folder.write("a", to: "home/.kube/config")
    #expect(await changed(watch))
    try FileManager.default.removeItem(atPath: folder.file("home"))
    #expect(await changed(watch))
    try folder.write("b", to: "home/.kube/config")
    #expect(await changed(watch))
  }

  @Test func E_K14_aMountedConfigMap() async throws {
    // As the kubelet does it: config → ..data/config, ..data → ..1, and a swap of ..data by rename.
    try folder.write("a", to: "mount/..1/config")
    try folder.write("b", to: "mount/..2/config")
    try FileManager.default.createSymbolicLink(atPath: folder.file("mount/..data"), withDestinationPath: "..1")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("mount/config"), withDestinationPath: "..data/config")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("mount/config"))
    let watch = watch([folder.file("link")])
    defer { watch.stop() }
    try replace(folder.file("mount/..data"), with: "..2")
    #expect(await changed(watch))
    // And what is behind the new link counts now.
    try folder.write("c, longer", to: "mount/..2/config")
    #expect(await changed(watch))
  }

  @Test func E_K14_permissionsThatChange() async throws {
    let path = try folder.write("a", to: "config")
    let watch = watch([path])
    defer { watch.stop() }
    chmod(path, 0o644)
    #expect(await changed(watch))
  }

  @Test func whatHappensBesideTheFileIsNoChange() async throws {
    let path = try folder.write("a", to: "config")
    let watch = watch([path])
    defer { watch.stop() }
    try folder.write("x", to: "config.lock")
    try FileManager.default.removeItem(atPath: folder.file("config.lock"))
    try folder.write("y", to: "cache/other")
    watch.stop()
    #expect(await !changed(watch))
  }

  @Test func everyFolderOnTheWayCounts() throws {
    try folder.write("a", to: "real/config")
    try FileManager.default.createSymbolicLink(atPath: folder.file("one"), withDestinationPath: "two")
    try FileManager.default.createSymbolicLink(atPath: folder.file("two"), withDestinationPath: "real/config")
    #expect(KubeconfigWatch.folders(of: folder.file("one")) == [folder.path, folder.file("real")])
    #expect(KubeconfigWatch.folders(of: folder.file("not/yet/there")) == [folder.path])
    try FileManager.default.createSymbolicLink(atPath: folder.file("loop"), withDestinationPath: "loop")
    #expect(KubeconfigWatch.folders(of: folder.file("loop")) == [folder.path])
  }
}
