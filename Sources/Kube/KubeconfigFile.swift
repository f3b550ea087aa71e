import Structured

/// One kubeconfig file, parsed.
struct KubeconfigFile {
  struct Problem: Error {
    let sentence: String
    let isMissing: Bool
  }

  struct Entry {
    let name: String
    let body: YAMLNode
    /// Folder that relative paths begin at.
    let folder: String
  }

  let clusters: [Entry]
  let users: [Entry]
  let contexts: [Entry]
  let current: String?

  init(path: String, rules: KubeconfigRules, warnings: inout Kubeconfig.Warnings) throws(Problem) {
    let contents: SmallFile.Contents
    do { contents = try SmallFile.read(path) } catch {
      throw Problem(sentence: "the kubeconfig \(path) \(error.reason)", isMissing: error.isMissing)
    }
    do { try rules.check(contents) } catch {
      throw Problem(sentence: "the kubeconfig \(path) \(error.description)", isMissing: false)
    }
    if contents.isWritableByOthers { warnings.append("the kubeconfig \(path) is writable by everybody") }
    if contents.isOwnedByOther { warnings.append("the kubeconfig \(path) belongs to another user") }
    let root: YAMLNode?
    do { root = try YAMLReader.documents(in: contents.bytes, rules: .core).first { !$0.isNull } } catch {
      throw Problem(sentence: "the kubeconfig \(path) cannot be read: \(error.description)", isMissing: false)
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard let root else {
      (clusters, users, contexts, current) = ([], [], [], nil)
      warnings.append("the kubeconfig \(path) is empty")
      return
    }
    guard root.map != nil else {
      throw Problem(sentence: "the kubeconfig \(path) is not a map of settings", isMissing: false)
    }
    clusters = KubeconfigFile.entries(root, "clusters", "cluster", folder, path, &warnings)
    users = KubeconfigFile.entries(root, "users", "user", folder, path, &warnings)
    contexts = KubeconfigFile.entries(root, "contexts", "context", folder, path, &warnings)
    current = root["current-context"]?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func entries(
    _ root: YAMLNode, _ list: String, _ key: String, _ folder: String, _ path: String,
    _ warnings: inout Kubeconfig.Warnings
  ) -> [Entry] {
    guard let node = root[list], !node.isNull else { return [] }
    guard let elements = node.list else {
      warnings.append("the kubeconfig \(path): \(list) is not a list (line \(node.origin.line))")
      return []
    }
    return elements.compactMap { element in
      guard let name = element["name"]?.text, !name.isEmpty else {
        warnings.append("the kubeconfig \(path): an entry of \(list) has no name (line \(element.origin.line))")
        return nil
      }
      return Entry(name: name, body: element[key] ?? YAMLNode(.map(YAMLMap())), folder: folder)
    }
  }
}

extension YAMLNode {
  /// A scalar's text: tokens and names that look like numbers or booleans are meant as text.
  var text: String? {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null, .list, .map: nil
    }
  }

  /// Text that is there and not empty.
  func filled(_ key: String) -> String? { self[key]?.text.flatMap { $0.isEmpty ? nil : $0 } }
}
