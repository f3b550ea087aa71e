import CYAML

/// Builds nodes from libyaml's events.
struct YAMLComposer: ~Copyable {
  private let reader: EventReader
  private let file: UInt32
  private let rules: ScalarRules
  private let repeatedKeys: RepeatedKeys
  private let typedKeys: TypedKeys
  private let limits: YAMLLimits
  private let depthLimit: Int
  private var event = YAML_NO_EVENT
  /// Nodes of the current document so far, aliases expanded.
  private var nodes = 0
  private var aliases = 0
  /// What an anchor stands for and how many nodes that is; nil while the anchored node is still being read.
  private var anchors: [String: (node: YAMLNode, nodes: Int)?] = [:]

  init(
    _ buffer: UnsafeBufferPointer<UInt8>, file: UInt32, rules: ScalarRules, repeatedKeys: RepeatedKeys,
    typedKeys: TypedKeys, limits: YAMLLimits
  ) throws(ParseError) {
    guard let reader = EventReader(buffer) else { throw ParseError(reason: .limit("not enough memory for YAML")) }
    self.reader = reader
    self.file = file
    self.rules = rules
    self.repeatedKeys = repeatedKeys
    self.typedKeys = typedKeys
    self.limits = limits
    depthLimit = min(limits.depth, 1000)
  }

  private var line: Int { cyaml_line(reader.handle) + 1 }
  private var origin: Origin { Origin(file: file, line: UInt32(clamping: line)) }

  private func syntax(_ text: String, line: Int? = nil) -> ParseError {
    ParseError(reason: .syntax(text), line: line ?? self.line)
  }

  private func limit(_ text: String) -> ParseError { ParseError(reason: .limit(text), line: line) }

  private mutating func advance() throws(ParseError) {
    let type = cyaml_next(reader.handle)
    guard type >= 0 else {
      let problem = cyaml_problem(reader.handle).map { String(cString: $0) } ?? "malformed"
      throw syntax("invalid YAML: \(problem)", line: cyaml_problem_line(reader.handle) + 1)
    }
    event = yaml_event_type_t(UInt32(type))
  }

  mutating func documents() throws(ParseError) -> [YAMLNode] {
    var result: [YAMLNode] = []
    var count = 0
    while true {
      try advance()
      if event == YAML_STREAM_END_EVENT { return result }
      guard event == YAML_DOCUMENT_START_EVENT else { continue }
      count += 1
      if count > limits.documents { throw limit("more than \(limits.documents) documents") }
      nodes = 0
      aliases = 0
      anchors = [:]
      try advance()
      let root = try node(depth: 0)
      if !root.isNull { result.append(root) }
      try advance()
    }
  }

  /// The node that starts at the current event; afterwards the current event is its last.
  private mutating func node(depth: Int) throws(ParseError) -> YAMLNode {
    if event == YAML_ALIAS_EVENT { return try alias() }
    try count(1)
    let anchor = text(cyaml_anchor(reader.handle))
    let before = nodes
    if let anchor { anchors[anchor] = .some(nil) }
    let node =
      switch event {
      case YAML_SCALAR_EVENT: try scalar()
      case YAML_SEQUENCE_START_EVENT: try list(depth: depth + 1)
      case YAML_MAPPING_START_EVENT: try map(depth: depth + 1)
      default: throw syntax("invalid YAML: a value is expected")
      }
    if let anchor { anchors[anchor] = (node, nodes - before + 1) }
    return node
  }

  private mutating func count(_ more: Int) throws(ParseError) {
    nodes += more
    if nodes > limits.nodes { throw limit("more than \(limits.nodes) nodes in one document") }
  }

  private mutating func alias() throws(ParseError) -> YAMLNode {
    aliases += 1
    if aliases > limits.aliases { throw limit("more than \(limits.aliases) aliases") }
    let name = text(cyaml_anchor(reader.handle)) ?? ""
    guard let known = anchors[name] else { throw syntax("unknown anchor \"\(name)\"") }
    guard let known else { throw syntax("anchor \"\(name)\" contains itself") }
    try count(known.nodes)
    return known.node
  }

  private func text(_ pointer: UnsafePointer<UInt8>?) -> String? { pointer.map { String(cString: $0) } }

  private func scalarText() throws(ParseError) -> String {
    let length = cyaml_text_length(reader.handle)
    if length > limits.scalar { throw limit("a text of \(length) bytes is over the limit of \(limits.scalar)") }
    return String(
      decoding: UnsafeBufferPointer(start: cyaml_text(reader.handle), count: length), as: UTF8.self)
  }

  private func scalar() throws(ParseError) -> YAMLNode {
    let text = try scalarText()
    let isPlain = cyaml_is_plain(reader.handle) != 0
    guard let tag = try CoreTag(self.text(cyaml_tag(reader.handle)), line: line) else {
      if isPlain { return try plain(text) }
      guard rules == .kustomize, cyaml_is_folded(reader.handle) != 0 else {
        return YAMLNode(.string(text), origin: origin)
      }
      guard let rewritten = FoldedText.rewritten(text) else {
        throw ParseError(reason: .shape("a folded text that starts with a space"), line: line)
      }
      return YAMLNode(.string(rewritten), origin: origin)
    }
    switch tag {
    case .text: return YAMLNode(.string(text), origin: origin)
    case .null, .bool, .integer, .float, .timestamp:
      let value = try resolve(text, dated: tag == .timestamp)
      guard tag.fits(value) else { throw syntax("\"\(text)\" is not what its tag says") }
      return node(value, text)
    case .list, .map: throw syntax("the tag of a collection on a text")
    }
  }

  private func plain(_ text: String) throws(ParseError) -> YAMLNode { node(try resolve(text), text) }

  private func node(_ value: YAMLValue, _ text: String) -> YAMLNode {
    let isSame =
      switch value {
      case .string(let same), .number(let same): same == text
      case .bool(let value): text == (value ? "true" : "false")
      case .null: text.isEmpty
      case .list, .map: true
      }
    return YAMLNode(value, origin: origin, written: isSame ? nil : text)
  }

  private func resolve(_ text: String, dated: Bool = true) throws(ParseError) -> YAMLValue {
    guard let value = rules.resolve(text, dated: dated) else {
      throw ParseError(reason: .shape("\"\(text)\" has no form in JSON"), line: line)
    }
    return value
  }

  private mutating func enter(_ depth: Int, _ wanted: CoreTag) throws(ParseError) {
    if depth > depthLimit { throw limit("nested deeper than \(depthLimit)") }
    if let tag = try CoreTag(text(cyaml_tag(reader.handle)), line: line), tag != wanted {
      throw syntax("the tag of another type on a collection")
    }
  }

  private mutating func list(depth: Int) throws(ParseError) -> YAMLNode {
    try enter(depth, .list)
    let start = origin
    var elements: [YAMLNode] = []
    while true {
      try advance()
      if event == YAML_SEQUENCE_END_EVENT { return YAMLNode(.list(elements), origin: start) }
      elements.append(try node(depth: depth))
    }
  }

  private mutating func map(depth: Int) throws(ParseError) -> YAMLNode {
    try enter(depth, .map)
    let start = origin
    var map = YAMLMap()
    // The line of every key, in the map's order.
    var lines: [Int] = []
    var merged: (source: YAMLNode, line: Int)?
    while true {
      try advance()
      if event == YAML_MAPPING_END_EVENT { break }
      let keyLine = line
      let (key, isMerge) = try key()
      if isMerge {
        if let merged, repeatedKeys == .refused {
          throw syntax("mapping key \"<<\" is repeated, first on line \(merged.line)", line: keyLine)
        }
        try advance()
        let source = try node(depth: depth)
        // go-yaml v2 merges where the key stands, later than the keys before it.
        if rules == .goYAML2 { try merge(source, into: &map, overriding: true) }
        merged = (source, keyLine)
        continue
      }
      let known = map.position(of: key)
      if let known, repeatedKeys == .refused {
        throw syntax("mapping key \"\(key)\" is repeated, first on line \(lines[known])", line: keyLine)
      }
      try advance()
      let value = try node(depth: depth)
      if known != nil {
        map[key] = value
      } else {
        map.append(key, value)
        lines.append(keyLine)
      }
    }
    if let merged, rules != .goYAML2 { try merge(merged.source, into: &map, overriding: false) }
    return YAMLNode(.map(map), origin: start)
  }

  /// The key at the current event. Only scalars can be keys of JSON.
  private mutating func key() throws(ParseError) -> (text: String, isMerge: Bool) {
    if event == YAML_ALIAS_EVENT {
      let node = try alias()
      guard let text = node.string ?? node.number else { throw syntax("an alias as a key that is not text") }
      return (text, false)
    }
    guard event == YAML_SCALAR_EVENT else { throw syntax("a list or map as a key") }
    try count(1)
    let length = cyaml_text_length(reader.handle)
    if length > limits.key { throw limit("a key of \(length) bytes is over the limit of \(limits.key)") }
    let written = try scalarText()
    if let anchor = text(cyaml_anchor(reader.handle)) {
      anchors[anchor] = (YAMLNode(.string(written), origin: origin), 1)
    }
    let isPlain = cyaml_is_plain(reader.handle) != 0
    let tag = text(cyaml_tag(reader.handle))
    if written == "<<", isPlain && tag == nil || tag == "tag:yaml.org,2002:merge" { return (written, true) }
    let core = try CoreTag(tag, line: line)
    // sigs.k8s.io/yaml writes a typed key as its JSON text; go-yaml v3 keeps what was written.
    if typedKeys == .refused, isPlain, core != .text, rules.resolve(written) != .string(written) {
      throw syntax("the mapping key \(written) is not text")
    }
    guard rules == .goYAML2, isPlain, core != .text else { return (written, false) }
    switch rules.resolve(written) {
    case .bool(let value): return (value ? "true" : "false", false)
    case .number(let number): return (number, false)
    default: return (written, false)
    }
  }

  /// Merges a map, or a list of maps of which the earlier win. The map's own keys win, except in go-yaml v2, where a
  /// merge counts from its place on.
  private mutating func merge(
    _ source: YAMLNode, into map: inout YAMLMap, overriding: Bool
  ) throws(ParseError) {
    let sources: [YAMLNode]
    switch source.value {
    case .map: sources = [source]
    case .list(let elements): sources = elements
    default: throw syntax("\"<<\" needs a map or a list of maps", line: Int(source.origin.line))
    }
    if sources.count > limits.merges { throw limit("more than \(limits.merges) maps merged into one") }
    for source in overriding ? sources.reversed() : sources {
      guard case .map(let entries) = source.value else {
        throw syntax("\"<<\" needs a map or a list of maps", line: Int(source.origin.line))
      }
      for (key, value) in entries where overriding || map[key] == nil { map[key] = value }
    }
  }
}

/// libyaml's reader; freed with this.
private struct EventReader: ~Copyable {
  let handle: UnsafeMutablePointer<cyaml_reader>

  init?(_ buffer: UnsafeBufferPointer<UInt8>) {
    guard let handle = cyaml_open(buffer.baseAddress, buffer.count) else { return nil }
    self.handle = handle
  }

  deinit { cyaml_close(handle) }
}
