import Foundation

/// A private folder that goes with its last owner.
public final class TemporaryFolder: Sendable {
  public let path: String

  /// - Throws: when the system's temporary folder cannot be written.
  public init(_ name: String = "test") throws {
    // Short: paths of sockets below it are limited to 107 bytes (unix(7)).
    let text = String(UInt32.random(in: .min ... .max), radix: 36)
    path = "/tmp/dg-\(name)-\(text)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, readable by its owner only, making folders on its way.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    let file = file(name)
    let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
    try FileManager.default.createDirectory(atPath: String(folder), withIntermediateDirectories: true)
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    return file
  }

  /// The text of a file; empty when there is none yet.
  public func read(_ name: String) -> String { (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? "" }
}
