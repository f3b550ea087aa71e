import Drift
import Git
import GitOps
import Structured

/// Who wrote what Git says, found out when somebody looks (`drift.md` B.6).
extension Engine {
  /// The unified view of an object and the commits behind its rows.
  func explain(_ object: ObjectRef) async -> Explanation {
    var explanation = Explanation()
    for pair in (owners[object] ?? []).map({ Pair(reconciler: $0, object: object) }) {
      guard let rows = verdicts[pair.reconciler]?[object], !rows.isEmpty else { continue }
      if let request = compareRequest(pair) {
        explanation.lines += await Self.view(rows, request)
      }
      explanation.blames.merge(await blames(of: rows)) { first, _ in first }
    }
    return explanation
  }

  @concurrent
  private nonisolated static func view(_ rows: [DriftRow], _ request: CompareRequest) async -> [DiffLine] {
    UnifiedView.lines(rows, request.input, schema: request.schema)
  }

  /// The commits behind rows; a row of which nothing is found out is not among them.
  public func blames(of rows: [DriftRow]) async -> [DriftRow.ID: [LineBlame]] {
    var result: [DriftRow.ID: [LineBlame]] = [:]
    for row in rows {
      let lines = await blame(row)
      if !lines.isEmpty { result[row.id] = lines }
    }
    return result
  }

  private func blame(_ row: DriftRow) async -> [LineBlame] {
    if row.reconciler.kind == "HelmRelease" { return await blameRelease(row) }
    guard let place = row.origin else { return [] }
    let isAhead = row.driftClass == .pending
    let commit =
      isAhead ? resources[row.reconciler]?.source.flatMap { repoOfSource[$0] }.flatMap { repos[$0]?.row.head?.id } : nil
    guard let line = await blame(place, of: row.reconciler, at: commit) else { return [] }
    return [line] + (await variables(behind: row))
  }

  /// A line of what a reconciler renders.
  private func blame(
    _ place: String, of reconciler: ObjectRef, at commit: String? = nil, variable: String? = nil
  ) async -> LineBlame? {
    guard let line = line(at: place, of: reconciler, commit),
      let found = try? await line.mirror.blame(line.path, line: line.number, at: line.commit)
    else { return nil }
    return LineBlame(place: place, commit: found, variable: variable)
  }

  /// A line of a file in the repository that a reconciler follows.
  private struct Line {
    let mirror: Mirror
    let path: String
    let number: Int
    let commit: String
  }

  /// The line behind `apps/web.yaml:14`, by default at the revision in effect.
  private func line(at place: String, of reconciler: ObjectRef, _ commit: String? = nil) -> Line? {
    guard let colon = place.lastIndex(of: ":"), let number = Int(place[place.index(after: colon)...]),
      let source = resources[reconciler]?.source, let repo = repoOfSource[source], let url = repos[repo]?.row.url,
      let commit = commit ?? desired[reconciler]?.set?.commit?.id, let git, let mirror = try? git.mirror(of: url).mirror
    else { return nil }
    return Line(mirror: mirror, path: String(place[..<colon]), number: number, commit: commit)
  }

  /// The lines that give the variables in a value their values: of the Kustomization itself, or of a ConfigMap or Secret
  /// that Git has too.
  private func variables(behind row: DriftRow) async -> [LineBlame] {
    guard let place = row.origin, let names = await variableNames(at: place, of: row.reconciler) else { return [] }
    var found: [LineBlame] = []
    for name in names.prefix(8) {
      // Inline ones win over those of substituteFrom, and later sources over earlier ones.
      let sources =
        [(row.reconciler, ["spec", "postBuild", "substitute", name])]
        + (variableSources[row.reconciler] ?? []).reversed().flatMap { source in
          [(source, ["data", name]), (source, ["stringData", name])]
        }
      for (source, path) in sources {
        guard let (parent, place) = placeInGit(of: path, in: source) else { continue }
        if let line = await blame(place, of: parent, variable: name) { found.append(line) }
        break
      }
    }
    return found
  }

  /// The names of variables in a line of a file of the revision in effect (flux: post-build substitution).
  private func variableNames(at place: String, of reconciler: ObjectRef) async -> [String]? {
    guard let line = line(at: place, of: reconciler) else { return nil }
    let bytes = try? await line.mirror.withTree(at: line.commit) { tree throws(GitError) in
      try tree.read(line.path)
    }.get()
    guard let lines = bytes?.split(separator: 10, omittingEmptySubsequences: false),
      lines.indices.contains(line.number - 1)
    else { return nil }
    return VariableNames.names(in: String(decoding: lines[line.number - 1], as: UTF8.self))
  }

  /// Where Git writes a field of an object that some reconciler applies.
  private func placeInGit(of path: [String], in ref: ObjectRef) -> (reconciler: ObjectRef, place: String)? {
    for parent in owners[ref] ?? [] {
      guard let object = desired[parent]?.set?.objects[ref] else { continue }
      var node: PackedNode? = object.packed
      for step in path { node = node?[step] }
      if let node, let place = object.place(of: node.origin) { return (parent, place) }
    }
    return nil
  }

  /// What a release says comes from its chart and its values: the line of the HelmRelease that names the field, else the
  /// HelmRelease itself.
  private func blameRelease(_ row: DriftRow) async -> [LineBlame] {
    guard let leaf = row.path.split(whereSeparator: { ".[".contains($0) }).last.map(String.init) else { return [] }
    for parent in owners[row.reconciler] ?? [] {
      guard let release = desired[parent]?.set?.objects[row.reconciler] else { continue }
      let value = release.packed["spec"]?["values"]?.first(named: leaf)
      guard let place = release.place(of: (value ?? release.packed).origin) else { continue }
      if let line = await blame(place, of: parent) { return [line] }
    }
    return []
  }
}

extension PackedNode {
  /// The first scalar under a key of that name, wherever it is.
  fileprivate func first(named name: String) -> PackedNode? {
    if isMap {
      for (key, value) in entries where key == name && !value.isMap && !value.isList { return value }
      for (_, value) in entries { if let found = value.first(named: name) { return found } }
    }
    for element in elements { if let found = element.first(named: name) { return found } }
    return nil
  }
}

enum VariableNames {
  /// Names behind `$` and `${`, in their order, each once.
  static func names(in line: String) -> [String] {
    var names: [String] = []
    var rest = line[...]
    while let dollar = rest.firstIndex(of: "$") {
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "{" { rest = rest.dropFirst() }
      let name = String(rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) })
      if let first = name.first, !first.isNumber, !names.contains(name) { names.append(name) }
    }
    return names
  }
}
