import FoundationEssentials
import Structured

/// The user's configuration file (`product.md`, Files). A bad key is rejected with its line and the default is used: the
/// file is never a reason not to start (E-C01).
struct Configuration: Sendable, Equatable {
  struct Cluster: Sendable, Equatable {
    var context: String
    var alias: String?
    var readOnly = false
    /// Where to look when the user may not list the whole cluster.
    var namespaces: [String] = []
  }

  struct Repo: Sendable, Equatable {
    enum Token: Sendable, Equatable { case environment(String), file(String) }
    /// The address as the controllers name it.
    var match: String
    /// Where this machine reads it.
    var url: String
    var token: Token?
    /// Path of the CA's certificates, in place of the system's.
    var authority: String?
  }

  struct Ignore: Sendable, Equatable {
    var kind: String?
    var path: String
    var manager: String?
  }

  /// Empty: every context of the kubeconfig.
  var clusters: [Cluster] = []
  var repos: [Repo] = []
  /// Seconds between looks at a repository's references.
  var gitRefresh = 60.0
  var readOnly = false
  var ignore: [Ignore] = []
  var theme = "glass"
  var mouse = true
  /// `c` may write to the terminal's clipboard (OSC 52).
  var clipboard = false
  /// Differences are confirmed by server-side dry runs.
  var dryRun = false
  /// `secrets: hashes`; false with `secrets: metadata`.
  var readsSecrets = true
  /// Command id → chords that replace its defaults.
  var keys: [String: [String]] = [:]
  /// One line each: `config.yaml:12: unknown key …`.
  var problems: [String] = []
}

extension Configuration {
  /// The largest file that is read.
  static let maximumBytes = 1 << 20

  /// Reads the file at `path`; a missing file is an empty configuration unless `required`.
  static func load(path: String, required: Bool) -> Configuration {
    var configuration = Configuration()
    switch RegularFile.read(path, limit: maximumBytes) {
    case .success(let bytes): configuration.read(bytes, file: path)
    case .failure(.missing) where !required: break
    case .failure(let failure): configuration.problems.append("\(path): \(failure.sentence)")
    }
    return configuration
  }

  /// Applies the text of a configuration file; `file` is for messages.
  mutating func read(_ bytes: [UInt8], file: String) {
    let documents: [YAMLNode]
    do throws(ParseError) {
      documents = try YAMLReader.documents(in: bytes, rules: .core)
    } catch {
      problems.append("\(file):\(error.line ?? 1): \(error)")
      return
    }
    guard let root = documents.first, root.value != .null else { return }
    guard let map = root.map else {
      problems.append("\(file):1: expected a map of settings, see docs/config.md")
      return
    }
    var reader = ConfigurationReader(file: file)
    reader.read(map, into: &self)
    problems += reader.problems
  }
}

/// Walks the document once, collecting a problem for each value it cannot use.
private struct ConfigurationReader {
  let file: String
  var problems: [String] = []

  private static let known = [
    "clusters", "repos", "git", "readOnly", "ignore", "keymap", "keys", "theme", "mouse", "clipboard", "dryRun",
    "secrets",
  ]

  mutating func read(_ map: YAMLMap, into configuration: inout Configuration) {
    for (key, node) in map {
      switch key {
      case "clusters": configuration.clusters = items(node, key: key) { $0.cluster($1) }
      case "repos": configuration.repos = items(node, key: key) { $0.repo($1) }
      case "ignore": configuration.ignore = items(node, key: key) { $0.ignoreRule($1) }
      case "git": git(node, into: &configuration)
      case "readOnly": if let value = bool(node, key: key) { configuration.readOnly = value }
      case "clipboard": if let value = bool(node, key: key) { configuration.clipboard = value }
      case "dryRun": if let value = bool(node, key: key) { configuration.dryRun = value }
      case "mouse": if let value = bool(node, key: key) { configuration.mouse = value }
      case "theme": if let value = text(node, key: key) { configuration.theme = value }
      case "keys": keys(node, into: &configuration)
      case "keymap":
        if let value = text(node, key: key), value != "default" {
          problem(node, "keymap: the allowed value is default")
        }
      case "secrets":
        switch text(node, key: key) {
        case "hashes"?, nil: break
        case "metadata"?: configuration.readsSecrets = false
        default:
          // Whoever writes this line does not want values read.
          configuration.readsSecrets = false
          problem(node, "secrets: allowed are hashes, metadata")
        }
      default: problem(node, "unknown key '\(key)' (known: \(Self.known.joined(separator: ", ")))")
      }
    }
  }

  private mutating func cluster(_ node: YAMLNode) -> Configuration.Cluster? {
    guard let map = node.map, let context = map["context"].flatMap({ text($0, key: "context") }) else {
      problem(node, "each entry of clusters needs context: the name of a kubeconfig context")
      return nil
    }
    var cluster = Configuration.Cluster(context: context)
    for (key, value) in map {
      switch key {
      case "context": break
      case "alias": cluster.alias = text(value, key: key)
      case "readOnly": cluster.readOnly = bool(value, key: key) ?? false
      case "namespaces": cluster.namespaces = namespaces(value)
      case "protected", "accent", "attach", "theme":
        problem(value, "clusters.\(key) has no effect in this version")
      default:
        problem(
          value, "unknown key '\(key)' (known: context, alias, readOnly, namespaces)")
      }
    }
    return cluster
  }

  private mutating func namespaces(_ node: YAMLNode) -> [String] {
    items(node, key: "namespaces") { reader, element in
      guard let name = element.string, !name.isEmpty else {
        reader.problem(element, "namespaces: expected names, such as [shop, payments]")
        return nil
      }
      return name
    }
  }

  private mutating func repo(_ node: YAMLNode) -> Configuration.Repo? {
    guard let map = node.map, let match = map["match"].flatMap({ text($0, key: "match") }) else {
      problem(node, "each entry of repos needs match: the address as the controllers name it")
      return nil
    }
    var repo = Configuration.Repo(match: match, url: match)
    for (key, value) in map {
      switch key {
      case "match": break
      case "url": repo.url = text(value, key: key) ?? match
      case "token":
        if let name = value["env"]?.string {
          repo.token = .environment(name)
        } else if let path = value["file"]?.string {
          repo.token = .file(path)
        } else {
          problem(value, "token: give { env: NAME } or { file: PATH }, never the token itself")
        }
      case "ca": repo.authority = text(value, key: key)
      default: problem(value, "unknown key '\(key)' (known: match, url, token, ca)")
      }
    }
    return repo
  }

  private mutating func ignoreRule(_ node: YAMLNode) -> Configuration.Ignore? {
    guard let map = node.map, let path = map["path"].flatMap({ text($0, key: "path") }), path.hasPrefix("/") else {
      problem(node, "each entry of ignore needs path: a JSON pointer such as /spec/replicas")
      return nil
    }
    return Configuration.Ignore(kind: map["kind"]?.string, path: path, manager: map["manager"]?.string)
  }

  private mutating func git(_ node: YAMLNode, into configuration: inout Configuration) {
    guard let map = node.map else { return problem(node, "git: expected a map, such as { refresh: 60s }") }
    for (key, value) in map {
      guard key == "refresh" else {
        problem(value, "unknown key 'git.\(key)' (known: refresh)")
        continue
      }
      if let seconds = value.string.flatMap(Self.duration), (5...86_400).contains(seconds) {
        configuration.gitRefresh = seconds
      } else {
        problem(value, "git.refresh: a duration from 5s to 24h, such as 60s")
      }
    }
  }

  private mutating func keys(_ node: YAMLNode, into configuration: inout Configuration) {
    guard let map = node.map else { return problem(node, "keys: expected a map of command to list of keys") }
    for (command, value) in map {
      let chords = value.list?.compactMap(\.string) ?? value.string.map { [$0] } ?? []
      if chords.isEmpty {
        problem(value, "keys.\(command): expected a list of keys, such as [R]")
      } else {
        configuration.keys[command] = chords
      }
    }
  }

  private static func duration(_ text: String) -> Double? {
    guard let unit = text.last, let value = Double(text.dropLast()), value.isFinite else { return nil }
    return switch unit {
    case "s": value
    case "m": value * 60
    case "h": value * 3600
    default: nil
    }
  }

  private mutating func items<T>(
    _ node: YAMLNode, key: String, _ read: (inout ConfigurationReader, YAMLNode) -> T?
  ) -> [T] {
    guard let list = node.list else {
      problem(node, "\(key): expected a list")
      return []
    }
    return list.compactMap { read(&self, $0) }
  }

  private mutating func text(_ node: YAMLNode, key: String) -> String? {
    if let text = node.string { return text }
    problem(node, "\(key): expected text")
    return nil
  }

  private mutating func bool(_ node: YAMLNode, key: String) -> Bool? {
    if let value = node.bool { return value }
    problem(node, "\(key): allowed are true, false")
    return nil
  }

  private mutating func problem(_ node: YAMLNode, _ sentence: String) {
    problems.append("\(file):\(max(1, node.origin == .none ? 1 : Int(node.origin.line))): \(sentence)")
  }
}
