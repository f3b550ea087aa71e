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
      rows.append(String(body))
    }
    return rows
  }

  /// The lines of the drift pane that name an object, such as `Deployment shop/web`.
  func drift(_ object: String) -> [String] { pane("5 Drift").filter { $0.contains(object) } }

  /// The line of a reconciler, such as `ks flux-system/apps`.
  func reconciler(_ name: String) -> String? { pane("4 Reconcilers").first { $0.contains(name) } }

  var header: String { lines.first ?? "" }
}
