import Structured

/// How adapters say what only their kind knows.
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

  /// How many elements a list has; nil for none.
  static func count(_ node: JSONNode?) -> String? {
    guard let node, node.kind == .array, node.count > 0 else { return nil }
    return String(node.count)
  }

  /// What no controller works on is ready when it says what its kind needs; versions with a status keep their own word.
  mutating func beStatic(if isWhole: Bool) {
    guard conditions.isEmpty, health == .progressing, isWhole else { return }
    health = .ready
    message = "static"
  }
}
