import GitOps

extension RepositoryAddress {
  /// The text with every address in it made safe to show (D5): userinfo removed, query values and fragments replaced.
  /// It works on text that is no valid address, too, and rather removes too much.
  public static func redacted(_ text: String) -> String {
    var out = ""
    var rest = text[...]
    while let start = rest.firstIndex(where: { !isBoundary($0) }) {
      out += rest[..<start]
      rest = rest[start...]
      let word = rest.prefix { !isBoundary($0) }
      out += redacted(word: word)
      rest = rest[word.endIndex...]
    }
    return out + rest
  }

  private static func isBoundary(_ character: Character) -> Bool {
    character.isWhitespace || "\"<>()".contains(character)
  }

  private static func redacted(word: Substring) -> String {
    let separator = word.firstRange(of: "://")
    let start = separator?.upperBound ?? word.startIndex
    var rest = word[start...]
    // `user@host:path` shows who; anything with a password, and everybody in a URL, is removed.
    if let at = Masking.endOfUser(in: rest), separator != nil || rest[..<at].contains(":") {
      rest = rest[rest.index(after: at)...]
    }
    let query = rest.firstIndex { "?#".contains($0) } ?? rest.endIndex
    return word[..<start] + rest[..<query] + redacted(query: rest[query...])
  }

  private static func redacted(query: Substring) -> String {
    var out = ""
    var isValue = false
    for character in query {
      switch character {
      case "?", "#", "&", ";":
        out.append(character)
        isValue = character == "#"
        if isValue { out += "***" }
      case "=" where !isValue:
        out += "=***"
        isValue = true
      default: if !isValue { out.append(character) }
      }
    }
    return out
  }
}
