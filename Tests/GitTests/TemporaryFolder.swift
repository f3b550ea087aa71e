import Foundation

@testable import Git

/// A folder of its own for one test, removed with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let template = FileManager.default.temporaryDirectory.path + "/driftglass-git-XXXXXX"
    var bytes = Array(template.utf8CString)
    guard mkdtemp(&bytes) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// A repository to fetch from, and a cache to fetch into.
struct Fixture {
  let folder: TemporaryFolder
  let origin: CommitBuilder
  let cache: MirrorCache
  let mirror: Mirror

  init(limits: FetchLimits = FetchLimits()) throws {
    folder = try TemporaryFolder()
    origin = try CommitBuilder(creatingBareAt: folder.file("fleet.git"))
    cache = try MirrorCache(directory: folder.file("cache"), limits: limits)
    mirror = cache.mirror(of: try Self.location(folder.file("fleet.git")))
  }

  static func location(_ text: String) throws -> RepositoryLocation {
    let address = try RepositoryAddress(text, namedBy: .configuration)
    return RepositoryLocation(named: address, address: address)
  }

  /// Commits one file a second after the one before.
  @discardableResult
  func commit(
    _ changes: [String: String?], to branch: String = "main", parent: String? = nil, subject: String = "Change",
    at seconds: Double = 1_700_000_000
  ) throws -> String {
    try origin.commit(
      changes.mapValues { $0.map { Array($0.utf8) } }, to: branch, parent: parent, subject: subject,
      time: Date(timeIntervalSince1970: seconds))
  }

  /// Lets a test write objects that no honest client writes.
  func raw<T>(_ body: (OpaquePointer) throws -> T) throws -> T {
    let repository = try BareLayout(path: origin.path).open()
    return try body(repository.pointer)
  }
}

func kind(of body: () async throws -> Void) async -> GitError.Kind? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? GitError)?.kind
  }
}
