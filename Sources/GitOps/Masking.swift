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
    replacing(after: "/hook/", in: text) { rest in
      let end = rest.prefix(while: \.isHexDigit).endIndex
      return end == rest.startIndex ? nil : end
    }
  }

  /// `https://user:word@host` without what stands before the host. The name `git` alone says nothing.
  private static func withoutUsers(_ text: String) -> String {
    replacing(after: "://", in: text) { rest in
      let word = rest.prefix { !$0.isWhitespace && !"\"'<>`".contains($0) }
      return endOfUser(in: word).flatMap { word[..<$0] == "git" ? nil : $0 }
    }
  }

  /// Puts the mask in the place of what is secret behind each sign, as far as `end` says.
  private static func replacing(
    after sign: String, in text: String, _ end: (Substring) -> Substring.Index?
  ) -> String {
    var shown = ""
    var rest = text[...]
    while let start = rest.firstRange(of: sign) {
      shown += rest[..<start.upperBound]
      rest = rest[start.upperBound...]
      guard let end = end(rest) else { continue }
      shown += mask
      rest = rest[end...]
    }
    return shown + rest
  }

  /// The sign that ends user and password in what follows `://`; nil when there is neither. A slash within a password splits
  /// it: then what looks like a port is none.
  public static func endOfUser(in word: Substring) -> Substring.Index? {
    let authority = word.prefix { !"/?#".contains($0) }
    if let at = authority.lastIndex(of: "@") { return at }
    guard let colon = authority.firstIndex(of: ":"), let at = word.lastIndex(of: "@"), at > colon,
      !authority[authority.index(after: colon)...].allSatisfy(\.isNumber)
    else { return nil }
    return at
  }

  /// An address without whatever stands before its last `@`: it rather removes too much.
  public static func withoutUser(_ url: String) -> String {
    guard let start = url.firstRange(of: "://"), let at = url.lastIndex(of: "@"), at >= start.upperBound else {
      return url
    }
    return String(url[..<start.upperBound] + url[url.index(after: at)...])
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
