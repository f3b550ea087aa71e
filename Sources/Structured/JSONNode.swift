import CSimdJSON

/// One value inside a `JSONDocument`.
public struct JSONNode: Sendable {
  /// The six kinds of JSON values.
  public enum Kind: Sendable, Hashable { case null, bool, number, string, array, object }

  let document: JSONDocument
  let index: Int

  private var node: csj_node { document.nodes[index] }
  /// What kind of value this is.
  public var kind: Kind {
    switch Int(node.tag) {
    case CSJ_BOOL: .bool
    case CSJ_NUMBER: .number
    case CSJ_STRING: .string
    case CSJ_ARRAY: .array
    case CSJ_OBJECT: .object
    default: .null
    }
  }

  /// This is `null`.
  public var isNull: Bool { node.isKind(CSJ_NULL) }
  /// The text of a string, else nil.
  public var string: String? { node.isKind(CSJ_STRING) ? text : nil }
  /// Whether this is a string of that text.
  public func isString(_ text: String) -> Bool {
    guard node.isKind(CSJ_STRING) else { return false }
    var text = text
    return text.withUTF8 { isString($0) }
  }

  func isString(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let node = node
    return node.isKind(CSJ_STRING) && Int(node.length) == text.count && document.withText(node) { $0.isSame(as: text) }
  }
  /// The exact text of a number.
  public var number: String? { node.isKind(CSJ_NUMBER) ? text : nil }
  /// True or false, nil for anything else.
  public var bool: Bool? {
    node.isKind(CSJ_BOOL) ? node.has(CSJ_TRUE) : nil
  }
  /// A number that is whole and fits.
  public var int: Int? { number.flatMap(Numeral.int) }
  /// A number as the nearest double; nil for anything else.
  public var double: Double? { number.flatMap(Double.init) }

  /// Elements of an array or members of an object, else 0.
  public var count: Int {
    node.isKind(CSJ_ARRAY) || node.isKind(CSJ_OBJECT) ? Int(node.length) : 0
  }

  /// The member of an object; the last of equal keys.
  public subscript(key: String) -> JSONNode? {
    guard node.isKind(CSJ_OBJECT) else { return nil }
    var key = key
    return key.withUTF8 { wanted in
      let end = Int(node.next)
      var position = index + 1
      while position < end {
        let candidate = document.nodes[position]
        if Int(candidate.length) == wanted.count, !candidate.has(CSJ_OVERRIDDEN),
          document.withText(candidate, { $0.isSame(as: wanted) })
        {
          return JSONNode(document: document, index: position + 1)
        }
        position = Int(document.nodes[position + 1].next)
      }
      return nil
    }
  }

  /// The element of an array; nil when there is none. Walks the siblings before it.
  public subscript(index: Int) -> JSONNode? {
    guard node.isKind(CSJ_ARRAY), index >= 0, index < count else { return nil }
    var position = self.index + 1
    for _ in 0..<index { position = Int(document.nodes[position].next) }
    return JSONNode(document: document, index: position)
  }

  /// Follows keys (and decimal indexes into arrays).
  public func value(at path: String...) -> JSONNode? { value(at: path) }

  /// Follows keys (and decimal indexes into arrays).
  public func value(at path: [String]) -> JSONNode? {
    var here = self
    for step in path {
      let next = here.node.isKind(CSJ_ARRAY) ? Int(step).flatMap { here[$0] } : here[step]
      guard let next else { return nil }
      here = next
    }
    return here
  }

  /// Nil unless this is an object.
  public var members: Members? {
    node.isKind(CSJ_OBJECT) ? Members(document: document, position: index + 1, end: Int(node.next)) : nil
  }

  /// The members of an object that count, in order, each with the bytes of its key, which live as long as the call.
  public func forEachMember(_ body: (_ key: UnsafeBufferPointer<UInt8>, _ value: JSONNode) -> Void) {
    guard node.isKind(CSJ_OBJECT) else { return }
    let end = Int(node.next)
    var position = index + 1
    while position < end {
      let key = document.nodes[position]
      let value = position + 1
      position = Int(document.nodes[value].next)
      if !key.has(CSJ_OVERRIDDEN) {
        document.withText(key) { body($0, JSONNode(document: document, index: value)) }
      }
    }
  }

  /// Nil unless this is an array.
  public var elements: Elements? {
    node.isKind(CSJ_ARRAY) ? Elements(document: document, position: index + 1, end: Int(node.next)) : nil
  }

  /// The members of an object in order, overridden ones left out.
  public struct Members: Sequence, IteratorProtocol, Sendable {
    let document: JSONDocument
    var position: Int
    let end: Int

    /// The next member that counts.
    public mutating func next() -> (key: String, value: JSONNode)? {
      while position < end {
        let key = document.nodes[position]
        let value = position + 1
        position = Int(document.nodes[value].next)
        if !key.has(CSJ_OVERRIDDEN) {
          return (document.text(key), JSONNode(document: document, index: value))
        }
      }
      return nil
    }
  }

  /// The elements of an array in order.
  public struct Elements: Sequence, IteratorProtocol, Sendable {
    let document: JSONDocument
    var position: Int
    let end: Int

    /// The next element.
    public mutating func next() -> JSONNode? {
      guard position < end else { return nil }
      let element = JSONNode(document: document, index: position)
      position = Int(document.nodes[position].next)
      return element
    }
  }

  private var text: String { document.text(node) }

  /// The node as compact JSON.
  public func bytes() -> [UInt8] {
    var out: [UInt8] = []
    write(to: &out)
    return out
  }

  private func write(to out: inout [UInt8]) {
    switch kind {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool: out.append(contentsOf: (bool == true ? "true" : "false").utf8)
    case .number: document.withText(node) { out.append(contentsOf: $0) }
    case .string: document.withText(node) { JSONText.append($0, to: &out) }
    case .array:
      out.append(0x5B)
      var position = index + 1
      while position < Int(node.next) {
        if position > index + 1 { out.append(0x2C) }
        JSONNode(document: document, index: position).write(to: &out)
        position = Int(document.nodes[position].next)
      }
      out.append(0x5D)
    case .object:
      out.append(0x7B)
      var isFirst = true
      var position = index + 1
      while position < Int(node.next) {
        let key = document.nodes[position]
        if !key.has(CSJ_OVERRIDDEN) {
          if !isFirst { out.append(0x2C) }
          isFirst = false
          document.withText(key) { JSONText.append($0, to: &out) }
          out.append(0x3A)
          JSONNode(document: document, index: position + 1).write(to: &out)
        }
        position = Int(document.nodes[position + 1].next)
      }
      out.append(0x7D)
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count, let mine = baseAddress, let theirs = other.baseAddress else {
      return count == other.count
    }
    return memcmp(mine, theirs, count) == 0
  }
}

extension JSONDocument {
  /// The text of a string or number node, where it lies.
  func withText<Result>(_ node: csj_node, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let range = Int(node.offset)..<Int(node.offset) + Int(node.length)
    if node.has(CSJ_DECODED) {
      return strings.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }
    return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  func text(_ node: csj_node) -> String { withText(node) { String(decoding: $0, as: UTF8.self) } }
}

extension csj_node {
  var tag: UInt32 { head & UInt32(CSJ_KIND) }
  func isKind(_ kind: Int) -> Bool { tag == UInt32(kind) }
  func has(_ flag: Int) -> Bool { head & UInt32(flag) != 0 }
}
