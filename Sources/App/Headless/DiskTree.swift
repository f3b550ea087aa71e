import Foundation
import Rendering

/// The files below a directory of this machine. Links are left out, as Flux leaves them out of its artifacts, and so is
/// `.git`.
struct DiskTree: FileTree {
  private static let sizeLimit = 4 << 20

  /// Absolute.
  let root: String

  private func path(_ path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }

  func entry(_ path: String) -> FileEntry? {
    if path.split(separator: "/").first == ".git" { return nil }
    var status = stat()
    guard lstat(self.path(path), &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .directory
    case S_IFREG: return .file(blob: path)
    case S_IFLNK: return .link
    default: return nil
    }
  }

  func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(directory))) ?? []
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
      entry(directory.isEmpty ? name : "\(directory)/\(name)").map { (name, $0) }
    }
  }

  func read(_ path: String) throws(RenderError) -> [UInt8] {
    let descriptor = open(self.path(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .failed(sentence: "cannot be read: \(String(cString: strerror(errno)))", place: path)
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard let bytes = try? file.read(upToCount: Self.sizeLimit + 1) ?? Data() else {
      throw .failed(sentence: "cannot be read", place: path)
    }
    guard bytes.count <= Self.sizeLimit else {
      throw .undetermined(feature: "a file over \(Self.sizeLimit >> 20) MiB", place: path)
    }
    return Array(bytes)
  }
}
