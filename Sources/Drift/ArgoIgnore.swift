import GitOps
import Structured

/// An entry of an Application's `spec.ignoreDifferences`: fields that Argo CD does not compare (wire-facts 4.1).
public struct ArgoIgnore: Sendable, Hashable {
  private let group: String
  private let kind: String
  private let name: String
  private let namespace: String
  /// With `*` for each element of a list.
  private let paths: [String]
  private let managers: [String]

  /// The entries of an Application. One that names no field hides nothing.
  public static func entries(of document: JSONDocument) -> [ArgoIgnore] {
    guard let elements = document.root["spec"]?["ignoreDifferences"]?.elements else { return [] }
    return elements.compactMap { ArgoIgnore($0) }
  }

  private init?(_ entry: JSONNode) {
    guard let kind = entry["kind"]?.string else { return nil }
    func texts(_ key: String) -> [String] { entry[key]?.elements?.compactMap(\.string) ?? [] }
    group = entry["group"]?.string ?? ""
    self.kind = kind
    name = entry["name"]?.string ?? ""
    namespace = entry["namespace"]?.string ?? ""
    paths = texts("jsonPointers") + texts("jqPathExpressions").compactMap(Self.pointer)
    managers = texts("managedFieldsManagers")
    if paths.isEmpty, managers.isEmpty { return nil }
  }

  /// Whether it is about an object: `*` and nothing stand for any.
  public func covers(_ ref: ObjectRef) -> Bool {
    func fits(_ wanted: String, _ actual: String) -> Bool { wanted == "*" || wanted == actual }
    return fits(group, ref.group) && fits(kind, ref.kind) && (name.isEmpty || name == ref.name)
      && (namespace.isEmpty || namespace == ref.namespace)
  }

  /// - Parameter application: its name, for the rows that a rule hides.
  public func rules(of application: String) -> [IgnoreRule] {
    let source = "ignoreDifferences of Application \(application)"
    return paths.map { IgnoreRule(kind: nil, path: $0, manager: nil, source: source) }
      + managers.map { IgnoreRule(kind: nil, path: "", manager: $0, source: source) }
  }

  /// A path of jq as a pointer: `.spec.containers[].image`, `.data["a.b"]`. Nil for everything that is more than a path.
  static func pointer(_ expression: String) -> String? {
    var rest = Substring(expression)
    var pointer = ""
    func add(_ step: some StringProtocol) {
      pointer += "/" + FieldPath.escaped(String(step))
    }
    guard rest.first == "." else { return nil }
    while let first = rest.first {
      if rest.hasPrefix("[]") {
        rest = rest.dropFirst(2)
        add("*")
      } else if first == "[" || rest.hasPrefix(".[\"") || rest.hasPrefix(".\"") {
        rest = rest.drop { $0 == "." }
        let isBracket = rest.first == "["
        if isBracket { rest = rest.dropFirst() }
        if rest.first == "\"" {
          rest = rest.dropFirst()
          guard let end = rest.firstIndex(of: "\""), !rest[..<end].contains("\\") else { return nil }
          add(rest[..<end])
          rest = rest[rest.index(after: end)...]
        } else {
          let digits = rest.prefix { $0.isASCII && $0.isNumber }
          guard !digits.isEmpty else { return nil }
          add(digits)
          rest = rest.dropFirst(digits.count)
        }
        if isBracket {
          guard rest.first == "]" else { return nil }
          rest = rest.dropFirst()
        }
      } else if first == "." {
        rest = rest.dropFirst()
        if rest.first == "[" { continue }
        let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard !word.isEmpty else { return nil }
        add(word)
        rest = rest.dropFirst(word.count)
      } else if first == "?" {
        rest = rest.dropFirst()
      } else {
        return nil
      }
    }
    return pointer.isEmpty ? nil : pointer
  }
}
