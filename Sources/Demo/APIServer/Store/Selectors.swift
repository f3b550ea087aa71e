import Structured

/// `labelSelector` (kubernetes: API concepts): `a=b,c!=d,e in (x,y),f notin (z),g,!h`.
struct LabelSelector: Sendable, Equatable {
  enum Requirement: Sendable, Equatable {
    case exists(String), absent(String), among(String, [String]), notAmong(String, [String])
  }

  var requirements: [Requirement] = []

  init() {}

  init(parsing text: String) throws(APIStatus) {
    for clause in Self.clauses(text) {
      requirements.append(try Self.requirement(clause, in: text))
    }
  }

  func matches(_ labels: JSON?) -> Bool {
    requirements.allSatisfy { requirement in
      switch requirement {
      case .exists(let key): labels?[key] != nil
      case .absent(let key): labels?[key] == nil
      case .among(let key, let values): labels?[key]?.string.map(values.contains) ?? false
      case .notAmong(let key, let values): labels?[key]?.string.map { !values.contains($0) } ?? true
      }
    }
  }

  /// Splits at the commas that are not between parentheses.
  private static func clauses(_ text: String) -> [String] {
    var clauses: [String] = []
    var current = ""
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 {
        clauses.append(current)
        current = ""
      } else {
        current.append(character)
      }
    }
    clauses.append(current)
    return clauses.map { trimmed($0) }.filter { !$0.isEmpty }
  }

  private static func requirement(_ clause: String, in text: String) throws(APIStatus) -> Requirement {
    for (word, isIn) in [(" notin ", false), (" in ", true), (" notin(", false), (" in(", true)] {
      guard let split = clause.ranges(of: word).first else { continue }
      let key = trimmed(String(clause[..<split.lowerBound]))
      let list = clause[split.upperBound...].filter { $0 != "(" && $0 != ")" }
      let values = list.split(separator: ",").map { trimmed(String($0)) }
      try check(key, text)
      return isIn ? .among(key, values) : .notAmong(key, values)
    }
    for (sign, isEqual) in [("!=", false), ("==", true), ("=", true)] {
      guard let split = clause.ranges(of: sign).first else { continue }
      let key = trimmed(String(clause[..<split.lowerBound]))
      let value = trimmed(String(clause[split.upperBound...]))
      try check(key, text)
      return isEqual ? .among(key, [value]) : .notAmong(key, [value])
    }
    if clause.hasPrefix("!") {
      let key = trimmed(String(clause.dropFirst()))
      try check(key, text)
      return .absent(key)
    }
    try check(clause, text)
    return .exists(clause)
  }

  private static func check(_ key: String, _ text: String) throws(APIStatus) {
    let valid =
      !key.isEmpty
      && key.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" || $0 == "/")
      }
    if !valid { throw .badRequest("unable to parse requirement: found '\(key)' in '\(text)'") }
  }
}

/// `fieldSelector`: equality on a few paths that each kind allows.
struct FieldSelector: Sendable, Equatable {
  struct Requirement: Sendable, Equatable {
    let path: [String]
    let value: String
    let isEqual: Bool
  }

  var requirements: [Requirement] = []
  /// Set when the selector names one object: a watch of one object is common.
  var name: String? { requirements.first { $0.path == ["metadata", "name"] && $0.isEqual }?.value }

  init() {}

  init(parsing text: String, for kind: ServedKind) throws(APIStatus) {
    for clause in text.split(separator: ",") {
      let sign = clause.contains("!=") ? "!=" : clause.contains("==") ? "==" : "="
      guard let split = clause.ranges(of: sign).first else {
        throw .badRequest("invalid selector: '\(text)'; can't understand '\(clause)'")
      }
      let path = trimmed(String(clause[..<split.lowerBound]))
      guard Self.allows(path, kind) else {
        throw .badRequest("field label not supported: \(path)")
      }
      requirements.append(
        Requirement(
          path: path.split(separator: ".").map(String.init), value: trimmed(String(clause[split.upperBound...])),
          isEqual: sign != "!="))
    }
  }

  func matches(_ object: JSON) -> Bool {
    requirements.allSatisfy { requirement in
      var node: JSON? = object
      for key in requirement.path { node = node?[key] }
      return ((node?.string ?? "") == requirement.value) == requirement.isEqual
    }
  }

  private static func allows(_ path: String, _ kind: ServedKind) -> Bool {
    if path == "metadata.name" || path == "metadata.namespace" { return true }
    switch (kind.group, kind.kind) {
    case ("", "Event"):
      return path.hasPrefix("involvedObject.") || ["reason", "type", "source", "reportingComponent"].contains(path)
    case ("", "Pod"):
      return ["spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"]
        .contains(path)
    case ("", "Secret"): return path == "type"
    case ("", "Namespace"): return path == "status.phase"
    default: return false
    }
  }
}

/// Without the spaces around it.
func trimmed(_ text: String) -> String {
  var view = Substring(text)
  while view.first == " " { view.removeFirst() }
  while view.last == " " { view.removeLast() }
  return String(view)
}
