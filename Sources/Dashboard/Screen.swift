import GitOps

/// A screen above the home screen: what it is about and how it is being read.
struct Screen: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    case reconciler(ObjectRef)
    case cluster(ClusterID)
    case repo(RepoRow.ID)
    case namespace(String)
    /// A managed object with drift.
    case object(ObjectRef)
    case help
    case actions
    /// What is not counted and why: of one reconciler, or of the scope.
    case coverage(ObjectRef?)
    /// What would be copied where no clipboard may be written to.
    case text(Copied, String)
  }

  enum Tab: String, Sendable, Hashable, CaseIterable {
    case overview, drift, events, logs, yaml

    var title: StaticString {
      switch self {
      case .overview: "Overview"
      case .drift: "Drift"
      case .events: "Events"
      case .logs: "Logs"
      case .yaml: "YAML"
      }
    }
  }

  /// How far a text is scrolled.
  struct Scroll: Sendable, Hashable {
    var top = 0
    var column = 0
  }

  let subject: Subject
  var tab: Tab = .overview
  var scrolls: [Tab: Scroll] = [:]
  /// What `/` looks for; empty when nothing.
  var search = ""
  var showsManagedFields = false

  init(_ subject: Subject, tab: Tab = .overview) {
    self.subject = subject
    self.tab = tab
  }

  var tabs: [Tab] {
    switch subject {
    case .reconciler: Tab.allCases
    case .object: [.overview, .drift, .events, .yaml]
    case .cluster, .repo, .namespace, .help, .actions, .coverage, .text: [.overview]
    }
  }

  var scroll: Scroll {
    get { scrolls[tab] ?? Scroll() }
    set { scrolls[tab] = newValue }
  }

  /// The object whose YAML and events this screen shows.
  var object: ObjectRef? {
    switch subject {
    case .reconciler(let ref), .object(let ref): ref
    case .cluster, .repo, .namespace, .help, .actions, .coverage, .text: nil
    }
  }

  mutating func show(_ tab: Tab) {
    if tabs.contains(tab) { self.tab = tab }
  }
}

/// An object fetched for the YAML tab.
struct LoadedText: Sendable, Hashable {
  /// Nil while it is on its way.
  var content: LoadedObject?
}
