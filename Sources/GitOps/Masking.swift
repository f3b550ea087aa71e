import Structured

/// What must not be shown of text and objects that controllers wrote (wire-facts 7.5): paths of webhooks, user names and
/// passwords in addresses, addresses that hold a token, values in the specification of a store.
public enum Masking {
  static let mask = "…"

  /// A message with what is secret in it replaced.
  public static func text(_ text: String) -> String {
    // Most messages have neither.
    guard text.utf8.contains(0x2F) else { return text }
    return withoutUsers(withoutHooks(text))
  }

  /// `/hook/` and the digits behind it, wherever it stands: whoever knows them may ask for reconciles.
  private static func withoutHooks(_ text: String) -> String {
    var parts: [Substring] = []
    var rest = Substring(text)
    while let start = range(of: "/hook/", in: rest) {
      parts.append(rest[..<start.upperBound])
      rest = rest[start.upperBound...]
      let digits = rest.prefix(while: \.isHexDigit)
      if !digits.isEmpty { parts.append(Substring(mask)) }
      rest = rest[digits.endIndex...]
    }
    return parts.isEmpty ? text : parts.joined() + rest
  }

  /// `https://user:word@host` without what stands before the host. The name `git` alone says nothing.
  private static func withoutUsers(_ text: String) -> String {
    var parts: [Substring] = []
    var rest = Substring(text)
    while let start = range(of: "://", in: rest) {
      parts.append(rest[..<start.upperBound])
      rest = rest[start.upperBound...]
      let word = rest.prefix { !$0.isWhitespace && !"\"'<>`".contains($0) }
      guard let end = endOfUser(in: word), word[..<end] != "git" else { continue }
      parts.append(Substring(mask))
      rest = rest[end...]
    }
    return parts.isEmpty ? text : parts.joined() + rest
  }

  /// The sign that ends user and password; nil when there is none. A slash within a password splits it: then what looks like
  /// a port is none.
  private static func endOfUser(in word: Substring) -> Substring.Index? {
    let authority = word.prefix { !"/?#".contains($0) }
    if let at = authority.lastIndex(of: "@") { return at }
    guard let colon = authority.lastIndex(of: ":"), let at = word.lastIndex(of: "@") else { return nil }
    let port = authority[authority.index(after: colon)...]
    return port.allSatisfy(\.isNumber) || authority.hasSuffix("]") ? nil : at
  }

  private static func range(of sign: String, in text: Substring) -> Range<Substring.Index>? {
    var index = text.startIndex
    while let start = text[index...].firstIndex(of: sign.first ?? "/") {
      if text[start...].hasPrefix(sign) { return start..<text.index(start, offsetBy: sign.count) }
      index = text.index(after: start)
    }
    return nil
  }

  /// A whole object for people. Secrets are hashed before (`drift.md` C12); here is what other kinds hold.
  public static func object(_ json: JSON, of kind: GroupKind) -> JSON {
    var result = masked(json)
    switch kind {
    case ProviderAdapter.kind.groupKind: hide(&result, ["spec", "address"])
    case ReceiverAdapter.kind.groupKind: hide(&result, ["status", "webhookPath"])
    case SecretStoreAdapter.kind.groupKind, ClusterSecretStoreAdapter.kind.groupKind:
      if let provider = result["spec"]?["provider"] { result["spec"]?["provider"] = withoutValues(provider) }
    default: return result
    }
    // It repeats what was just hidden.
    let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    if result["metadata"]?["annotations"]?[lastApplied] != nil {
      result["metadata"]?["annotations"]?[lastApplied] = .string(mask)
    }
    return result
  }

  private static func masked(_ json: JSON) -> JSON {
    switch json {
    case .string(let text): .string(self.text(text))
    case .array(let elements): .array(elements.map(masked))
    case .object(let members): .object(JSONObject(members.map { ($0.key, masked($0.value)) }))
    case .null, .bool, .number: json
    }
  }

  private static func hide(_ json: inout JSON, _ path: [String]) {
    guard let key = path.first, var inner = json[key] else { return }
    if path.count == 1 { inner = .string(mask) } else { hide(&inner, Array(path.dropFirst())) }
    json[key] = inner
  }

  /// Where stores hold plain text: the data of the fake provider, headers and bodies of the webhook provider.
  private static func withoutValues(_ json: JSON) -> JSON {
    if let elements = json.array { return .array(elements.map(withoutValues)) }
    guard let members = json.object else { return json }
    return .object(
      JSONObject(
        members.map { key, value in
          ["value", "valueMap", "headers", "body", "params"].contains(key)
            ? (key, .string(mask)) : (key, withoutValues(value))
        }))
  }
}
