/// A source revision as Flux writes it: `main@sha1:132f…`, `sha256:…`, a chart version, or the legacy `main/132f…`
/// (flux: fluxcd/pkg git/utils.go).
public struct Revision: Hashable, Sendable, CustomStringConvertible {
  /// Exactly as on the wire.
  public let text: String
  /// The part after the last `:` (or the last `/` of a legacy revision); the whole text when there is neither.
  public let hash: String
  /// Branch, tag or reference name; nil when the revision names none.
  public let name: String?

  public init(_ text: String) {
    self.text = text
    if let colon = text.lastIndex(of: ":") {
      hash = String(text[text.index(after: colon)...])
      if let at = text.lastIndex(of: "@") {
        name = at == text.startIndex ? nil : String(text[..<at])
      } else {
        name = nil
      }
    } else if let slash = text.lastIndex(of: "/") {
      hash = String(text[text.index(after: slash)...])
      let pointer = String(text[..<slash])
      name = pointer == "HEAD" || pointer.isEmpty ? nil : pointer
    } else {
      hash = text
      name = nil
    }
  }

  /// The Git commit, when the hash is one: 40 hexadecimal digits.
  public var commit: String? { hash.utf8.count == 40 && hash.allSatisfy(\.isHexDigit) ? hash : nil }

  /// What a column shows: seven digits of a hash, else the text (a chart version).
  public var short: String {
    let isHash = hash.utf8.count >= 40 && hash.allSatisfy(\.isHexDigit)
    return isHash ? String(hash.prefix(7)) : text
  }

  public var description: String { text }

  /// Same content: hashes are equal, whatever the pointer is called.
  public func matches(_ other: Revision) -> Bool { hash == other.hash }
}

/// The revision whose objects were last sent to the cluster (`drift.md` R8), and how sure that is.
public enum InEffect: Hashable, Sendable {
  /// The objects of this revision were sent completely.
  case revision(Revision)
  /// The apply of the second has begun and not ended: an object that satisfies either is not drift.
  case either(Revision, Revision)
  /// Nothing was applied yet.
  case nothing

  /// The one to render and show: the newer of two.
  public var shown: Revision? {
    switch self {
    case .revision(let revision): revision
    case .either(_, let attempted): attempted
    case .nothing: nil
    }
  }
}
