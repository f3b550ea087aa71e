import GitOps
import Structured

/// One object of `status.inventory` (wire-facts 1.4).
struct InventoryItem: Sendable, Hashable {
  let groupKind: GroupKind
  let version: String
  let key: ObjectKey

  init(groupKind: GroupKind, version: String, key: ObjectKey) {
    self.groupKind = groupKind
    self.version = version
    self.key = key
  }

  /// `<namespace>_<name>_<group>_<Kind>`; a colon in the name of an RBAC object is two underscores.
  var id: String {
    let name = groupKind.group == "rbac.authorization.k8s.io" ? key.name.replacing(":", with: "__") : key.name
    return "\(key.namespace)_\(name)_\(groupKind.group)_\(groupKind.kind)"
  }

  init?(_ entry: JSON) {
    guard let id = entry["id"]?.string, let version = entry["v"]?.string else { return nil }
    let parts = id.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count >= 4 else { return nil }
    let name = parts[1..<(parts.count - 2)].joined(separator: "_").replacing("__", with: ":")
    self.init(
      groupKind: GroupKind(group: String(parts[parts.count - 2]), kind: String(parts[parts.count - 1])),
      version: version, key: ObjectKey(namespace: String(parts[0]), name: name))
  }

  var json: JSON { ["id": .string(id), "v": .string(version)] }

  /// As logs and events name it: `Deployment/shop/cart`.
  var label: String {
    key.namespace.isEmpty ? "\(groupKind.kind)/\(key.name)" : "\(groupKind.kind)/\(key.namespace)/\(key.name)"
  }
}
