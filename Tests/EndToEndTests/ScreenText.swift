/// What tests look for on a captured screen.
struct ScreenText {
  let lines: [String]

  init(_ screen: String) { lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  /// The rows of a pane: from the line with its title, such as `5 Drift`, to the next edge.
  func pane(_ title: String) -> [String] {
    guard let start = lines.firstIndex(where: { $0.contains(title) }) else { return [] }
    var rows: [String] = []
    for line in lines[(start + 1)...] {
      // The pane's own column begins at its edge; the left column's edges do not end it.
      guard
        let edge = lines[start].range(of: title).map({
          lines[start].distance(from: lines[start].startIndex, to: $0.lowerBound)
        })
      else { break }
      let body = line.dropFirst(max(0, edge - 1))
      if body.hasPrefix("─") || body.hasPrefix("├") || body.hasPrefix("╰") { break }
      // What stands to the right of a pane of the left column is another pane's.
      rows.append(String(body.split(separator: "││", maxSplits: 1).first ?? ""))
    }
    return rows
  }

  /// The lines of the drift pane that name an object, such as `Deployment shop/web`.
  func drift(_ object: String) -> [String] { pane("5 Drift").filter { $0.contains(object) } }

  /// The line of a reconciler, such as `ks flux-system/apps`.
  func reconciler(_ name: String) -> String? { pane("4 Reconcilers").first { $0.contains(name) } }

  /// The line of a cluster.
  func cluster(_ name: String) -> String? { pane("1 Clusters").first { $0.contains(name) } }

  /// The word of a cluster's line that says that something is wrong with its link.
  func mark(of cluster: String) -> String? {
    guard let line = self.cluster(cluster) else { return nil }
    return ["stale", "retrying", "auth needed", "stopped", "forbidden"].first { line.contains($0) }
  }

  var header: String { lines.first ?? "" }
}
