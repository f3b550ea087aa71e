import Git
import Rendering

/// All files of one commit in memory: the artifact that the simulated source-controller hands to the others.
struct CommitFiles: FileTree, Sendable {
  private var contents: [String: [UInt8]] = [:]
  private var blobs: [String: String] = [:]
  private var directories: [String: [String]] = ["": []]

  init(_ tree: GitTree) {
    var waiting = [""]
    while let directory = waiting.popLast() {
      for (name, entry) in tree.list(directory) {
        let path = directory.isEmpty ? name : "\(directory)/\(name)"
        switch entry {
        case .directory:
          directories[path] = []
          waiting.append(path)
        case .file(let blob, _):
          guard let bytes = try? tree.read(path) else { continue }
          contents[path] = bytes
          blobs[path] = blob
        case .link, .submodule: continue
        }
        directories[directory, default: []].append(name)
      }
    }
  }

  func entry(_ path: String) -> FileEntry? {
    if let blob = blobs[path] { return .file(blob: blob) }
    return directories[path] == nil ? nil : .directory
  }

  func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    (directories[directory] ?? []).compactMap { name in
      entry(directory.isEmpty ? name : "\(directory)/\(name)").map { (name, $0) }
    }
  }

  func read(_ path: String) throws(RenderError) -> [UInt8] {
    guard let bytes = contents[path] else { throw .failed(sentence: "no such file", place: path) }
    return bytes
  }
}
