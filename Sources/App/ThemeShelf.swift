import Cells
import Structured

/// The themes that can be found, by name.
struct ThemeShelf {
  private let paths: [String: String]
  /// In alphabetical order.
  let names: [String]

  static let maximumBytes = 1 << 20

  /// - Parameter directories: the first folder that has a theme of a name wins.
  init(directories: [String]) {
    var paths: [String: String] = [:]
    for directory in directories {
      for file in Folder.names(in: directory) where file.hasSuffix(".yaml") {
        let name = String(file.dropLast(5))
        if paths[name] == nil { paths[name] = "\(directory)/\(file)" }
      }
    }
    self.paths = paths
    names = paths.keys.sorted()
  }

  /// The theme of that name; the plain one when it cannot be read.
  func theme(_ name: String) -> Theme {
    guard let path = paths[name], case .success(let bytes) = RegularFile.read(path, limit: Self.maximumBytes),
      let map = try? YAMLReader.documents(in: bytes, rules: .core).first?.map
    else { return Theme.plain }
    var entries: [String: String] = [:]
    for (key, value) in map { entries[key] = value.string }
    return Theme(name: name, entries: entries)
  }
}
