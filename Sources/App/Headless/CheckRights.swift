import GitOps
import Kube
import Structured

/// What may be listed and what may be written, of the kinds that a server serves.
struct CheckRights: Sendable, Equatable {
  /// One kind, by its words for people and for roles.
  struct KindRights: Sendable, Equatable {
    /// `kustomizations.kustomize.toolkit.fluxcd.io`.
    let resource: String
    /// In all namespaces.
    var lists = false
    var patches = false
    /// Where it may be listed, when not in all namespaces.
    var listedIn: Set<String> = []
    var patchedIn: Set<String> = []

    var isListed: Bool { lists || !listedIn.isEmpty }
    var isWritten: Bool { patches || !patchedIn.isEmpty }
    var plural: String { resource.split(separator: ".").first.map(String.init) ?? resource }
  }

  var kinds: [KindRights] = []
  /// How many namespaces there are; nil when they may not be listed.
  var namespaceCount: Int?
  /// The namespaces that were asked about.
  var asked: [String] = []
  /// Whether the user named these namespaces in the configuration: then fewer than all is what is wanted.
  var isNarrowedOnPurpose = false
  /// The server's words at the first refusal.
  var reason: String?

  var isNothing: Bool { !kinds.contains { $0.isListed } }

  /// - Parameter readOnlySource: who decided that nothing is written; nil: actions are possible.
  func findings(readOnlySource: String?) -> [CheckFinding] {
    kinds.isEmpty ? [] : [reading, writing(readOnlySource)]
  }

  private var facts: JSON {
    .object(
      JSONObject(
        kinds.map { kind in
          func place(_ everywhere: Bool, _ some: Set<String>) -> JSON {
            everywhere ? "all" : .array(some.sorted().map(JSON.string))
          }
          return (
            kind.resource,
            ["list": place(kind.lists, kind.listedIn), "patch": place(kind.patches, kind.patchedIn)] as JSON
          )
        }))
  }

  private var reading: CheckFinding {
    let refused = kinds.filter { !$0.isListed }
    let narrow = kinds.filter { !$0.lists && !$0.listedIn.isEmpty }
    let names = refused.map(\.plural).joined(separator: ", ")
    let grant = "have an administrator allow get, list and watch (Flux ships the ClusterRole flux-view) on: "
    if refused.count == kinds.count {
      return .failed(
        "read", "none of the \(kinds.count) kinds may be listed\(reason.map { ": \($0)" } ?? "")",
        remedy: grant + names, facts: facts)
    }
    var parts: [String] = []
    let wide = kinds.count - refused.count - narrow.count
    if wide > 0 { parts.append("\(share(wide)) in all namespaces") }
    if !narrow.isEmpty { parts.append("\(share(narrow.count)) \(places(narrow))") }
    if !refused.isEmpty { parts.append("not \(names)") }
    let detail = parts.joined(separator: "; ")
    if !refused.isEmpty { return .warning("read", detail, remedy: grant + names, facts: facts) }
    if !narrow.isEmpty, !isNarrowedOnPurpose {
      return .warning(
        "read", detail,
        remedy: "what lies in other namespaces is not shown; \(grant)\(narrow.map(\.plural).joined(separator: ", "))",
        facts: facts)
    }
    return .ok("read", detail, facts: facts)
  }

  /// `all 7 kinds`, `2 of 7 kinds`.
  private func share(_ count: Int) -> String {
    count == kinds.count ? "all \(count) kinds" : "\(count) of \(kinds.count) kinds"
  }

  /// `in 2 of 50 namespaces: payments, shop`.
  private func places(_ narrow: [KindRights]) -> String {
    let some = narrow.reduce(into: Set<String>()) { $0.formUnion($1.listedIn) }.sorted()
    let shown = some.prefix(5).joined(separator: ", ") + (some.count > 5 ? " and \(some.count - 5) more" : "")
    guard let namespaceCount else { return "in \(shown) (namespaces cannot be listed: there may be more)" }
    let asked = asked.count < namespaceCount ? "the first \(asked.count) of " : ""
    return "in \(some.count) of \(asked)\(namespaceCount) namespaces: \(shown)"
  }

  private func writing(_ readOnlySource: String?) -> CheckFinding {
    let written = kinds.filter(\.isWritten)
    let everywhere = written.count { $0.patches }
    var words = written.isEmpty ? "nothing" : share(written.count)
    if !written.isEmpty, everywhere < written.count {
      let places = written.reduce(into: Set<String>()) { $0.formUnion($1.patchedIn) }
      words += ", \(everywhere == 0 ? "" : "some only ")in \(places.count) namespace\(places.count == 1 ? "" : "s")"
    }
    guard let readOnlySource else {
      let consequence = written.isEmpty ? ": actions will be refused by the server" : " may be patched"
      return .ok("write", words + consequence, facts: facts)
    }
    if written.isEmpty { return .ok("write", "nothing, and read-only by \(readOnlySource)", facts: facts) }
    return .warning(
      "write", "read-only by \(readOnlySource), but these credentials may patch \(words)",
      remedy: "use credentials that may only read: read-only mode keeps this program from writing, no other",
      facts: facts)
  }
}

/// Asks an API server for the rights of its user.
struct CheckRightsProbe: Sendable {
  let reader: KubeReader
  let served: [CheckKinds.Served]
  /// The context's namespace: asked about when namespaces may not be listed.
  let namespace: String
  /// The configuration's own list; empty: all.
  let wanted: [String]

  /// So many are answered within seconds at the pace at which an API server is asked (A14).
  static let maximumNamespaces = 200
  private static let atOnce = 16

  func run() async -> CheckRights {
    var rights = CheckRights()
    rights.kinds = await inOrder(served) { await everywhere($0) }.map { kind, reason in
      if let reason, rights.reason == nil { rights.reason = reason }
      return kind
    }
    guard rights.kinds.contains(where: { !$0.lists }) else { return rights }
    let all = await namespaces()
    rights.namespaceCount = all?.count
    rights.isNarrowedOnPurpose = !wanted.isEmpty
    rights.asked = wanted.isEmpty ? Array((all ?? [namespace]).prefix(Self.maximumNamespaces)) : wanted
    let narrow = served.indices.filter { !rights.kinds[$0].lists }
    for (place, allowed) in await inOrder(rights.asked, { ($0, await within($0, narrow)) }) {
      for (index, may) in allowed {
        if may.list { rights.kinds[index].listedIn.insert(place) }
        if may.patch, !rights.kinds[index].patches { rights.kinds[index].patchedIn.insert(place) }
      }
    }
    return rights
  }

  private func everywhere(_ kind: CheckKinds.Served) async -> (CheckRights.KindRights, String?) {
    var rights = CheckRights.KindRights(resource: "\(kind.plural).\(kind.kind.groupKind.group)")
    async let list = may("list", kind, "")
    async let watch = may("watch", kind, "")
    async let patch = may("patch", kind, "")
    let answers = await (list, watch, patch)
    rights.lists = answers.0.isAllowed && answers.1.isAllowed
    rights.patches = answers.2.isAllowed
    if case .denied(let reason) = answers.0 { return (rights, reason) }
    return (rights, nil)
  }

  private func may(_ verb: String, _ kind: CheckKinds.Served, _ namespace: String) async -> Access {
    await reader.canI(
      AccessQuestion(verb: verb, group: kind.kind.groupKind.group, resource: kind.plural, namespace: namespace))
  }

  /// The rights within one namespace, by the index of the kind.
  private func within(_ namespace: String, _ indices: [Int]) async -> [Int: (list: Bool, patch: Bool)] {
    guard let rules = try? await reader.rules(in: namespace) else { return [:] }
    var result: [Int: (list: Bool, patch: Bool)] = [:]
    for index in indices {
      let kind = served[index]
      func named(_ verb: String) -> Bool {
        rules.allows(verb, group: kind.kind.groupKind.group, resource: kind.plural)
      }
      result[index] = (named("list") && named("watch"), named("patch"))
    }
    // Rules that are not complete prove what they allow, and deny nothing. Where the first kind is refused the others are
    // not asked: that would be thousands of questions.
    guard rules.isIncomplete, !result.values.contains(where: \.list) else { return result }
    for index in indices {
      let isListed = await may("list", served[index], namespace).isAllowed
      if isListed { result[index]?.list = true } else if index == indices.first { break }
    }
    return result
  }

  /// All of them; nil when they may not be listed.
  private func namespaces() async -> [String]? {
    let stream = StreamID(
      cluster: reader.cluster, groupKind: GroupKind(group: "", kind: "Namespace"), version: "v1", plural: "namespaces")
    return try? await reader.listAll(stream).map(\.ref.name).sorted()
  }

  /// Several at once, the answers in the order of the questions.
  private func inOrder<Question: Sendable, Answer: Sendable>(
    _ questions: [Question], _ ask: @escaping @Sendable (Question) async -> Answer
  ) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
      var answers: [Int: Answer] = [:]
      for (index, question) in questions.enumerated() {
        if index >= Self.atOnce, let (done, answer) = await group.next() { answers[done] = answer }
        group.addTask { (index, await ask(question)) }
      }
      for await (index, answer) in group { answers[index] = answer }
      return questions.indices.compactMap { answers[$0] }
    }
  }
}
