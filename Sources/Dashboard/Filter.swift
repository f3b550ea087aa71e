import GitOps

/// What a user typed after `/`, read into terms that must all hold: `text`, `!not`, `column:value`, `label=value`,
/// `@cluster`, `/regex`.
struct Filter: Sendable, Equatable {
  indirect enum Term: Sendable, Equatable {
    case text(Needle)
    case column(Column, Needle)
    /// The name of a kind, whole: `es` is not in `rset`.
    case kind([String])
    case label(key: String, value: String)
    case pattern(Pattern)
    case not(Term)
  }

  let text: String
  let terms: [Term]
  /// Why a part of it cannot be used, in words for the screen.
  let problem: String?

  static let none = Filter("")

  /// Whether it asks for rows by this column.
  func asks(for column: Column) -> Bool {
    terms.contains { term in
      switch term {
      case .column(let other, _): other == column
      case .kind: column == .kind
      default: false
      }
    }
  }

  var isEmpty: Bool { terms.isEmpty && problem == nil }

  init(_ text: String) {
    self.text = text
    var terms: [Term] = []
    var problem: String?
    for token in text.split(separator: " ").prefix(16) {
      do {
        if let term = try Self.term(String(token)) { terms.append(term) }
      } catch {
        problem = error.sentence
      }
    }
    self.terms = terms
    self.problem = problem
  }

  private static func term(_ token: String) throws(Pattern.Problem) -> Term? {
    if token.hasPrefix("!") {
      guard let inner = try term(String(token.dropFirst())) else { return nil }
      return .not(inner)
    }
    if token.hasPrefix("/") {
      let body = token.dropFirst().hasSuffix("/") ? token.dropFirst().dropLast() : token.dropFirst()
      return body.isEmpty ? nil : .pattern(try Pattern(String(body)))
    }
    if token.hasPrefix("@") {
      return token.count > 1 ? .column(.cluster, Needle(String(token.dropFirst()))) : nil
    }
    if let colon = token.firstIndex(of: ":"), let column = Column(word: String(token[..<colon])) {
      let value = String(token[token.index(after: colon)...])
      if column == .kind, let kind = KindAdapters.adapter(named: value)?.kind {
        let name = kind.groupKind.kind.lowercased()
        return .kind([name, "\(kind.short) \(name)"])
      }
      return value.isEmpty ? nil : .column(column, Needle(value))
    }
    if let equals = token.firstIndex(of: "="), equals != token.startIndex {
      return .label(key: String(token[..<equals]), value: String(token[token.index(after: equals)...]))
    }
    return token.isEmpty ? nil : .text(Needle(token))
  }

  /// The rows that hold, by index. Expressions share one budget of steps: beyond it rows count as matching, and
  /// `gaveUp` says so.
  func select<Row: Filterable>(_ rows: some Sequence<Int>, row: (Int) -> Row) -> (rows: [Int], gaveUp: Bool) {
    guard !terms.isEmpty else { return (Array(rows), false) }
    var budget = 4_000_000
    let kept = rows.filter { index in
      let row = row(index)
      return terms.allSatisfy { holds($0, row, &budget) }
    }
    return (kept, budget <= 0)
  }

  private func holds<Row: Filterable>(_ term: Term, _ row: Row, _ budget: inout Int) -> Bool {
    switch term {
    case .text(let needle): return Row.searched.contains { row.text(of: $0).map(needle.isIn) ?? false }
    case .column(let column, let needle): return row.text(of: column).map(needle.isIn) ?? false
    case .kind(let names): return row.text(of: .kind).map { names.contains($0.lowercased()) } ?? false
    case .label(let key, let value): return row.labels[key] == value
    case .pattern(let pattern):
      for column in Row.searched {
        if let text = row.text(of: column), pattern.matches(text, budget: &budget) { return true }
      }
      return false
    case .not(let inner): return !holds(inner, row, &budget)
    }
  }
}

/// A row as filters see it.
protocol Filterable {
  /// Where plain text and expressions look.
  static var searched: [Column] { get }
  func text(of column: Column) -> String?
  var labels: [String: String] { get }
}

extension Filterable { var labels: [String: String] { [:] } }

/// Text to look for in either case. ASCII is compared byte by byte, everything else by lower-casing both sides.
struct Needle: Sendable, Equatable {
  private let lowered: String
  private let bytes: [UInt8]
  private let isASCII: Bool

  init(_ text: String) {
    lowered = text.lowercased()
    bytes = Array(lowered.utf8)
    isASCII = bytes.allSatisfy { $0 < 0x80 }
  }

  func isIn(_ text: String) -> Bool {
    guard let first = bytes.first else { return true }
    var text = isASCII ? text : text.lowercased()
    return text.withUTF8 { hay in
      guard hay.count >= bytes.count else { return false }
      search: for start in 0...(hay.count - bytes.count) where Self.fold(hay[start]) == first {
        for offset in 1..<max(1, bytes.count) where Self.fold(hay[start + offset]) != bytes[offset] { continue search }
        return true
      }
      return false
    }
  }

  private static func fold(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
}
