import GitOps
import Kube

/// What a user with few rights can see of a cluster: kinds that may not be listed as a whole are listed by namespace.
struct Visibility: Sendable, Equatable {
  /// Kinds whose list over all namespaces is forbidden, with the server's sentence.
  private(set) var narrowed: [GroupKind: String] = [:]
  private var plurals: [GroupKind: String] = [:]
  /// Where to look for them; nil until it was found out.
  private(set) var namespaces: [NamespaceRules]?
  /// Being found out.
  private(set) var isLooking = false

  /// A list over all namespaces was refused.
  /// - Returns: whether the session has to find out where the user may look.
  mutating func narrow(_ groupKind: GroupKind, _ plural: String, because reason: String) -> Bool {
    plurals[groupKind] = plural
    guard narrowed.updateValue(reason, forKey: groupKind) == nil, namespaces == nil, !isLooking else { return false }
    isLooking = true
    return true
  }

  mutating func found(_ namespaces: [NamespaceRules]) {
    self.namespaces = namespaces
    isLooking = false
  }

  /// Listing the whole cluster is allowed now.
  mutating func widen(_ groupKind: GroupKind) { narrowed[groupKind] = nil }

  /// The streams in place of one over all namespaces.
  func streams(of whole: StreamID) -> [StreamID] {
    guard whole.namespace == nil, narrowed[whole.groupKind] != nil, let namespaces else { return [whole] }
    let parts = namespaces.filter { $0.mayList(whole.groupKind.group, whole.plural) }.map { $0.namespace }
    // Nowhere: the refusal itself is what there is to show.
    guard !parts.isEmpty else { return [whole] }
    return parts.map { namespace in
      StreamID(
        cluster: whole.cluster, groupKind: whole.groupKind, version: whole.version, plural: whole.plural,
        selector: whole.selector, namespace: namespace)
    }
  }

  /// The namespaces where one of the narrowed kinds can be seen, when it is not all of them. Not every right counts: one
  /// to list nodes, or the namespaces themselves, is among the rules of every namespace.
  var visible: [String]? {
    guard !narrowed.isEmpty, let namespaces else { return nil }
    return namespaces.filter { place in
      narrowed.keys.contains { place.mayList($0.group, plurals[$0] ?? "") }
    }.map(\.namespace)
  }
}

/// Where to look, and what the server says that may be listed there.
struct NamespaceRules: Sendable, Equatable {
  let namespace: String
  /// Nil when somebody named the namespace and nothing else is known: looking shows what may be seen.
  let rules: AccessRules?

  func mayList(_ group: String, _ plural: String) -> Bool {
    guard let rules, !rules.isIncomplete else { return true }
    return rules.allows("list", group: group, resource: plural)
  }

  var mayListAnything: Bool {
    guard let rules, !rules.isIncomplete else { return true }
    return rules.allowsSomething("list")
  }
}
