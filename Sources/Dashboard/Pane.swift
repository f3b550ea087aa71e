/// The six panes of the home screen, by the digit that focuses them.
enum Pane: Int, Sendable, Hashable, CaseIterable {
  case clusters = 1
  case repos, namespaces, reconcilers, drift, log

  var title: StaticString {
    switch self {
    case .clusters: "Clusters"
    case .repos: "Repos"
    case .namespaces: "Namespaces"
    case .reconcilers: "Reconcilers"
    case .drift: "Drift"
    case .log: "Log"
    }
  }

  /// Panes 1-3 narrow the others: what is selected in them is the scope.
  var isScope: Bool { rawValue <= 3 }
}
