import FoundationEssentials
import GitOps
import Structured

/// One scalar of either side.
enum Scalar {
  case null
  case bool(Bool)
  case number(String)
  case string(String)

  /// Nil for lists and maps.
  init?(_ node: PackedNode) {
    switch node.kind {
    case .null: self = .null
    case .no: self = .bool(false)
    case .yes: self = .bool(true)
    case .number: self = .number(node.number ?? "0")
    case .string: self = .string(node.string ?? "")
    case .list, .map: return nil
    }
  }

  /// Nil for arrays and objects.
  init?(_ node: JSONNode) {
    switch node.kind {
    case .null: self = .null
    case .bool: self = .bool(node.bool ?? false)
    case .number: self = .number(node.number ?? "0")
    case .string: self = .string(node.string ?? "")
    case .array, .object: return nil
    }
  }

  /// As list keys and set members are compared: `80` and `"80"` are the same text.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text), .string(let text): text
    }
  }

  /// `""`, `0`, `false` (`drift.md` R4).
  var isZero: Bool {
    switch self {
    case .null: true
    case .bool(let value): !value
    case .number(let text): Numeral.areEqual(text, "0")
    case .string(let text): text.isEmpty
    }
  }
}

/// What a scalar's type makes equal (`drift.md` R3).
enum ScalarClass: UInt8, Sendable {
  /// No schema, or one that allows anything.
  case unknown
  case string, integer, number, boolean
  case quantity, intOrString, dateTime, duration, bytes
}

extension ScalarClass {
  /// Whether the API server could have stored `desired` as `live`.
  /// - Parameters:
  ///   - isCustom: a custom resource: its strings are stored as they were sent, and rewritten by its controllers.
  ///   - underResources: an entry of a `limits` or `requests` map.
  func areEqual(_ desired: Scalar, _ live: Scalar, isCustom: Bool, underResources: Bool) -> Bool {
    switch (desired, live) {
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.number(let a), .number(let b)):
      return Numeral.areEqual(a, b) || (self == .quantity && Self.sameQuantity(a, b))
    case (.string(let a), .string(let b)):
      return a == b || sameText(a, b, isCustom: isCustom, underResources: underResources)
    case (.number(let a), .string(let b)), (.string(let a), .number(let b)):
      switch self {
      case .quantity: return Self.sameQuantity(a, b)
      case .intOrString: return a == b
      case .unknown: return a == b || (underResources && Self.sameQuantity(a, b))
      case .string where underResources: return Self.sameQuantity(a, b)
      case .string, .integer, .number, .boolean, .dateTime, .duration, .bytes: return false
      }
    default: return false
    }
  }

  private func sameText(_ a: String, _ b: String, isCustom: Bool, underResources: Bool) -> Bool {
    switch self {
    case .quantity: return Self.sameQuantity(a, b)
    case .dateTime:
      guard let x = Timestamp.parse(a), let y = Timestamp.parse(b) else { return false }
      return x == y
    case .duration: return Self.sameDuration(a, b)
    case .bytes: return SecretTag(data: a) == SecretTag(data: b)
    // Without a type, texts with a unit are taken for amounts; `1.10` and `1.1` may be versions and stay different.
    case .unknown:
      guard let last = a.utf8.last, let other = b.utf8.last, last > 0x39 || other > 0x39 else { return false }
      return Self.sameQuantity(a, b) || Self.sameDuration(a, b)
    case .string:
      return (underResources && Self.sameQuantity(a, b)) || (isCustom && Self.sameDuration(a, b))
    case .integer, .number, .boolean, .intOrString: return false
    }
  }

  private static func sameQuantity(_ a: String, _ b: String) -> Bool {
    guard let x = Quantity(a), let y = Quantity(b) else { return false }
    return x == y
  }

  private static func sameDuration(_ a: String, _ b: String) -> Bool {
    guard let x = GoDuration.parse(a), let y = GoDuration.parse(b) else { return false }
    return x == y
  }
}
