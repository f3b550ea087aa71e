import Structured

extension Resource {
  /// Adds what is known of one of its kind's columns.
  mutating func add(_ column: String, _ text: String?) {
    if let text, !text.isEmpty { facts.append(Fact(column, text)) }
  }

  /// Whether a source checks signatures, and what came of it (flux: `spec.verify`, condition SourceVerified).
  mutating func addVerification(_ spec: JSONNode?) {
    guard let verify = spec?["verify"] else { return }
    add("verify", verify["provider"]?.string ?? verify["mode"]?.string ?? "HEAD")
    if let condition = condition("SourceVerified") {
      add("verified", condition.status == "True" ? condition.message : "no: \(condition.message)")
    }
  }

  /// `3 sources`, `1 source`; nothing for none.
  static func count(_ node: JSONNode?) -> String? {
    guard let count = node?.elements.map({ Array($0).count }), count > 0 else { return nil }
    return String(count)
  }

  /// What no controller works on is ready when it says what its kind needs; versions with a status keep their own word.
  mutating func beStatic(if isWhole: Bool) {
    guard conditions.isEmpty, health == .progressing, isWhole else { return }
    health = .ready
    message = "static"
  }
}
