import Foundation
import Git
import Rendering
import Sync

/// A directory that a command line names, and the repository around it: bases may stand anywhere in that.
struct TreePlace: Sendable {
  /// Absolute.
  let path: String
  /// The top of the repository's work tree, or the directory itself where there is none.
  let top: String
  /// The directory as seen from the top; empty for the top itself.
  let directory: String
  /// The directory, or the nearest above it that is there: a revision may have more.
  private let existing: String

  var isThere: Bool { existing == path }

  init(_ text: String) {
    path = URL(fileURLWithPath: text).standardizedFileURL.path
    existing = Self.existing(path)
    top = LocalRepository.top(of: existing).flatMap { [path] in Self.relative(path, to: $0) != nil ? $0 : nil } ?? path
    directory = Self.relative(path, to: top) ?? ""
  }

  /// Why there is nothing to read; one line.
  struct Problem: Error { let sentence: String }

  /// Runs `body` with the files of the disk, or of a revision as git writes them.
  func withTree<T>(at revision: String?, _ body: (any FileTree) throws(RenderError) -> T) throws(Problem)
    -> Result<T, RenderError>
  {
    guard let revision else {
      guard isThere else { throw Problem(sentence: "there is no directory \(path)") }
      return Result { () throws(RenderError) in try body(DiskTree(root: top)) }
    }
    do throws(GitError) {
      return try LocalRepository.withTree(containing: existing, at: revision) { tree throws(RenderError) in
        try body(GitFileTree(tree: tree))
      }
    } catch {
      throw Problem(sentence: error.message)
    }
  }

  private static func existing(_ path: String) -> String {
    var path = path
    var isDirectory: ObjCBool = false
    while path != "/",
      !(FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue)
    {
      path = URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
    return path
  }

  static func relative(_ path: String, to top: String) -> String? {
    if path == top { return "" }
    return path.hasPrefix(top == "/" ? "/" : top + "/") ? String(path.dropFirst(top == "/" ? 1 : top.count + 1)) : nil
  }
}
