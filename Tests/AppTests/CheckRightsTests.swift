import Testing

@testable import App

@Suite struct CheckRightsTests {
  private typealias KindRights = CheckRights.KindRights

  private func rights(_ kinds: [KindRights], of namespaces: Int? = 50) -> CheckRights {
    CheckRights(
      kinds: kinds, namespaceCount: namespaces, asked: (0..<(namespaces ?? 1)).map { "namespace-\($0)" })
  }

  private let apps = "kustomizations.kustomize.toolkit.fluxcd.io"
  private let releases = "helmreleases.helm.toolkit.fluxcd.io"

  private func read(_ rights: CheckRights) throws -> CheckFinding {
    try #require(rights.findings(readOnlySource: nil).first { $0.what == "read" })
  }

  private func write(_ rights: CheckRights, readOnly: String? = nil) throws -> CheckFinding {
    try #require(rights.findings(readOnlySource: readOnly).first { $0.what == "write" })
  }

  @Test func rightsInFewNamespacesAreCountedAndNamed() throws {
    let few = rights([
      KindRights(resource: apps, listedIn: ["shop", "payments"]), KindRights(resource: releases, listedIn: ["shop"]),
    ])
    let finding = try read(few)
    #expect(finding.state == .warning)
    #expect(finding.detail == "all 2 kinds in 2 of 50 namespaces: payments, shop")
    #expect(finding.remedy?.contains("kustomizations, helmreleases") == true)
    var many = few
    many.namespaceCount = 800
    #expect(try read(many).detail.hasPrefix("all 2 kinds in 2 of the first 50 of 800 namespaces"))
    var unlisted = few
    unlisted.namespaceCount = nil
    #expect(try read(unlisted).detail.contains("namespaces cannot be listed"))
    var wanted = few
    wanted.isNarrowedOnPurpose = true
    #expect(try read(wanted).state == .ok)
  }

  @Test func aKindThatMayNotBeListedIsNeverNothing() throws {
    let some = try read(rights([KindRights(resource: apps, lists: true), KindRights(resource: releases)]))
    #expect(some.state == .warning)
    #expect(some.detail == "1 of 2 kinds in all namespaces; not helmreleases")
    var none = rights([KindRights(resource: apps), KindRights(resource: releases)])
    none.reason = "you may not list kustomizations"
    let failed = try read(none)
    #expect(failed.state == .failed)
    #expect(failed.detail == "none of the 2 kinds may be listed: you may not list kustomizations")
    #expect(none.isNothing)
  }

  @Test func whatMayBeWrittenIsSaid() throws {
    let all = rights([KindRights(resource: apps, lists: true, patches: true)])
    #expect(try write(all).detail == "all 1 kinds may be patched")
    let none = rights([KindRights(resource: apps, lists: true)])
    #expect(try write(none).state == .ok)
    #expect(try write(none).detail == "nothing: actions will be refused by the server")
    #expect(try write(none, readOnly: "--read-only").detail == "nothing, and read-only by --read-only")
    let some = rights([KindRights(resource: apps, lists: true, patchedIn: ["shop"]), KindRights(resource: releases)])
    #expect(try write(some).detail == "1 of 2 kinds, in 1 namespace may be patched")
  }

  @Test func readOnlyWithCredentialsThatMayWriteIsAWarning() throws {
    let all = rights([KindRights(resource: apps, lists: true, patches: true)])
    let finding = try write(all, readOnly: "driftglass-view")
    #expect(finding.state == .warning)
    #expect(finding.detail == "read-only by driftglass-view, but these credentials may patch all 1 kinds")
  }
}
