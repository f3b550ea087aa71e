@testable import Rendering

/// Files by path.
struct MemoryTree: FileTree {
  var files: [String: [UInt8]]
  var special: [String: FileEntry] = [:]

  init(_ files: [String: String], special: [String: FileEntry] = [:]) {
    self.files = files.mapValues { Array($0.utf8) }
    self.special = special
  }

  func entry(_ path: String) -> FileEntry? {
    if path.isEmpty { return .directory }
    if let entry = special[path] { return entry }
    if files[path] != nil { return .file(blob: path) }
    return files.keys.contains { $0.hasPrefix(path + "/") } ? .directory : nil
  }

  func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    let prefix = directory.isEmpty ? "" : directory + "/"
    let names = Set(
      (Array(files.keys) + Array(special.keys)).filter { $0.hasPrefix(prefix) }
        .map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) })
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
      entry(prefix + name).map { (name, $0) }
    }
  }

  func read(_ path: String) throws(RenderError) -> [UInt8] {
    guard let bytes = files[path] else { throw .failed(sentence: "no such file", place: path) }
    return bytes
  }
}
