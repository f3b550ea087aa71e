import Foundation

/// Where this package is, and the reference material beside it.
public enum SharedFolder {
  /// The folder that contains Package.swift, upwards from this file.
  public static let package: String = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/",
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
    {
      folder.deleteLastPathComponent()
    }
    return folder.path
  }()

  /// A file or folder of `shared` beside the package; nil where there is none: tests then use our own material and say so.
  public static func path(_ name: String) -> String? {
    let parent = URL(fileURLWithPath: package).deletingLastPathComponent()
    let path = parent.appendingPathComponent("shared/\(name)").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
