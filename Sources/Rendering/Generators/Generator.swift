import FoundationEssentials
import Structured

/// One entry of `configMapGenerator` or `secretGenerator` (kustomize: api/internal/generators, api/kv).
struct Generator {
  enum Kind: String { case configMap = "ConfigMap", secret = "Secret" }

  /// Reads a file that the entry names.
  typealias Reader = (_ path: YAMLNode) throws(RenderError) -> (bytes: [UInt8], file: UInt32)

  private let kind: Kind
  private let entry: YAMLNode
  private let options: GeneratorOptions
  private let step: Int
  private let place: Place

  /// - Parameters:
  ///   - options: the kustomization's `generatorOptions`; the entry's own win.
  ///   - step: its one-based position.
  init(_ entry: YAMLNode, kind: Kind, options: YAMLNode?, step: Int, place: @escaping Place) {
    self.kind = kind
    self.entry = entry
    self.options = GeneratorOptions(entry["options"], over: options)
    self.step = step
    self.place = place
  }

  private func failure(_ sentence: String, _ node: YAMLNode) -> RenderError {
    .failed(sentence: sentence, place: place(node.origin))
  }

  private func text(_ key: String) -> String { entry[key]?.string ?? "" }

  private func node(_ text: String, at origin: Origin) -> YAMLNode {
    YAMLNode(.string(text), origin: origin.layered(.generator, step: step))
  }

  /// The object, with its hash still to come.
  /// - Throws: `.failed` where kustomize fails too.
  func resource(read: Reader) throws(RenderError) -> Resource {
    let name = text("name")
    guard !name.isEmpty else { throw failure("a generator needs a name", entry) }
    var metadata = YAMLMap()
    metadata["name"] = node(name, at: entry["name"]?.origin ?? entry.origin)
    if !text("namespace").isEmpty {
      metadata["namespace"] = node(text("namespace"), at: entry["namespace"]?.origin ?? entry.origin)
    }
    options.annotate(&metadata, step: step)
    var root = YAMLMap()
    let here = entry.origin.layered(.generator, step: step)
    root["apiVersion"] = node("v1", at: entry.origin)
    root["kind"] = node(kind.rawValue, at: entry.origin)
    root["metadata"] = YAMLNode(.map(metadata), origin: here)
    if kind == .secret {
      let type = text("type")
      root["type"] = node(type.isEmpty ? "Opaque" : type, at: entry["type"]?.origin ?? entry.origin)
    }
    var data = YAMLMap()
    var binary = YAMLMap()
    for pair in try pairs(read) {
      guard data[pair.key] == nil, binary[pair.key] == nil else {
        throw .failed(
          sentence: "cannot add key \(pair.key), another key by that name already exists", place: place(pair.origin))
      }
      let origin = pair.origin.layered(.generator, step: step)
      if kind == .secret {
        data[pair.key] = YAMLNode(.string(WrappedBase64.encode(pair.bytes)), origin: origin)
      } else if let text = String(validating: pair.bytes, as: UTF8.self) {
        data[pair.key] = YAMLNode(.string(text), origin: origin)
      } else {
        binary[pair.key] = YAMLNode(.string(WrappedBase64.encode(pair.bytes)), origin: origin)
      }
    }
    if !data.isEmpty { root["data"] = YAMLNode(.map(data.sorted), origin: here) }
    if !binary.isEmpty { root["binaryData"] = YAMLNode(.map(binary.sorted), origin: here) }
    if options.isImmutable { root["immutable"] = YAMLNode(.bool(true), origin: here) }
    var resource = Resource(YAMLNode(.map(root), origin: here))
    resource.needsHash = !options.disablesHash
    let behavior = text("behavior")
    resource.behavior = GeneratorBehavior(rawValue: behavior) ?? .create
    return resource
  }

  private struct Pair {
    let key: String
    let bytes: [UInt8]
    let origin: Origin
  }

  /// In kustomize's order: `envs`, `env`, `literals`, `files`.
  private func pairs(_ read: Reader) throws(RenderError) -> [Pair] {
    var result: [Pair] = []
    var environments = try strings("envs")
    if let env = entry["env"], env.string?.isEmpty == false { environments.append(env) }
    for path in environments {
      let file = try read(path)
      try result += Self.environment(file.bytes, file: file.file, place: place).map {
        Pair(key: $0.key, bytes: Array($0.value.utf8), origin: $0.origin)
      }
    }
    for literal in try strings("literals") {
      let (key, value) = try Self.literal(literal, place: place)
      result.append(Pair(key: key, bytes: Array(value.utf8), origin: literal.origin))
    }
    for file in try strings("files") {
      let (key, path) = try Self.fileSource(file, place: place)
      let content = try read(path)
      result.append(Pair(key: key, bytes: content.bytes, origin: Origin(file: content.file, line: 1)))
    }
    for pair in result { try check(pair) }
    return result
  }

  private func strings(_ key: String) throws(RenderError) -> [YAMLNode] {
    guard let node = entry[key], !node.isNull else { return [] }
    guard let list = node.list, list.allSatisfy({ $0.string != nil }) else {
      throw failure("\(key) is not a list of texts", node)
    }
    return list
  }

  /// `key=value`, a pair of quotes around the value taken away (kustomize: kv.parseLiteralSource).
  private static func literal(_ node: YAMLNode, place: Place) throws(RenderError) -> (String, String) {
    let text = node.string ?? ""
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw .failed(sentence: "invalid literal source \(text), expected key=value", place: place(node.origin))
    }
    return (String(text[..<equals]), unquoted(String(text[text.index(after: equals)...])))
  }

  private static func unquoted(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count >= 2, bytes.first == bytes.last, bytes[0] == 0x22 || bytes[0] == 0x27 else { return text }
    return String(decoding: bytes[1..<(bytes.count - 1)], as: UTF8.self)
  }

  /// `path`, or `key=path` (kustomize: generators.ParseFileSource).
  private static func fileSource(_ node: YAMLNode, place: Place) throws(RenderError) -> (String, YAMLNode) {
    let text = node.string ?? ""
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    switch parts.count {
    case 1:
      let name = text.split(separator: "/").last.map(String.init) ?? text
      return (name, node)
    case 2 where parts[0].isEmpty:
      throw .failed(sentence: "missing key name for file path \(text)", place: place(node.origin))
    case 2 where parts[1].isEmpty:
      throw .failed(sentence: "missing file path for key name \(parts[0])", place: place(node.origin))
    case 2: return (String(parts[0]), YAMLNode(.string(String(parts[1])), origin: node.origin))
    default:
      throw .failed(sentence: "key names or file paths cannot contain '='", place: place(node.origin))
    }
  }

  /// The lines of an environment file (kustomize: kv.keyValuesFromLines).
  private static func environment(
    _ bytes: [UInt8], file: UInt32, place: Place
  ) throws(RenderError) -> [(key: String, value: String, origin: Origin)] {
    var result: [(key: String, value: String, origin: Origin)] = []
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    for (index, line) in content.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let origin = Origin(file: file, line: UInt32(clamping: index + 1))
      // Go's line scanner gives up there without a word.
      if line.count >= 65_536 { break }
      guard var text = String(validating: line, as: UTF8.self) else {
        throw .failed(sentence: "invalid UTF-8 in an environment file", place: place(origin))
      }
      if text.hasSuffix("\r") { text.removeLast() }
      let trimmed = text.drop { $0.isWhitespace }
      guard !trimmed.isEmpty, trimmed.first != "#" else { continue }
      // A name alone once meant a variable of the process that builds; now it is empty.
      let equals = trimmed.firstIndex(of: "=") ?? trimmed.endIndex
      result.append((String(trimmed[..<equals]), String(trimmed[equals...].dropFirst()), origin))
    }
    return result
  }

  /// Names are not checked here (the API server does that), but kustomize writes the object as YAML and reads it again.
  private func check(_ pair: Pair) throws(RenderError) {
    func failure(_ sentence: String) -> RenderError { .failed(sentence: sentence, place: place(pair.origin)) }
    guard ScalarRules.kustomize.resolve(pair.key) == .string(pair.key), pair.key != "<<" else {
      throw failure("the key \"\(pair.key)\" is not text in YAML")
    }
    guard kind == .configMap, let text = String(validating: pair.bytes, as: UTF8.self) else { return }
    if let problem = ControlCharacters.problem(in: text) { throw problem.error(place(pair.origin)) }
    if pair.bytes.first == 0x09, pair.bytes.contains(0x0A) {
      throw failure("the text of \"\(pair.key)\" starts with a tab and has several lines")
    }
  }
}

/// `generatorOptions` (kustomize: types.GeneratorOptions).
struct GeneratorOptions {
  private var labels = YAMLMap()
  private var annotations = YAMLMap()
  private(set) var disablesHash = false
  private(set) var isImmutable = false

  /// The entry's own options, over those of the kustomization (kustomize: types.MergeGlobalOptionsIntoLocal).
  init(_ own: YAMLNode?, over global: YAMLNode?) {
    for options in [global, own] {
      guard let options else { continue }
      for (key, value) in options["labels"]?.map ?? YAMLMap() { labels[key] = Self.text(value) }
      for (key, value) in options["annotations"]?.map ?? YAMLMap() { annotations[key] = Self.text(value) }
      if options["disableNameSuffixHash"]?.bool == true { disablesHash = true }
      if options["immutable"]?.bool == true { isImmutable = true }
    }
  }

  private static func text(_ node: YAMLNode) -> YAMLNode {
    switch node.value {
    case .bool(let value): YAMLNode(.string(value ? "true" : "false"), origin: node.origin)
    case .number(let text): YAMLNode(.string(text), origin: node.origin)
    default: node
    }
  }

  func annotate(_ metadata: inout YAMLMap, step: Int) {
    for (field, values) in [("labels", labels), ("annotations", annotations)] where !values.isEmpty {
      var map = YAMLMap()
      for (key, value) in values.sorted {
        map[key] = YAMLNode(value.value, origin: value.origin.layered(.generator, step: step))
      }
      metadata[field] = YAMLNode(.map(map))
    }
  }
}

/// Base64 as kustomize stores it: lines of 70 characters, a break after every line when there are several
/// (kustomize: kyaml/yaml/datamap.go, encodeBase64).
enum WrappedBase64 {
  static func encode(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString()
    guard text.utf8.count > 70 else { return text }
    var result = ""
    var rest = text[...]
    while !rest.isEmpty {
      result += rest.prefix(70)
      result += "\n"
      rest = rest.dropFirst(70)
    }
    return result
  }
}
