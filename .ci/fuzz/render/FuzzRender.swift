import GitOps
import Rendering
import Structured

/// libFuzzer over the renderer: whatever stands in the files of a repository, a build ends in objects or an error, within
/// the time and memory that the fuzzer is told.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let tree = SectionTree(Array(UnsafeBufferPointer(start: start, count: count)))
  let renderer = Renderer()
  _ = try? renderer.build("", in: tree)
  if let kustomization = tree.kustomization {
    _ = try? renderer.render(kustomization, source: FluxSource(), tree: tree) { reference in
      reference.name.utf8.count % 2 == 0 ? .unknown : .values(["region": "north", "empty": ""])
    }
  }
  _ = TreeLint(tree, below: "")
  return 0
}

/// Files out of one text: a line `=== path` begins each. What stands before the first is a Flux Kustomization's spec as JSON.
private struct SectionTree: FileTree {
  private var files: [String: [UInt8]] = [:]
  private(set) var kustomization: FluxKustomization?

  init(_ bytes: [UInt8]) {
    var path: String?
    var body: [UInt8] = []
    func header(_ line: ArraySlice<UInt8>) -> String? {
      guard line.starts(with: "=== ".utf8) else { return nil }
      let parts = String(decoding: line.dropFirst(4), as: UTF8.self).split(separator: "/").map(String.init)
      return parts.isEmpty || parts.contains("..") || parts.contains(".") ? nil : parts.joined(separator: "/")
    }
    func close(_ files: inout [String: [UInt8]], _ kustomization: inout FluxKustomization?) {
      if let path {
        files[path] = body
      } else if let document = try? JSONDocument(parsing: body) {
        kustomization = FluxKustomization(document)
      }
      body = []
    }
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if let next = header(line) {
        close(&files, &kustomization)
        path = next
      } else {
        if !body.isEmpty { body.append(0x0A) }
        body += line
      }
    }
    close(&files, &kustomization)
  }

  func entry(_ path: String) -> FileEntry? {
    if path.isEmpty { return .directory }
    if files[path] != nil { return .file(blob: path) }
    return files.keys.contains { $0.hasPrefix(path + "/") } ? .directory : nil
  }

  func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    let prefix = directory.isEmpty ? "" : directory + "/"
    let names = Set(files.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) })
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
      entry(prefix + name).map { (name, $0) }
    }
  }

  func read(_ path: String) throws(RenderError) -> [UInt8] {
    guard let bytes = files[path] else { throw .failed(sentence: "no such file", place: path) }
    return bytes
  }
}
