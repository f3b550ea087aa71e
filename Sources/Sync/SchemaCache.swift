import Drift
import FoundationEssentials
import Glibc

/// Compiled schemas on the disk, by the hash that the server gives of their document: what many clusters have alike is
/// downloaded and compiled once.
public struct SchemaCache: Sendable {
  private let folder: String

  private static let sizeLimit = 64 << 20
  private static let countLimit = 400

  /// - Parameter folder: this user's alone; it exists.
  public init(folder: String) { self.folder = folder }

  /// The documents of whole servers (OpenAPI v2), by their entity tags, newest first.
  var wholeTags: [String] { wholes.prefix(Self.wholeLimit).map { String($0.dropFirst(Self.wholePrefix.count)) } }

  private static let wholePrefix = "v2-"
  private static let wholeLimit = 8

  private var wholes: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return dated(names.filter { $0.hasPrefix(Self.wholePrefix) }).map(\.name)
  }

  func whole(_ tag: String) -> SchemaTable? { table(Self.wholePrefix + tag) }

  /// Each is large, and any change to a server's kinds makes another.
  func keep(whole table: SchemaTable, _ tag: String) {
    for name in wholes.dropFirst(Self.wholeLimit - 1) {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    keep(table, Self.wholePrefix + tag)
  }

  /// What a document with this hash compiles to; nil when it was never compiled, or cannot be read.
  func table(_ hash: String) -> SchemaTable? {
    guard let path = path(hash), let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      attributes[.type] as? FileAttributeType == .typeRegular, (attributes[.size] as? Int ?? .max) <= Self.sizeLimit,
      let bytes = FileManager.default.contents(atPath: path)
    else { return nil }
    return SchemaTable(encoded: Array(bytes))
  }

  /// Keeps a table; where that fails it is compiled again next time.
  func keep(_ table: SchemaTable, _ hash: String) {
    guard let path = path(hash) else { return }
    removeOldest()
    // Whole or not at all: another program may read it meanwhile.
    let part = "\(path)-\(getpid())"
    let file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return }
    let bytes = table.encoded()
    let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard close(file) == 0, written == bytes.count, rename(part, path) == 0 else {
      unlink(part)
      return
    }
  }

  /// A hash comes from the server: nothing but letters, digits and hyphens is a file's name.
  private func path(_ hash: String) -> String? {
    let isName =
      (16...200).contains(hash.utf8.count)
      && hash.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || byte == 0x2D
      }
    return isName ? "\(folder)/\(hash)" : nil
  }

  private func removeOldest() {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder), names.count >= Self.countLimit
    else {
      return
    }
    for (name, _) in dated(names).dropFirst(Self.countLimit / 2) {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  /// Newest first.
  private func dated(_ names: [String]) -> [(name: String, date: Date)] {
    let dated = names.map { name -> (name: String, date: Date) in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      return (name, attributes?[.modificationDate] as? Date ?? .distantPast)
    }
    return dated.sorted { $0.date > $1.date }
  }
}
