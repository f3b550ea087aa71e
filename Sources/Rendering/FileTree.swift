/// What a path of a source is.
public enum FileEntry: Sendable, Hashable {
  case directory
  /// A regular file, with the id of its content.
  case file(blob: String)
  /// A symbolic link. Flux leaves links out of its artifacts (flux: source-controller, storage.Archive).
  case link
  case submodule
}

/// A tree of files: a commit read from the object store, an unpacked artifact. Paths are relative to its root, separated
/// by `/`, without `.`, `..` or a trailing `/`; the root is the empty path.
public protocol FileTree {
  func entry(_ path: String) -> FileEntry?
  /// The entries of a directory, sorted bytewise by name; empty when it is none.
  func list(_ directory: String) -> [(name: String, entry: FileEntry)]
  /// - Throws: `.failed` when the file cannot be read, `.undetermined` when it is too large to.
  func read(_ path: String) throws(RenderError) -> [UInt8]
}

/// Arithmetic on the paths of a `FileTree`.
enum TreePath {
  static func join(_ directory: String, _ name: String) -> String { directory.isEmpty ? name : "\(directory)/\(name)" }

  /// The names in a path. Split by bytes: a combining mark after a slash does not hide the slash.
  static func parts(_ path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The path meant by `path` as written in a file of `directory`; nil when it is absolute or leaves the root.
  static func resolve(_ path: String, from directory: String) -> String? {
    guard path.utf8.first != UInt8(ascii: "/") else { return nil }
    var parts = parts(directory)
    for part in Self.parts(path) {
      switch part {
      case ".": continue
      case "..":
        guard !parts.isEmpty else { return nil }
        parts.removeLast()
      default: parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  /// As Flux reads `spec.path`: absolute means from the root, and `..` stops there (flux: securejoin).
  static func clamp(_ path: String) -> String {
    var parts: [String] = []
    for part in Self.parts(path) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }

  /// `path` is `ancestor` or below it.
  static func isWithin(_ path: String, _ ancestor: String) -> Bool {
    ancestor.isEmpty || path == ancestor || path.hasPrefix(ancestor + "/")
  }

  /// A path as seen from a directory.
  static func relative(_ path: String, to directory: String) -> String {
    let (target, base) = (parts(path), parts(directory))
    let common = zip(target, base).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: base.count - common) + target.dropFirst(common)).joined(separator: "/")
  }

  /// Addresses that kustomize would fetch: URLs, scp-like ones and the hosts it knows by name.
  static func looksRemote(_ path: String) -> Bool {
    if path.contains("://") || path.hasPrefix("git::") || path.contains("?ref=") || path.contains("_git/") {
      return true
    }
    if let colon = path.firstIndex(of: ":"), path[..<colon].contains("@") { return true }
    let host = path.prefix { $0 != "/" && $0 != ":" }
    return ["github.com", "gitlab.com", "bitbucket.org", "gh", "ssh", "dev.azure.com"].contains(String(host))
      && host.count < path.count || path.contains(".git/") || path.hasSuffix(".git")
  }
}
