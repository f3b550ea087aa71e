import Structured

/// `status.inventory.entries[]{id, v}`, as Kustomizations and HelmReleases write it
/// (flux: fluxcd/cli-utils pkg/object/objmetadata.go).
enum Inventory {
  private static let colonKinds: Set<String> = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"]

  static func entries(_ status: JSONNode?) -> [InventoryEntry] {
    guard let elements = status?["inventory"]?["entries"]?.elements else { return [] }
    var entries: [InventoryEntry] = []
    for element in elements {
      guard let id = element["id"]?.string, let entry = entry(id: id, version: element["v"]?.string ?? "") else {
        continue
      }
      entries.append(entry)
    }
    return entries
  }

  /// `<namespace>_<name>_<group>_<Kind>`; namespaces, groups and kinds never contain `_`, names may. Nil for anything
  /// else. Names of RBAC objects write `:` as `__`.
  static func entry(id: String, version: String) -> InventoryEntry? {
    guard let first = id.firstIndex(of: "_"), let last = id.lastIndex(of: "_"), first < last else { return nil }
    let head = id[..<last]
    guard let middle = head.lastIndex(of: "_"), first < middle else { return nil }
    let group = String(head[head.index(after: middle)...])
    let kind = String(id[id.index(after: last)...])
    var name = String(head[head.index(after: first)..<middle])
    if group == "rbac.authorization.k8s.io", colonKinds.contains(kind) { name = colons(name) }
    guard !name.isEmpty, !kind.isEmpty else { return nil }
    return InventoryEntry(
      groupKind: GroupKind(group: group, kind: kind), version: version, namespace: String(id[..<first]), name: name)
  }

  private static func colons(_ name: String) -> String {
    var text = ""
    var pending = false
    for character in name {
      if character == "_" {
        if pending { text.append(":") }
        pending.toggle()
      } else {
        if pending { text.append("_") }
        pending = false
        text.append(character)
      }
    }
    return pending ? text + "_" : text
  }
}
