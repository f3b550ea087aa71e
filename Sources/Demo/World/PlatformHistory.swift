import FoundationEssentials
import Git

/// The two repositories and the state that their newest commits hold.
struct PlatformHistory: Sendable {
  private(set) var platform: Platform
  private let fleet: CommitBuilder
  private let apps: CommitBuilder

  struct Author: Sendable {
    let name: String
    let email: String

    static let all = [
      Author(name: "A. Author", email: "a.author@example.com"),
      Author(name: "B. Builder", email: "b.builder@example.com"),
      Author(name: "C. Keeper", email: "c.keeper@example.com"),
      Author(name: "D. Deployer", email: "d.deployer@example.com"),
      Author(name: "Image Bot", email: "image-bot@example.com"),
    ]
  }

  /// Makes both repositories below `directory` with the commits of some weeks.
  init(in directory: String, now: Date) throws(GitError) {
    platform = .start
    fleet = try CommitBuilder(creatingBareAt: "\(directory)/fleet.git")
    apps = try CommitBuilder(creatingBareAt: "\(directory)/apps.git")
    let day = 86_400.0
    let first = now.addingTimeInterval(-41 * day)
    try fleet.commit(
      Platform.changes(from: [:], to: platform.fleetFiles), subject: "Import the fleet", author: Author.all[2].name,
      email: Author.all[2].email, time: first)
    try apps.commit(
      Platform.changes(from: [:], to: platform.appsFiles), subject: "Import the apps", author: Author.all[0].name,
      email: Author.all[0].email, time: first.addingTimeInterval(3600))
    let old: [(Double, Int, String, @Sendable (inout Platform) -> Void)] = [
      (-33, 1, "cart: keep carts for three days", { $0.change("cart") { $0.settings[0].1 = "72h0m" } }),
      (-29, 4, "Update frontend to 7.0.2", { $0.tag("frontend", "7.0.2") }),
      (-24, 3, "invoices: new bucket", { $0.change("invoices") { $0.settings[0].1 = "invoices-archive" } }),
      (-19, 2, "prometheus: keep 30 days", { $0.prometheus.retention = "30d" }),
      (-15, 4, "Update checkout to 5.3.0", { $0.tag("checkout", "5.3.0") }),
      (-12, 0, "Turn one-page checkout on", { $0.flags[1].1 = "on" }),
      (-9, 1, "fraud: score with the September model", { $0.change("fraud-scorer") { $0.settings[0].1 = "2026-09b" } }),
      (-7, 4, "Update catalog to 3.8.1", { $0.tag("catalog", "3.8.1") }),
    ]
    for (days, author, subject, change) in old {
      try commit(subject, by: Author.all[author], at: now.addingTimeInterval(days * day), change)
    }
  }

  /// Changes the state and commits what differs, to the repositories that differ.
  mutating func commit(
    _ subject: String, by author: Author, at time: Date, _ change: (inout Platform) -> Void
  ) throws(GitError) {
    var next = platform
    change(&next)
    let fleetChanges = Platform.changes(from: platform.fleetFiles, to: next.fleetFiles)
    let appsChanges = Platform.changes(from: platform.appsFiles, to: next.appsFiles)
    platform = next
    if !fleetChanges.isEmpty {
      try fleet.commit(fleetChanges, subject: subject, author: author.name, email: author.email, time: time)
    }
    if !appsChanges.isEmpty {
      try apps.commit(appsChanges, subject: subject, author: author.name, email: author.email, time: time)
    }
  }
}
