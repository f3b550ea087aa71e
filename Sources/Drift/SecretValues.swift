import FoundationEssentials
import GitOps
import Structured

/// Secrets with their values hashed, so that no plaintext is kept (C12).
public enum SecretValues {
  /// A live Secret whose `data` holds hashes instead of values; other objects unchanged. Comparing understands both.
  /// - Throws: `ParseError` when the object's bytes are not JSON.
  public static func hashed(_ object: Object) throws(ParseError) -> Object {
    guard object.ref.groupKind == kind else { return object }
    var root = try JSON(parsing: object.bytes)
    if root["metadata"]?["annotations"]?[lastApplied] != nil {
      root["metadata"]?["annotations"]?[lastApplied] = nil
    }
    if let data = root["data"]?.object { root["data"] = .object(hashed(data, SecretTag.init(data:))) }
    if let text = root["stringData"]?.object { root["stringData"] = .object(hashed(text, SecretTag.init(text:))) }
    return Object(
      ref: object.ref, version: object.version, uid: object.uid, resourceVersion: object.resourceVersion,
      generation: object.generation, labels: object.labels, created: object.created, deleted: object.deleted,
      bytes: root.encoded())
  }

  /// A desired Secret whose values are hashes, all of them in `data`; of other objects only what variables from Secrets made.
  public static func hashed(_ desired: DesiredObject) -> DesiredObject {
    var result = desired
    guard desired.groupKind == kind else {
      if desired.packed.holdsSecret { result.root = withoutSecrets(desired.root) }
      return result
    }
    var root = merged(desired).unpacked
    if var data = root["data"]?.map {
      data.mutateValues { _, value in
        if let text = value.string, !text.isEmpty, !isOpen(value) {
          value = YAMLNode(.string(SecretTag(data: text).tagged), origin: value.origin)
        }
      }
      root["data"] = YAMLNode(.map(data), origin: root["data"]?.origin ?? .none)
    }
    result.root = root
    return result
  }

  private static func withoutSecrets(_ node: YAMLNode) -> YAMLNode {
    var node = node
    switch node.value {
    case .map(var map):
      map.mutateValues { $1 = withoutSecrets($1) }
      node.value = .map(map)
    case .list(let elements): node.value = .list(elements.map(withoutSecrets))
    case .null: break
    case .bool, .number, .string:
      if node.origin.layer == .secret, let text = Scalar(PackedNode(node))?.text {
        node.value = .string(SecretTag(text: text).tagged)
      }
    }
    return node
  }

  /// Whether a value made by a variable from a Secret is the one that lives; either may be a hash already.
  static func isSame(_ desired: PackedNode, _ live: JSONNode) -> Bool {
    guard let mine = Scalar(desired), let theirs = Scalar(live) else { return false }
    return SecretTag(text: mine.text) == SecretTag(text: theirs.text)
  }

  static let kind = GroupKind(group: "", kind: "Secret")
  private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

  /// The desired object as the server stores it: a Secret's `stringData` is merged over its `data` (`drift.md` N2).
  static func merged(_ desired: DesiredObject) -> PackedNode {
    guard desired.groupKind == kind, desired.packed["stringData"] != nil else { return desired.packed }
    var root = desired.root
    let text = root["stringData"]
    root["stringData"] = nil
    var data = root["data"]?.map ?? YAMLMap()
    for (key, value) in text?.map ?? YAMLMap() {
      guard let scalar = Scalar(PackedNode(value)), !value.isNull else { continue }
      data[key] =
        isOpen(value) || scalar.text.isEmpty
        ? value : YAMLNode(.string(SecretTag(text: scalar.text).tagged), origin: value.origin)
    }
    root["data"] = YAMLNode(.map(data), origin: text?.origin ?? .none)
    return PackedNode(root)
  }

  /// A value that is not known here.
  private static func isOpen(_ value: YAMLNode) -> Bool {
    let value = PackedNode(value)
    return value.isEncrypted || value.isUnknown
  }

  private static func hashed(_ values: JSONObject, _ tag: (String) -> SecretTag) -> JSONObject {
    var values = values
    values.mutateValues { _, value in if let text = value.string, !text.isEmpty { value = .string(tag(text).tagged) } }
    return values
  }
}

extension PackedNode {
  /// A variable from a Secret made it, or something in it.
  var holdsSecret: Bool {
    switch kind {
    case .map: entries.contains { $0.value.holdsSecret }
    case .list: elements.contains(where: \.holdsSecret)
    case .null, .no, .yes, .number, .string: origin.layer == .secret
    }
  }
}
