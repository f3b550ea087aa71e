/// A surface as text for tests: what stands where, and which role it has. Colours do not appear, so themes can change freely.
public enum Golden {
  /// The text form: `== WxH`, the rows, `== roles`, a letter for each cell's role, `== legend`. Spaces at line ends are left out.
  ///
  /// A role has the same letter in every golden; the role `text`, and blank cells, have a space. The right half of a wide glyph
  /// has no character in the first part and its letter in the second.
  public static func text(_ surface: Surface) -> String {
    var lines = ["== \(surface.size.width)x\(surface.size.height)"]
    var roles: [String] = []
    var used: Set<Role> = []
    for y in 0..<surface.size.height {
      var text = ""
      var row = ""
      for cell in surface.row(y) {
        text += cell.text
        let isBlank = cell.role == .text || (cell.glyph == .space && cell.span == .single && cell.attributes.isEmpty)
        row += isBlank ? " " : String(letter(cell.role))
        if !isBlank { used.insert(cell.role) }
      }
      lines.append(trimmed(text))
      roles.append(trimmed(row))
    }
    let legend = Role.allCases.filter(used.contains).map { "\(letter($0)) \($0)" }
    if let cursor = surface.cursor { lines.append("== cursor \(cursor.x),\(cursor.y)") }
    return (lines + ["== roles"] + roles + ["== legend " + legend.joined(separator: "  ")]).joined(separator: "\n")
      + "\n"
  }

  /// Compares with what was recorded; returns what is wrong, nil when nothing is.
  ///
  /// While recording it hands the new text to `save` and still returns a failure, so that recording is always seen.
  public static func check(
    _ surface: Surface, recorded: String?, isRecording: Bool, save: (String) throws -> Void
  ) rethrows -> String? {
    let actual = text(surface)
    if isRecording {
      if recorded == actual { return nil }
      try save(actual)
      return "recorded anew; run again without RECORD=1"
    }
    guard let recorded else { return "nothing recorded yet; run with RECORD=1\n\(actual)" }
    guard recorded != actual else { return nil }
    let before = recorded.split(separator: "\n", omittingEmptySubsequences: false)
    let after = actual.split(separator: "\n", omittingEmptySubsequences: false)
    let differing = (0..<max(before.count, after.count)).filter { index in
      (index < before.count ? before[index] : "") != (index < after.count ? after[index] : "")
    }
    let details = differing.prefix(12).map { index in
      "line \(index + 1)\n- \(index < before.count ? before[index] : "")\n+ \(index < after.count ? after[index] : "")"
    }
    return "\(differing.count) lines differ\n" + details.joined(separator: "\n") + "\nnow:\n\(actual)"
  }

  private static func trimmed(_ line: String) -> String {
    guard let last = line.lastIndex(where: { $0 != " " }) else { return "" }
    return String(line[...last])
  }

  private static func letter(_ role: Role) -> Character { letters[role] ?? "?" }

  /// Letters given out in a fixed order, health first, each the best one still free of its name, so that new roles at the end move
  /// no others.
  private static let letters: [Role: Character] = {
    let all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-/:;<=>@^_~"
    var free = all
    var letters: [Role: Character] = [:]
    let roles = Role.allCases.filter { $0 != .text }
    let isHealth = { (role: Role) in role.rawValue.hasPrefix("health.") }
    for role in roles.filter(isHealth) + roles.filter({ !isHealth($0) }) {
      let last = String(role.rawValue.split(separator: ".").last ?? "").lowercased()
      let initial = String(last.prefix(1))
      let wanted = initial + initial.uppercased() + last + last.uppercased() + all
      guard let letter = wanted.first(where: { free.contains($0) }) else { continue }
      letters[role] = letter
      free.removeAll { $0 == letter }
    }
    return letters
  }()
}
