import GitOps

/// How objects are called on screen.
enum Names {
  /// `ks`, `hr`; the kind itself when no adapter knows it.
  static func short(_ groupKind: GroupKind) -> String { KindAdapters.short(groupKind) }

  /// `ks flux-system/apps`.
  static func label(_ ref: ObjectRef) -> String { "\(short(ref.groupKind)) \(ref.path)" }

  /// The last part of a path for people: `replicas`, `image`.
  static func leaf(_ path: String) -> String { components(path).last ?? path }

  /// A path for people cut at its dots, but not at those inside brackets (`data[a.b]`).
  static func components(_ path: String) -> [String] {
    var parts: [String] = [""]
    var depth = 0
    for character in path {
      if character == ".", depth == 0 {
        parts.append("")
        continue
      }
      if character == "[" { depth += 1 }
      if character == "]" { depth = max(0, depth - 1) }
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  /// What a health check waits for, out of kustomize-controller's message: `cart InProgress` of
  /// `timeout waiting for: [Deployment/shop/cart status: 'InProgress', …]` (flux: pkg/ssa, WaitForSet).
  static func waitedFor(_ message: String) -> String? {
    let parts = message.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasSuffix(" status: ") else { return nil }
    let object = parts[0].dropLast(" status: ".count).split(whereSeparator: { $0 == "[" || $0 == " " }).last
    guard let object, let name = object.split(separator: "/").last, !name.isEmpty, !parts[1].isEmpty else { return nil }
    let others =
      message.utf8.count > 100_000 ? 0 : parts[2].split(separator: "'").filter { $0.hasSuffix(" status: ") }.count
    return "\(name) \(parts[1])\(others > 0 ? " +\(others)" : "")"
  }

  /// One line of a message that may have many: line ends and runs of spaces become one space.
  static func oneLine(_ text: String, limit: Int = 2000) -> String {
    var line = ""
    var blank = false
    for scalar in text.unicodeScalars.prefix(limit) {
      if scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t" {
        blank = !line.unicodeScalars.isEmpty
        continue
      }
      if blank { line.unicodeScalars.append(" ") }
      blank = false
      line.unicodeScalars.append(scalar)
    }
    return line
  }
}
