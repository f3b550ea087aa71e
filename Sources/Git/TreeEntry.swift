/// What a name in a commit's tree stands for.
public enum TreeEntry: Sendable, Hashable {
  case directory
  /// With the name of its blob: equal names mean equal content.
  case file(blob: String, executable: Bool)
  /// A symbolic link, not followed.
  case link
  /// Another repository at a commit; never followed.
  case submodule(commit: String)
}

/// Something in a tree that was left out, and why.
public struct TreeFinding: Sendable, Hashable {
  public let path: String
  /// `is a submodule, which is not followed`
  public let reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}

/// Names that no honest tree has (D8).
enum EntryName {
  /// Why the name is not used; nil for a good one.
  static func problem(_ name: [UInt8]) -> String? {
    if name.isEmpty { return "has an empty name" }
    if name == Array(".".utf8) || name == Array("..".utf8) { return "is named '.' or '..'" }
    if name.contains(UInt8(ascii: "/")) || name.contains(0) { return "has a name with '/' or NUL" }
    guard let text = String(validating: name, as: UTF8.self) else { return "has a name that is not UTF-8" }
    // Plain letters that do not start like one: nearly all names.
    if name[0] < 0x80, name[0] != UInt8(ascii: "."), name[0] | 0x20 != UInt8(ascii: "g") { return nil }
    return isDotGit(text) ? "has a name that some file systems take for .git" : nil
  }

  /// `.git` as ext4, HFS+ and NTFS may spell it: case, ignored code points, short names, streams, trailing dots.
  static func isDotGit(_ name: String) -> Bool {
    let ignored: Set<UInt32> = Set(
      [0x200c, 0x200d, 0x200e, 0x200f, 0xfeff] + Array(UInt32(0x202a)...0x202e) + Array(UInt32(0x206a)...0x206f))
    let scalars = name.unicodeScalars.filter { !ignored.contains($0.value) }
    var text = String(String.UnicodeScalarView(scalars)).lowercased()[...]
    text = text.prefix { $0 != ":" }
    while let last = text.last, last == "." || last == " " { text = text.dropLast() }
    if text == ".git" { return true }
    return text.hasPrefix("git~") && text.utf8.count > 4 && text.dropFirst(4).allSatisfy(\.isNumber)
  }
}
