import FoundationEssentials
import Structured

/// One entry of `replacements:`: a value of one object goes into fields of others (kustomize: api/filters/replacement).
struct ReplacementPass: Pass {
  private struct Options {
    var delimiter = ""
    var index = 0
    var creates = false
    var encoding = ""

    init(_ node: YAMLNode?) {
      delimiter = node?["delimiter"]?.string ?? ""
      index = node?["index"]?.int ?? 0
      creates = node?["create"]?.bool ?? false
      encoding = node?["encoding"]?.string ?? ""
    }
  }

  private struct Target {
    let select: IDSelector
    let reject: [IDSelector]
    let paths: [(text: String, steps: [String])]
    let options: Options
  }

  private enum Source {
    case field(of: IDSelector, path: (text: String, steps: [String]), Options)
    case value(YAMLNode)
  }

  private let source: Source
  private let targets: [Target]
  private let origin: Origin
  private let step: Int

  init(_ entry: YAMLNode, step: Int, place: Place) throws(RenderError) {
    func failure(_ sentence: String) -> RenderError { .failed(sentence: sentence, place: place(entry.origin)) }
    let written = entry["source"].flatMap { $0.isNull ? nil : $0 }
    let value = entry["sourceValue"].flatMap { $0.isNull ? nil : $0 }
    guard let entries = entry["targets"]?.list, (written == nil) != (value == nil) else {
      throw failure("replacements must specify a source and at least one target")
    }
    if let written {
      let path = written["fieldPath"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultPath
      source = .field(
        of: try IDSelector(written, place: place), path: (path, Self.split(path)), Options(written["options"]))
    } else {
      source = .value(value ?? YAMLNode(.null))
    }
    var targets: [Target] = []
    for target in entries {
      guard let select = target["select"], select.map != nil else {
        throw failure("target must specify resources to select")
      }
      var reject: [IDSelector] = []
      for node in target["reject"]?.list ?? [] { reject.append(try IDSelector(node, place: place)) }
      var paths = (target["fieldPaths"]?.list ?? []).compactMap(\.string)
      if paths.isEmpty { paths = [Self.defaultPath] }
      targets.append(
        Target(
          select: try IDSelector(select, place: place), reject: reject, paths: paths.map { ($0, Self.split($0)) },
          options: Options(target["options"])))
    }
    self.targets = targets
    self.step = step
    origin = entry.origin
  }

  private static let defaultPath = "metadata.name"

  /// At dots, except where they are escaped or in brackets (kustomize: utils.SmarterPathSplitter).
  static func split(_ path: String) -> [String] {
    var result: [String] = []
    var bracketed: [String]?
    for part in escapedParts(path) {
      if var open = bracketed {
        open.append(part)
        bracketed = open
        if part.hasSuffix("]") {
          result.append(open.joined(separator: "."))
          bracketed = nil
        }
      } else if part.hasPrefix("["), !part.hasSuffix("]") {
        bracketed = [part]
      } else {
        result.append(part)
      }
    }
    if let bracketed { result.append(bracketed.joined(separator: ".")) }
    return result
  }

  private static func escapedParts(_ path: String) -> [String] {
    var parts = [""]
    var isEscaped = false
    for scalar in path.unicodeScalars {
      if isEscaped {
        isEscaped = false
        if scalar != "." { parts[parts.count - 1] += "\\" }
        parts[parts.count - 1].unicodeScalars.append(scalar)
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "." {
        parts.append("")
      } else {
        parts[parts.count - 1].unicodeScalars.append(scalar)
      }
    }
    if isEscaped { parts[parts.count - 1] += "\\" }
    if parts.count > 1, parts[0].isEmpty { parts.removeFirst() }
    return parts
  }

  private func failure(_ sentence: String, _ place: Place) -> RenderError {
    .failed(sentence: sentence, place: place(origin))
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    let value = try value(in: list, place)
    for target in targets {
      for index in list.indices where isTarget(target, list.resources[index]) {
        var resource = list[index]
        for path in target.paths {
          try set(value, at: path, of: &resource.root, target.options, place)
        }
        list[index] = resource
      }
    }
  }

  private func isTarget(_ target: Target, _ resource: Resource) -> Bool {
    guard target.select.selects(resource), !target.reject.contains(where: { $0.hasLabels && $0.fits(resource) }) else {
      return false
    }
    let ids = resource.previous + [resource.id]
    return ids.contains { target.select.matches($0) }
      && !target.reject.contains { reject in !reject.isEmpty && ids.contains { reject.matches($0) } }
  }

  // MARK: The source

  private func value(in list: ResourceList, _ place: Place) throws(RenderError) -> YAMLNode {
    guard case .field(let selector, let path, let options) = source else {
      if case .value(let value) = source { return value }
      return YAMLNode(.null)
    }
    let matches = list.resources.filter { resource in
      (resource.previous + [resource.id]).contains { selector.matches($0) }
    }
    guard let match = matches.first else { throw failure("nothing selected by the source of a replacement", place) }
    guard matches.count == 1 else { throw failure("multiple matches for the source of a replacement", place) }
    guard let value = try lookup(path.steps[...], in: match.root, place), !value.isNull, value.map?.isEmpty != true,
      value.list?.isEmpty != true
    else { throw failure("fieldPath `\(path.text)` is missing for replacement source \(match.id)", place) }
    guard !options.delimiter.isEmpty else { return value }
    guard let text = Self.text(value) else {
      throw failure("delimiter option can only be used with scalar nodes", place)
    }
    let parts = Self.parts(text, options.delimiter)
    guard parts.indices.contains(options.index) else {
      throw failure("options.index \(options.index) is out of bounds for value \(text)", place)
    }
    return YAMLNode(.string(parts[options.index]), origin: value.origin)
  }

  private func lookup(_ path: ArraySlice<String>, in node: YAMLNode, _ place: Place) throws(RenderError) -> YAMLNode? {
    guard let step = path.first else { return node }
    switch node.value {
    case .map:
      return try node[step].flatMap { next throws(RenderError) in try lookup(path.dropFirst(), in: next, place) }
    case .list(let elements):
      if let (key, value) = Self.element(step) {
        let found = elements.first { key.isEmpty ? Self.text($0) == value : $0[key].flatMap(Self.text) == value }
        return try found.flatMap { next throws(RenderError) in try lookup(path.dropFirst(), in: next, place) }
      }
      let index = step == "-" ? elements.count - 1 : Int(step) ?? -1
      guard elements.indices.contains(index) else { return nil }
      return try lookup(path.dropFirst(), in: elements[index], place)
    default: return nil
    }
  }

  /// `[name=web]`, and `[=web]` for lists of scalars.
  private static func element(_ step: String) -> (key: String, value: String)? {
    guard step.hasPrefix("["), step.hasSuffix("]"), let equals = step.firstIndex(of: "=") else { return nil }
    return (
      String(step[step.index(after: step.startIndex)..<equals]), String(step[step.index(after: equals)...].dropLast())
    )
  }

  static func text(_ node: YAMLNode) -> String? {
    switch node.value {
    case .string(let text), .number(let text): node.written ?? text
    case .bool(let value): node.written ?? (value ? "true" : "false")
    case .null: ""
    case .list, .map: nil
    }
  }

  private static func parts(_ text: String, _ delimiter: String) -> [String] {
    let (bytes, separator) = (Array(text.utf8), Array(delimiter.utf8))
    var result: [String] = []
    var start = 0
    var index = 0
    while index + separator.count <= bytes.count {
      if bytes[index..<(index + separator.count)].elementsEqual(separator) {
        result.append(String(decoding: bytes[start..<index], as: UTF8.self))
        index += separator.count
        start = index
      } else {
        index += 1
      }
    }
    return result + [String(decoding: bytes[start...], as: UTF8.self)]
  }

  // MARK: The targets

  private func set(
    _ value: YAMLNode, at path: (text: String, steps: [String]), of root: inout YAMLNode, _ options: Options,
    _ place: Place
  ) throws(RenderError) {
    let count = try visit(&root, path.steps[...], options, value, place)
    guard count > 0 else {
      let verb = options.creates ? "find or create" : "find"
      throw failure("unable to \(verb) field \"\(path.text)\" in replacement target", place)
    }
  }

  /// - Returns: how many fields were set.
  private func visit(
    _ node: inout YAMLNode, _ path: ArraySlice<String>, _ options: Options, _ value: YAMLNode, _ place: Place
  ) throws(RenderError) -> Int {
    guard let step = path.first else {
      try put(value, into: &node, options, place)
      return 1
    }
    let rest = path.dropFirst()
    switch node.value {
    case .list(var elements):
      var count = 0
      if step == "*" {
        for index in elements.indices { count += try visit(&elements[index], rest, options, value, place) }
      } else if let (key, wanted) = Self.element(step) {
        let pattern = try GoRegex(wanted, place: place(origin))
        for index in elements.indices {
          let text = key.isEmpty ? Self.text(elements[index]) : elements[index][key].flatMap(Self.text)
          guard let text, pattern.matches(text) else { continue }
          count += try visit(&elements[index], rest, options, value, place)
        }
        if count == 0, options.creates {
          var new = key.isEmpty ? YAMLNode(.string(wanted)) : YAMLNode(.map([key: YAMLNode(.string(wanted))]))
          count = try visit(&new, rest, options, value, place)
          elements.append(new)
        }
      } else {
        let index = step == "-" ? elements.count - 1 : Int(step) ?? -1
        if elements.indices.contains(index) {
          count = try visit(&elements[index], rest, options, value, place)
        } else if options.creates, Int(step) == elements.count {
          var new = Self.blank(rest.first, value)
          count = try visit(&new, rest, options, value, place)
          elements.append(new)
        } else if Int(step) == nil, step != "-" {
          // A field of every element.
          for index in elements.indices { count += try visit(&elements[index], path, options, value, place) }
        } else if options.creates || Int(step) != nil {
          throw failure("index \(step) specified but only \(elements.count) elements found", place)
        }
      }
      node.value = .list(elements)
      return count
    case .map(var map):
      if step == "*" {
        var count = 0
        for key in map.keys {
          guard var child = map[key] else { continue }
          count += try visit(&child, rest, options, value, place)
          map[key] = child
        }
        node.value = .map(map)
        return count
      }
      guard var child = map[step] ?? (options.creates ? Self.blank(rest.first, value) : nil) else { return 0 }
      if child.isNull, options.creates, !rest.isEmpty { child = Self.blank(rest.first, value) }
      let count = try visit(&child, rest, options, value, place)
      if count > 0 { node[step] = child }
      return count
    case .null where options.creates:
      var made = Self.blank(step, value)
      let count = try visit(&made, path, options, value, place)
      node = made
      return count
    default: return 0
    }
  }

  /// What is made on the way to a field.
  private static func blank(_ next: String?, _ value: YAMLNode) -> YAMLNode {
    guard let next else { return YAMLNode(.null) }
    return element(next) != nil || Int(next) != nil || next == "-" ? YAMLNode(.list([])) : YAMLNode(.map(YAMLMap()))
  }

  private func put(_ value: YAMLNode, into node: inout YAMLNode, _ options: Options, _ place: Place) throws(RenderError)
  {
    let origin = (value.origin.hasFile ? value.origin : self.origin).layered(.replacement, step: step)
    guard var text = Self.text(value), node.map == nil, node.list == nil else {
      if !options.delimiter.isEmpty { throw failure("delimiter option can only be used with scalar nodes", place) }
      // A map or list goes over a created scalar too.
      node = YAMLNode(value.value, origin: origin)
      return
    }
    if !options.delimiter.isEmpty {
      guard let old = Self.text(node) else {
        throw failure("delimiter option can only be used with scalar nodes", place)
      }
      var parts = Self.parts(old, options.delimiter)
      if options.index < 0 {
        parts.insert(text, at: 0)
      } else if options.index >= parts.count {
        parts.append(text)
      } else {
        parts[options.index] = text
      }
      text = parts.joined(separator: options.delimiter)
    }
    if options.encoding == "base64" { text = Data(text.utf8).base64EncodedString() }
    // Only the text goes over: a field keeps being text, anything else becomes what the text looks like.
    switch node.value {
    case .string: node = YAMLNode(.string(text), origin: origin)
    case .null: node = YAMLNode(value.value == .string(text) ? .string(text) : resolved(text), origin: origin)
    default: node = YAMLNode(resolved(text), origin: origin)
    }
  }

  private func resolved(_ text: String) -> YAMLValue { ScalarRules.kustomize.resolve(text) ?? .string(text) }
}

/// Which ids a replacement speaks of: exact texts, or patterns over the whole text.
struct IDSelector {
  private let parts: [(part: KeyPath<ResourceID, String> & Sendable, text: String, pattern: GoRegex?)]
  private let namespace: (text: String, pattern: GoRegex?)?
  private let labels: LabelSelector?
  private let annotations: LabelSelector?

  init(_ node: YAMLNode, place: Place) throws(RenderError) {
    func pattern(_ text: String) throws(RenderError) -> GoRegex? {
      let isPlain = text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
      }
      return isPlain ? nil : try GoRegex("^(?:\(text))$", place: place(node.origin))
    }
    var parts: [(part: KeyPath<ResourceID, String> & Sendable, text: String, pattern: GoRegex?)] = []
    let all: [(String, KeyPath<ResourceID, String> & Sendable)] = [
      ("group", \.group), ("version", \.version), ("kind", \.kind), ("name", \.name),
    ]
    for (key, part) in all {
      guard let text = node[key]?.string, !text.isEmpty else { continue }
      parts.append((part, text, try pattern(text)))
    }
    self.parts = parts
    if let text = node["namespace"]?.string, !text.isEmpty {
      namespace = (text, try pattern(text))
    } else {
      namespace = nil
    }
    func selector(_ key: String) throws(RenderError) -> LabelSelector? {
      guard let text = node[key]?.string, !text.isEmpty else { return nil }
      return try LabelSelector(text, place: place(node.origin))
    }
    labels = try selector("labelSelector")
    annotations = try selector("annotationSelector")
  }

  var isEmpty: Bool { parts.isEmpty && namespace == nil }
  var hasLabels: Bool { labels != nil || annotations != nil }

  func matches(_ id: ResourceID) -> Bool {
    func fits(_ text: String, _ pattern: GoRegex?, _ own: String) -> Bool {
      own == text || pattern?.matches(own) == true
    }
    return parts.allSatisfy { fits($0.text, $0.pattern, id[keyPath: $0.part]) }
      && (namespace.map { fits($0.text, $0.pattern, id.effectiveNamespace ?? "_non_namespaceable_") } ?? true)
  }

  /// Its labels and annotations are as they should be.
  func selects(_ resource: Resource) -> Bool {
    (labels?.matches(resource.metadata("labels")) ?? true)
      && (annotations?.matches(resource.metadata("annotations")) ?? true)
  }

  func fits(_ resource: Resource) -> Bool { selects(resource) }
}
