/// A label selector as text: `app=web,tier in (a, b),!canary` (kubernetes: apimachinery labels.Parse).
struct LabelSelector: Sendable {
  private enum Requirement: Sendable {
    case exists(String)
    case absent(String)
    case among(String, Set<String>)
    case notAmong(String, Set<String>)
    case greater(String, Int)
    case less(String, Int)
  }

  private let requirements: [Requirement]

  /// - Throws: `.failed` when it is no selector.
  init(_ text: String, place: String?) throws(RenderError) {
    var requirements: [Requirement] = []
    for part in Self.parts(text) {
      guard let requirement = Self.requirement(part) else {
        throw .failed(sentence: "unable to parse the selector \"\(text)\"", place: place)
      }
      requirements.append(requirement)
    }
    self.requirements = requirements
  }

  func matches(_ labels: [String: String]) -> Bool {
    requirements.allSatisfy { requirement in
      switch requirement {
      case .exists(let key): labels[key] != nil
      case .absent(let key): labels[key] == nil
      case .among(let key, let values): labels[key].map(values.contains) ?? false
      case .notAmong(let key, let values): !(labels[key].map(values.contains) ?? false)
      case .greater(let key, let bound): labels[key].flatMap { Int($0) }.map { $0 > bound } ?? false
      case .less(let key, let bound): labels[key].flatMap { Int($0) }.map { $0 < bound } ?? false
      }
    }
  }

  /// At commas outside of parentheses.
  private static func parts(_ text: String) -> [Substring] {
    var result: [Substring] = []
    var depth = 0
    var start = text.startIndex
    for index in text.indices {
      switch text[index] {
      case "(": depth += 1
      case ")": depth -= 1
      case "," where depth == 0:
        result.append(text[start..<index])
        start = text.index(after: index)
      default: break
      }
    }
    result.append(text[start...])
    return result.map(trimmed).filter { !$0.isEmpty }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func requirement(_ text: Substring) -> Requirement? {
    if text.first == "!" {
      let key = trimmed(text.dropFirst())
      return isKey(key) ? .absent(String(key)) : nil
    }
    if text.last == ")", let open = text.firstIndex(of: "(") {
      let words = text[..<open].split(whereSeparator: \.isWhitespace)
      guard words.count == 2, isKey(words[0]) else { return nil }
      let values = Set(
        text[text.index(after: open)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
          .map { String(trimmed($0)) })
      switch words[1] {
      case "in": return .among(String(words[0]), values)
      case "notin": return .notAmong(String(words[0]), values)
      default: return nil
      }
    }
    guard let sign = text.firstIndex(where: { "=!<>".contains($0) }) else {
      return isKey(text) ? .exists(String(text)) : nil
    }
    let key = trimmed(text[..<sign])
    guard isKey(key) else { return nil }
    let end = text[sign...].firstIndex { !"=!<>".contains($0) } ?? text.endIndex
    let value = String(trimmed(text[end...]))
    switch text[sign..<end] {
    case _ where value.contains(where: { "()=!<>".contains($0) || $0.isWhitespace }): return nil
    case "=", "==": return .among(String(key), [value])
    case "!=": return .notAmong(String(key), [value])
    case ">": return Int(value).map { .greater(String(key), $0) }
    case "<": return Int(value).map { .less(String(key), $0) }
    default: return nil
    }
  }

  private static func isKey(_ text: Substring) -> Bool {
    !text.isEmpty && !text.contains { $0.isWhitespace || "()=!<>,".contains($0) }
  }
}
