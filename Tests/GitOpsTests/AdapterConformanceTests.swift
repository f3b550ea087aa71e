import Foundation
import GitOps
import Structured
import Testing

/// What every adapter must hold, whatever its kind.
struct AdapterConformanceTests {
  @Test(arguments: KindAdapters.kinds)
  func describesEveryFixtureWithoutLoss(kind: Kind) throws {
    let adapter = try #require(KindAdapters.adapter(for: kind.groupKind))
    let files = Fixtures.files(of: kind)
    #expect(files.count >= 3, "a kind needs three fixtures")
    for file in files {
      let json = try Fixtures.json(file)
      let object = try Fixtures.object(json)
      #expect(object.ref.groupKind == kind.groupKind)
      #expect(kind.versions.contains(object.version))
      let resource = adapter.describe(object)
      #expect(resource.ref == object.ref && resource.uid == object.uid && resource.role == kind.role)
      #expect(resource.health != .unknown, "\(file.lastPathComponent)")
      #expect(resource.conditions.count == json.value(at: "status", "conditions")?.array?.count ?? 0)
      #expect(resource.conditions.allSatisfy { $0.since != nil })
      if kind.short != "app" && kind.short != "ag" {
        #expect(resource.inventory.count == json.value(at: "status", "inventory", "entries")?.array?.count ?? 0)
      }
      #expect(
        resource.applied?.text == json.value(at: "status", "lastAppliedRevision")?.string
          || ["hr", "app"].contains(kind.short))
      #expect(
        resource.attempted?.text == json.value(at: "status", "lastAttemptedRevision")?.string || kind.short == "app")
      #expect(resource.artifact?.text == json.value(at: "status", "artifact", "revision")?.string)
      #expect(resource.handledToken == json.value(at: "status", "lastHandledReconcileAt")?.string)
      let interval =
        json.value(at: "spec", "interval") ?? json.value(at: "spec", "refreshInterval")
        ?? json.value(at: "spec", "analysis", "interval")
        ?? json.value(at: "metadata", "annotations", "fluxcd.controlplane.io/reconcileEvery")
      #expect((resource.interval == nil) == (interval == nil), "\(file.lastPathComponent)")
      let columns = resource.facts.map(\.column)
      #expect(columns == adapter.columns.filter(columns.contains), "\(file.lastPathComponent): \(columns)")
      if json.value(at: "spec", "sourceRef") != nil || json.value(at: "spec", "chart", "spec") != nil {
        #expect(resource.source != nil)
      }
    }
  }

  /// Shapes that no schema allows, which old versions, other tools and mistakes still produce.
  static let odd: [String] = [
    "{}", #"{"status":null,"spec":null}"#, #"{"status":[],"spec":"text"}"#, #"{"status":{"conditions":{}}}"#,
    #"{"status":{"conditions":[null,1,{},{"type":1},{"type":"Ready"},{"type":"Ready","status":true}]}}"#,
    #"{"status":{"conditions":[{"type":"Ready","status":"Perhaps","lastTransitionTime":"never"}]}}"#,
    #"{"status":{"inventory":{"entries":[{"id":"x"},{"id":"___"},{"id":7},null,{"id":"a_b"}]}}}"#,
    #"{"status":{"history":[null]}}"#, #"{"status":{"history":{"0":1}}}"#,
    #"{"status":{"history":[{"name":"x","version":1e400}]}}"#,
    #"{"status":{"history":[{"name":"x","version":-9223372036854775808}]}}"#,
    #"{"status":{"lastAppliedRevision":"","lastAttemptedRevision":"@:"}}"#,
    #"{"status":{"lastAppliedRevision":7,"artifact":{"revision":[]}}}"#, #"{"status":{"helmChart":"/"}}"#,
    #"{"spec":{"interval":"9999999999h","suspend":"true","dependsOn":[{}],"kubeConfig":[]}}"#,
    #"{"spec":{"interval":5,"sourceRef":{"kind":"GitRepository"},"chart":{"spec":{"sourceRef":null}}}}"#,
    #"{"spec":{"ref":{"commit":"","branch":3}}}"#, #"{"metadata":{"annotations":[]}}"#,
    #"{"metadata":{"annotations":{"driftglass.dev/suspended-until":"soon"}},"spec":{"suspend":true}}"#,
    #"{"metadata":{"managedFields":[{"manager":"helm-controller","subresource":"status","time":"yesterday"}]}}"#,
  ]

  @Test(arguments: KindAdapters.kinds, odd)
  func neverFailsOnOddShapes(kind: Kind, text: String) throws {
    let adapter = try #require(KindAdapters.adapter(for: kind.groupKind))
    let object = Object(
      ref: ObjectRef(cluster: Fixtures.cluster, groupKind: kind.groupKind, namespace: "odd", name: "odd"),
      version: "v1", uid: "", resourceVersion: "", generation: nil, labels: [:], created: nil, deleted: nil,
      bytes: Array(text.utf8))
    let resource = adapter.describe(object)
    #expect(resource.ref == object.ref)
    #expect(resource.health != .failed && resource.health != .ready)
    #expect(resource.nextRun == nil)
  }

  @Test(arguments: KindAdapters.kinds)
  func survivesEveryTruncation(kind: Kind) throws {
    let adapter = try #require(KindAdapters.adapter(for: kind.groupKind))
    let whole = try Fixtures.object(Fixtures.json(#require(Fixtures.files(of: kind).first)))
    for length in stride(from: 0, to: whole.bytes.count, by: 97) {
      let object = Object(
        ref: whole.ref, version: "v1", uid: "u", resourceVersion: "", generation: 1, labels: [:], created: nil,
        deleted: nil, bytes: Array(whole.bytes[..<length]))
      #expect(adapter.describe(object).health == .unknown)
    }
  }

  @Test func namesAreUnique() {
    let kinds = KindAdapters.kinds
    let words = kinds.flatMap { Set($0.shortNames + [$0.plural, $0.groupKind.kind.lowercased()]) }
    #expect(Set(words).count == words.count)
    #expect(Set(kinds.map(\.groupKind)).count == kinds.count)
    for kind in kinds {
      #expect(!kind.versions.isEmpty && !kind.shortNames.isEmpty)
      #expect(KindAdapters.adapter(named: kind.plural.uppercased())?.kind == kind)
      #expect(KindAdapters.adapter(named: kind.short)?.kind == kind)
    }
    #expect(KindAdapters.adapter(named: "pods") == nil)
  }

  @Test(arguments: KindAdapters.kinds)
  func patchesAreIdempotentAndTouchOnlyWhatTheyName(kind: Kind) throws {
    let adapter = try #require(KindAdapters.adapter(for: kind.groupKind))
    let original = try Fixtures.json(#require(Fixtures.files(of: kind).first))
    let request = PatchRequest(
      token: "2026-11-20T10:00:00.000001Z",
      suspension: Suspension(
        by: "a.author@example.com", reason: "incident", since: Date(timeIntervalSince1970: 1_795_000_000),
        until: Date(timeIntervalSince1970: 1_795_014_400)))
    for verb in Verb.allCases {
      let patch = adapter.patch(
        verb,
        request: PatchRequest(
          token: request.token, suspension: request.suspension, object: try Fixtures.object(original)))
      #expect((patch != nil) == adapter.verbs.contains(verb))
      guard let patch else { continue }
      let once = original.merging(patch: patch)
      #expect(once.merging(patch: patch) == once)
      #expect(once["status"] == original["status"])
      #expect(once.value(at: "metadata", "labels") == original.value(at: "metadata", "labels"))
      var spec = once["spec"]
      spec?["suspend"] = original.value(at: "spec", "suspend")
      spec?["syncPolicy"] = original.value(at: "spec", "syncPolicy")
      #expect(spec == original["spec"])
    }
  }

  @Test func everySampleIsDescribed() throws {
    guard let samples = Fixtures.samples else {
      print("The shared samples are not here: only our own fixtures were read.")
      return
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: samples.path) where name.hasSuffix(".yaml") {
      guard let object = try? Fixtures.object(Fixtures.json(samples.appendingPathComponent(name))),
        let adapter = KindAdapters.adapter(for: object.ref.groupKind)
      else { continue }
      #expect(adapter.describe(object).health != .unknown, "\(name)")
    }
  }
}
