import Foundation
import Git
import GitOps
import Rendering
import Structured
import Sync
import TestKit
import Testing

@testable import App

/// Figures for `make bench`, from a build with optimisation. They are printed; only the results are expected.
@Suite(
  .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["DRIFTGLASS_BENCH"] != nil, "DRIFTGLASS_BENCH asks for figures"))
struct RenderSpeedTests {
  /// Every directory with a kustomization of each repository beside the checkout, from Git, against one `kubectl kustomize` each.
  @Test(
    .enabled(
      if: SharedFolder.path("corpora/repos") != nil && TestKit.Program.find("kubectl") != nil,
      "no kubectl, or no repositories"))
  func everyDirectoryOfRealRepositories() async throws {
    let folder = try #require(SharedFolder.path("corpora/repos"))
    let kubectl = try #require(TestKit.Program.find("kubectl"))
    for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/builds").sorted()
    where file.hasSuffix(".json") {
      let index = try JSON(parsing: Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/builds/\(file)"))))
      let directories = (index.array ?? []).filter { $0["status"] == "ok" }.compactMap { $0["dir"]?.string }
      // Small ones measure the start of kubectl alone.
      guard directories.count > 50 else { continue }
      try await compare(String(file.dropLast(5)), directories, folder, kubectl)
    }
  }

  private func compare(_ name: String, _ directories: [String], _ folder: String, _ kubectl: String) async throws {
    let work = try TemporaryFolder("speed")
    try await TestKit.Program.check(["tar", "xzf", "\(folder)/inputs/\(name).tar.gz", "-C", work.path])
    let top = work.file(try #require(FileManager.default.contentsOfDirectory(atPath: work.path).first))
    let builder = try CommitBuilder(creatingBareAt: work.file("bare.git"))
    var files: [String: [UInt8]?] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: top) {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(top)/\(path)")
      if attributes[.type] as? FileAttributeType == .typeRegular {
        files[path] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(top)/\(path)")))
      }
    }
    try builder.commit(files, subject: "All", time: Date(timeIntervalSince1970: 1_700_000_000))
    var ours: [Double] = []
    var objects = 0
    for _ in 0..<5 {
      objects = 0
      ours.append(
        try Stopwatch.milliseconds {
          let renderer = Renderer()
          _ = try LocalRepository.withTree(containing: builder.path, at: "main") { tree throws(Never) in
            for directory in directories {
              objects += (try? renderer.build(directory, in: GitFileTree(tree: tree)).count) ?? 0
            }
          }
        })
    }
    let start = ContinuousClock.now
    for directory in directories {
      try await TestKit.Program.run(
        [kubectl, "kustomize", "--load-restrictor", "LoadRestrictionsNone", "\(top)/\(directory)"])
    }
    let theirs = (ContinuousClock.now - start) / .milliseconds(1)
    print("render \(name): \(directories.count) directories, \(objects) objects")
    print("  from Git, nothing known before: \(Stopwatch.shown(ours))")
    print(
      String(format: "  kubectl kustomize for each: %.0f ms, %.0fx", theirs, theirs / ours.sorted()[ours.count / 2]))
    #expect(objects > 0)
  }

  @Test func tenThousandPlainObjects() async throws {
    let work = try TemporaryFolder("speed")
    let builder = try CommitBuilder(creatingBareAt: work.file("bare.git"))
    var files: [String: [UInt8]?] = [:]
    for app in 0..<100 {
      for number in 0..<100 {
        files["apps/app-\(app)/web-\(number).yaml"] = Array(Self.deployment(app, number, "1").utf8)
      }
    }
    let old = try builder.commit(files, subject: "All", time: Date(timeIntervalSince1970: 1_700_000_000))
    let new = try builder.commit(
      ["apps/app-7/web-7.yaml": Array(Self.deployment(7, 7, "2").utf8)], subject: "One",
      time: Date(timeIntervalSince1970: 1_700_000_060))
    let specs = try (0..<100).map { app in
      let object: JSON = [
        "metadata": ["name": .string("app-\(app)"), "namespace": "flux-system"],
        "spec": ["path": .string("./apps/app-\(app)"), "targetNamespace": "shop"],
      ]
      return FluxKustomization(try JSONDocument(parsing: object.encoded()))
    }
    // As the engine reads it: a mirror that was fetched, two Kustomizations at a time.
    let cache = try MirrorCache(directory: work.file("mirrors"))
    let mirror = cache.mirror(
      of: RepositoryLocation(
        named: try RepositoryAddress("file://\(builder.path)", namedBy: .configuration),
        address: try RepositoryAddress("file://\(builder.path)", namedBy: .configuration)))
    _ = try await mirror.fetch(.branch("main"))
    let cluster = ClusterID("one")
    let render:
      @Sendable (Renderer, FluxKustomization, String) async throws -> (objects: Int, footprint: TreeFootprint) = {
        renderer, spec, commit in
        let (objects, footprint) = try await mirror.withTree(at: commit) { tree throws(RenderError) in
          let tracked = TrackedTree(GitFileTree(tree: tree))
          return (try renderer.render(spec, tree: tracked), tracked.footprint)
        }.get()
        return (Dictionary(objects.map { ($0.ref(in: cluster), $0) }) { $1 }.count, footprint)
      }
    var first: [Double] = []
    var second: [Double] = []
    for _ in 0..<5 {
      let renderer = Renderer()
      var footprints: [Int: TreeFootprint] = [:]
      var count = 0
      var start = ContinuousClock.now
      try await withThrowingTaskGroup(of: [(Int, Int, TreeFootprint)].self) { group in
        for half in [0..<50, 50..<100] {
          group.addTask {
            var results: [(Int, Int, TreeFootprint)] = []
            for number in half {
              let (objects, footprint) = try await render(renderer, specs[number], old)
              results.append((number, objects, footprint))
            }
            return results
          }
        }
        for try await results in group {
          for (number, objects, footprint) in results {
            count += objects
            footprints[number] = footprint
          }
        }
      }
      first.append((ContinuousClock.now - start) / .milliseconds(1))
      #expect(count == 10_000)
      var rendered = 0
      start = ContinuousClock.now
      let changes = try await mirror.changes(from: old, to: new)
      for (number, spec) in specs.enumerated() where footprints[number]?.isTouched(by: changes) == true {
        rendered += try await render(renderer, spec, new).objects
      }
      second.append((ContinuousClock.now - start) / .milliseconds(1))
      #expect(rendered == 100)
    }
    print("render 10,000 plain objects in 10,000 files of 100 Kustomizations, from Git: \(Stopwatch.shown(first))")
    print("  one changed file, with the comparison of the commits and its Kustomization: \(Stopwatch.shown(second))")
  }

  private static func deployment(_ app: Int, _ number: Int, _ tag: String) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web-\(app)-\(number)
      labels: {app: web, part-of: app-\(app)}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web-\(number)}}
      template:
        metadata: {labels: {app: web-\(number)}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:\(tag)
              env:
                - {name: LEVEL, value: info}
                - {name: REGION, value: north}
              ports:
                - containerPort: 8080
              resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
    """
  }
}
