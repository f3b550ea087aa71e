import Cells
import GitOps

extension State {
  /// The cluster that a log-in is for: the one on screen or in scope, else one whose credentials are refused.
  var loginCluster: ClusterRow? {
    if case .cluster(let id) = screen?.subject { return cluster(id) }
    if let id = scope.cluster { return cluster(id) }
    if let row = target.flatMap({ cluster($0.ref.cluster) }), row.wantsLogin { return row }
    return snapshot.clusters.first(where: \.wantsLogin)
  }

  var loginAvailability: Availability {
    guard let row = loginCluster else { return .denied("no cluster waits for a log-in") }
    guard row.helper != nil else { return .denied("\(row.id.name) has no credential helper to log in with") }
    return row.link == .live && !row.isRefused
      ? .denied("\(row.id.name) accepts the credentials: there is nothing to log in to") : .ready
  }
}

extension ClusterRow {
  /// The cluster or one of its streams says that our credentials are not good.
  fileprivate var isRefused: Bool {
    ([link] + links.map(\.link)).contains { if case .authNeeded = $0 { true } else { false } }
  }

  /// `L` would help.
  var wantsLogin: Bool { helper != nil && isRefused }

  /// The marks in a few signs, for where there is no room for words: `!TLS`.
  var badges: [SafeText] {
    marks.map { mark in
      let word = mark.prefix { $0.isLetter }
      return ["TLS", "http"].contains(word) ? "!\(untrusted: String(word))" : "!"
    }
  }
}
