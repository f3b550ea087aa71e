import GitOps
import Structured

/// Follows Flux through a tree as a cluster would: from the Kustomization that applies itself to those that it applies, and
/// so on; where none does, from each that no other applies.
struct ClusterWalk<Tree: FileTree> {
  private let tree: Tree
  private let renderer: Renderer
  private let reconcilers: [FluxObject]
  private let sources: [FluxObject.Key: FluxObject]
  /// The sources that are this tree: a directory that a Kustomization of theirs names is in it.
  private let own: Set<FluxObject.Key>

  private(set) var rendered = 0
  private(set) var elsewhere = 0
  private(set) var objects: [DesiredObject] = []
  private(set) var findings: [LintFinding] = []
  /// What is named and not there, with the finding of the first that names it.
  private var missing: [FluxObject.Key: (finding: LintFinding, count: Int)] = [:]
  /// By place: what needs no variable of others is rendered once.
  private var settled: [String: (root: YAMLNode, outcome: Outcome)] = [:]

  init(_ tree: Tree, _ renderer: Renderer, _ reconcilers: [FluxObject], _ sources: [FluxObject]) {
    self.tree = tree
    self.renderer = renderer
    self.reconcilers = reconcilers
    self.sources = Dictionary(sources.map { ($0.key, $0) }) { first, _ in first }
    own = Set(
      reconcilers.filter { !$0.path.isEmpty && tree.entry($0.path) == .directory }.compactMap {
        $0.key(of: $0.spec?["sourceRef"])
      })
  }

  mutating func run() {
    // By their places: the same name is in many clusters.
    var applied: [String: Set<String>] = [:]
    var bootstraps: [FluxObject] = []
    for reconciler in reconcilers {
      guard case .objects(let objects) = render(reconciler, [:]) else { continue }
      let inner = objects.compactMap { FluxObject($0.root, files: $0.files, namespace: $0.namespace) }
        .filter(\.isReconciler)
      applied[reconciler.place] = Set(inner.map(\.place))
      if inner.contains(where: { $0.key == reconciler.key }) { bootstraps.append(reconciler) }
    }
    var visited: Set<String> = []
    for bootstrap in bootstraps where !visited.contains(bootstrap.place) {
      visited.formUnion(follow(bootstrap, isBootstrap: true))
    }
    let children = Set(applied.flatMap { place, inner in inner.subtracting([place]) })
    for reconciler in reconcilers where !visited.contains(reconciler.place) && !children.contains(reconciler.place) {
      visited.formUnion(follow(reconciler, isBootstrap: false))
    }
    // Those that apply each other in a ring.
    for reconciler in reconcilers where !visited.contains(reconciler.place) {
      visited.formUnion(follow(reconciler, isBootstrap: false))
    }
    for (_, entry) in missing {
      let finding = entry.finding
      let more = entry.count == 1 ? "" : "; \(entry.count) places name it"
      findings.append(
        LintFinding(
          finding.severity, finding.rule, file: finding.file, line: finding.line, object: finding.object,
          finding.sentence + more))
    }
  }

  private enum Outcome {
    case objects([DesiredObject])
    case failed(RenderError)
    /// Its source is not this tree.
    case elsewhere
  }

  private mutating func render(
    _ reconciler: FluxObject, _ variables: [FluxObject.Key: VariableSource]
  ) -> Outcome {
    if let known = settled[reconciler.place], known.root == reconciler.root { return known.outcome }
    let outcome = rendering(reconciler, variables)
    if reconciler.spec?["postBuild"]?["substituteFrom"] == nil {
      settled[reconciler.place] = (reconciler.root, outcome)
    }
    return outcome
  }

  private func rendering(_ reconciler: FluxObject, _ variables: [FluxObject.Key: VariableSource]) -> Outcome {
    guard let document = reconciler.document else { return .elsewhere }
    let source = reconciler.key(of: reconciler.spec?["sourceRef"])
    if tree.entry(reconciler.path) != .directory, !reconciler.path.isEmpty {
      guard let source, own.contains(source) else { return .elsewhere }
    } else if let source, !own.contains(source), reconciler.path.isEmpty, !own.isEmpty {
      // Every tree has a root: it says nothing of whose it is.
      return .elsewhere
    }
    let files = source.flatMap { sources[$0] }?.document.map { FluxSource($0) } ?? FluxSource()
    do throws(RenderError) {
      return .objects(
        try renderer.render(FluxKustomization(document), source: files, tree: tree) { reference in
          let key = FluxObject.Key(kind: reference.kind, namespace: reconciler.namespace, name: reference.name)
          return variables[key] ?? .unknown
        })
    } catch { return .failed(error) }
  }

  /// Everything that one Kustomization leads to: one cluster's, or a part of it.
  /// - Returns: the places of the Kustomizations on the way.
  private mutating func follow(_ start: FluxObject, isBootstrap: Bool) -> Set<String> {
    var cluster = LintedCluster(isWhole: isBootstrap)
    var places: Set<String> = []
    // Twice where variables come from objects that are rendered later.
    for _ in 0..<2 {
      var pending = [start]
      var next = 0
      let variables = cluster.variables
      cluster = LintedCluster(isWhole: isBootstrap)
      cluster.variables = variables
      var seen: Set<FluxObject.Key> = [start.key]
      while next < pending.count {
        let reconciler = pending[next]
        next += 1
        places.insert(reconciler.place)
        cluster.note(reconciler)
        switch render(reconciler, cluster.variables) {
        case .elsewhere:
          cluster.elsewhere += 1
          cluster.isWhole = false
        case .failed(let error):
          cluster.isWhole = false
          cluster.findings.append(LintFinding(error, of: reconciler.title, in: reconciler.place))
        case .objects(let objects):
          cluster.rendered += 1
          cluster.add(objects, of: reconciler)
          for object in objects {
            guard let inner = FluxObject(object.root, files: object.files, namespace: object.namespace),
              inner.isReconciler, seen.insert(inner.key).inserted
            else { continue }
            pending.append(inner)
          }
        }
      }
      if cluster.variables == variables || !pending.contains(where: { $0.spec?["postBuild"]?["substituteFrom"] != nil })
      {
        break
      }
    }
    // Of a part of a cluster, the rest may be anywhere in the tree.
    cluster.checkReferences(
      besides: cluster.isWhole ? [] : Set(reconcilers.map(\.key)).union(sources.keys).union(own))
    for (key, findings) in cluster.missing {
      guard let first = findings.min() else { continue }
      let known = missing[key]
      missing[key] = (known.map { min($0.finding, first) } ?? first, (known?.count ?? 0) + findings.count)
    }
    rendered += cluster.rendered
    elsewhere += cluster.elsewhere
    objects += cluster.objects
    findings += cluster.findings
    return places
  }
}

/// What Flux would make of one cluster.
private struct LintedCluster {
  /// Everything that Flux applies there was rendered: what is not here is nowhere.
  var isWhole: Bool
  var variables: [FluxObject.Key: VariableSource] = [:]
  var rendered = 0
  var elsewhere = 0
  private(set) var objects: [DesiredObject] = []
  var findings: [LintFinding] = []
  private var owners: [ObjectRef: (reconciler: FluxObject, place: String)] = [:]
  private var fluxObjects: [FluxObject] = []
  private var known: Set<FluxObject.Key> = []
  private(set) var missing: [FluxObject.Key: [LintFinding]] = [:]

  private static let cluster = ClusterID("")

  init(isWhole: Bool) { self.isWhole = isWhole }

  mutating func note(_ reconciler: FluxObject) {
    fluxObjects.append(reconciler)
    known.insert(reconciler.key)
  }

  mutating func add(_ more: [DesiredObject], of reconciler: FluxObject) {
    objects += more
    for object in more {
      let ref = object.ref(in: Self.cluster)
      let place = object.place(of: object.packed.origin) ?? reconciler.place
      let title = "\(object.groupKind.kind) \(ref.path)"
      if let other = owners[ref], other.reconciler.key != reconciler.key {
        findings.append(
          LintFinding(
            .error, .duplicate, at: place, object: title,
            "\(reconciler.title) and \(other.reconciler.title) both apply it"
              + (other.place == place ? "" : ", the other from \(other.place)")))
      } else {
        owners[ref] = (reconciler, place)
      }
      let kind = object.groupKind.kind
      known.insert(FluxObject.Key(kind: kind, namespace: object.namespace, name: object.name))
      if let flux = FluxObject(object.root, files: object.files, namespace: object.namespace) {
        if !flux.isReconciler { fluxObjects.append(flux) }
      } else if object.groupKind.group.isEmpty, kind == "ConfigMap" || kind == "Secret" {
        let key = FluxObject.Key(kind: kind, namespace: object.namespace, name: object.name)
        variables[key] = Self.values(of: object)
      }
    }
  }

  /// Texts only: what is encoded or encrypted is not read here.
  private static func values(of object: DesiredObject) -> VariableSource {
    guard object.undetermined.isEmpty else { return .unknown }
    var values: [String: String] = [:]
    let isSecret = object.groupKind.kind == "Secret"
    if isSecret, object.packed["data"] != nil { return .unknown }
    if let map = object.packed[isSecret ? "stringData" : "data"] {
      for (key, value) in map.entries { values[key] = value.string }
    }
    return .values(values)
  }

  /// - Parameter elsewhere: what is there though it was not rendered.
  mutating func checkReferences(besides elsewhere: Set<FluxObject.Key>) {
    known.formUnion(elsewhere)
    for object in fluxObjects {
      switch object.kind {
      case "Kustomization":
        check(object.key(of: object.spec?["sourceRef"]), object.spec?["sourceRef"], of: object)
        for entry in object.spec?["dependsOn"]?.list ?? [] {
          check(object.key(of: entry, kind: "Kustomization"), entry, of: object)
        }
        for entry in object.spec?["postBuild"]?["substituteFrom"]?.list ?? [] where entry["optional"]?.bool != true {
          check(object.key(of: entry), entry, of: object, mayBeMadeElsewhere: true)
        }
      case "HelmRelease":
        let chart = object.spec?["chart"]?["spec"]?["sourceRef"]
        check(object.key(of: chart), chart, of: object)
        check(object.key(of: object.spec?["chartRef"]), object.spec?["chartRef"], of: object)
        for entry in object.spec?["dependsOn"]?.list ?? [] {
          check(object.key(of: entry, kind: "HelmRelease"), entry, of: object)
        }
        for entry in object.spec?["valuesFrom"]?.list ?? [] where entry["optional"]?.bool != true {
          check(object.key(of: entry), entry, of: object, mayBeMadeElsewhere: true)
        }
      default: continue
      }
    }
  }

  private mutating func check(
    _ key: FluxObject.Key?, _ node: YAMLNode?, of object: FluxObject, mayBeMadeElsewhere: Bool = false
  ) {
    guard let key, !key.name.contains("${"), !known.contains(key) else { return }
    let isError = isWhole && !mayBeMadeElsewhere
    missing[key, default: []].append(
      LintFinding(
        isError ? .error : .warning, .reference, at: place(of: node, in: object), object: object.title,
        "\(key.title) is not in \(isWhole ? "what Flux applies from this tree" : "this tree")"))
  }

  private func place(of node: YAMLNode?, in object: FluxObject) -> String {
    guard let line = node?.origin.line, line > 0, node?.origin.file == object.root.origin.file,
      let colon = object.place.lastIndex(of: ":")
    else { return object.place }
    return "\(object.place[..<colon]):\(line)"
  }
}
