import GitOps
import Structured

/// Objects that SOPS encrypted. They are recognised and never decrypted: what is wanted is known, its values are not.
enum Sops {
  static func isEncrypted(_ root: YAMLNode) -> Bool { root["sops"]?.map != nil }

  /// An encrypted file that is no object: the `sops` stanza of an env file or of JSON.
  static func isEncrypted(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes.prefix(1 << 20), as: UTF8.self)
    return text.contains("ENC[AES256_GCM,data:")
  }

  /// Takes the stanza out.
  /// - Returns: the fields whose values are encrypted.
  static func open(_ resource: inout Resource) -> [UndeterminedField] {
    guard isEncrypted(resource.root) else { return [] }
    resource.root["sops"] = nil
    var fields: [UndeterminedField] = []
    collect(resource.root, [], &fields)
    return fields
  }

  private static func collect(_ node: YAMLNode, _ path: [String], _ fields: inout [UndeterminedField]) {
    switch node.value {
    case .string(let text) where text.hasPrefix("ENC[") && text.hasSuffix("]"):
      fields.append(UndeterminedField(path: path, reason: "encrypted with SOPS"))
    case .list(let elements):
      for (index, element) in elements.enumerated() { collect(element, path + ["\(index)"], &fields) }
    case .map(let map):
      for (key, value) in map { collect(value, path + [key], &fields) }
    default: return
    }
  }
}
