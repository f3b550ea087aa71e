/// Where a YAML value was written.
public struct Origin: Hashable, Sendable {
  /// Index into the list of files that the reader's caller keeps.
  public var file: UInt32
  /// One-based; 0 when there is no such place.
  public var line: UInt32

  /// A line of a file.
  public init(file: UInt32, line: UInt32) {
    self.file = file
    self.line = line
  }

  /// Not from a file: added by rendering.
  public static let none = Origin(file: .max, line: 0)
}
