import Crypto
import Structured

/// The files of an artifact that source-controller holds: a gzipped tar archive (flux: fluxcd/pkg tar). Read whole and kept in
/// memory; nothing is unpacked to a disk.
public struct ArtifactArchive: FileTree, Sendable {
  /// A file beyond this is there, but not read (D10).
  static let fileLimit = 4 << 20
  /// Bytes of the archive as it arrives and unpacked (D7).
  public static let archiveLimit = 50 << 20
  static let unpackedLimit = 128 << 20

  private struct Content: Sendable {
    let range: Range<Int>
    let blob: String
  }

  private let bytes: [UInt8]
  private var files: [String: Content] = [:]
  private var links: Set<String> = []
  private var directories: [String: Set<String>] = ["": []]

  /// - Parameters:
  ///   - digest: what the source's status says of it: `sha256:<hex>`, or the hexadecimal digits alone.
  ///   - name: for messages.
  /// - Throws: `.failed` when it is not the artifact that is meant or is damaged, `.undetermined` beyond the limits.
  public init(_ archive: [UInt8], digest: String, name: String) throws(RenderError) {
    func failure(_ sentence: String) -> RenderError { .failed(sentence: "the artifact \(sentence)", place: name) }
    let wanted = digest.hasPrefix("sha256:") ? String(digest.dropFirst(7)) : digest
    guard wanted.utf8.count == 64, !digest.dropFirst(7).contains(":") else {
      throw .undetermined(feature: "an artifact with the digest \(digest)", place: name)
    }
    let sum = SHA256.hash(data: archive).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    guard sum == wanted.lowercased() else { throw failure("does not have the digest that its source names") }
    do throws(Gunzip.Problem) {
      bytes = Gunzip.isCompressed(archive) ? try Gunzip.decompress(archive, limit: Self.unpackedLimit) : archive
    } catch {
      if error == .tooLarge {
        throw .undetermined(feature: "an artifact over \(Self.unpackedLimit >> 20) MiB", place: name)
      }
      throw failure("is damaged")
    }
    var reader = TarReader(bytes)
    while let entry = try reader.next(failure) {
      guard let path = Self.path(entry.name) else { continue }
      guard files.count + links.count < FileReader<Self>.entryLimit else {
        throw .undetermined(feature: "an artifact of more than \(FileReader<Self>.entryLimit) files", place: name)
      }
      switch entry.kind {
      case .file:
        files[path] = Content(range: entry.body, blob: "\(wanted)/\(path)")
        links.remove(path)
      case .link:
        links.insert(path)
        files[path] = nil
      }
      note(path)
    }
  }

  /// A path in normal form; nil for names that no honest archive has (D8).
  private static func path(_ name: String) -> String? {
    guard name.utf8.count <= 4096, name.utf8.first != UInt8(ascii: "/"), !name.utf8.contains(0) else { return nil }
    var parts = TreePath.parts(name)
    parts.removeAll { $0 == "." }
    guard !parts.isEmpty, parts.count <= FileReader<Self>.depthLimit, !parts.contains("..") else { return nil }
    return parts.joined(separator: "/")
  }

  private mutating func note(_ path: String) {
    var path = path
    while true {
      let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
      let parent = slash.map { String(path[..<$0]) } ?? ""
      let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
      guard directories[parent, default: []].insert(name).inserted, !parent.isEmpty else { return }
      path = parent
    }
  }

  public func entry(_ path: String) -> FileEntry? {
    if let content = files[path] { return .file(blob: content.blob) }
    if links.contains(path) { return .link }
    return directories[path] == nil ? nil : .directory
  }

  public func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    (directories[directory] ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
      entry(TreePath.join(directory, name)).map { (name, $0) }
    }
  }

  public func read(_ path: String) throws(RenderError) -> [UInt8] {
    guard let content = files[path] else { throw .failed(sentence: "no such file", place: path) }
    guard content.range.count <= Self.fileLimit else {
      throw .undetermined(feature: "a file over \(Self.fileLimit >> 20) MiB", place: path)
    }
    return Array(bytes[content.range])
  }
}
