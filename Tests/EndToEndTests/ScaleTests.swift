import Foundation
import Structured
import TestKit
import Testing

/// Set by `make bench`.
let isBench = ProcessInfo.processInfo.environment["DRIFTGLASS_BENCH"] == "1"

extension EndToEnd {
  /// Figures, not verdicts: they are printed, next to what kubectl needs for the same objects.
  @Suite(.enabled(if: isBench, "run by make bench, which sets DRIFTGLASS_BENCH=1")) struct ScaleTests {
    private static let applications = 100

    /// Objects of four kinds, ten for each of `sets`.
    static func files(_ application: String, sets: Int = 1) -> [String: String] {
      var files: [String: String] = [:]
      for number in 0..<(4 * sets) {
        files["settings-\(number).yaml"] = """
          apiVersion: v1
          kind: ConfigMap
          metadata: {name: \(application)-\(number), namespace: shop}
          data: {mode: "on", number: "\(number)"}
          """
      }
      for number in 0..<(2 * sets) {
        let name = "\(application)-\(number)"
        files["workload-\(number).yaml"] = """
          apiVersion: v1
          kind: ServiceAccount
          metadata: {name: \(name), namespace: shop}
          ---
          apiVersion: v1
          kind: Service
          metadata: {name: \(name), namespace: shop}
          spec:
            selector: {app: \(name)}
            ports: [{port: 80, targetPort: 8080, protocol: TCP}]
          ---
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: \(name), namespace: shop}
          spec:
            replicas: 2
            selector: {matchLabels: {app: \(name)}}
            template:
              metadata: {labels: {app: \(name)}}
              spec:
                serviceAccountName: \(name)
                containers:
                  - name: main
                    image: registry.example.com/main:1
                    ports: [{containerPort: 8080, protocol: TCP}]
                    env: [{name: MODE, value: "on"}]
                    resources: {requests: {cpu: 100m, memory: 64Mi}}
          """
      }
      return files
    }

    @Test func aThousandManagedObjects() async throws {
      let world = try await FluxWorld()
      let names = (0..<Self.applications).map { "app-\($0)" }
      var all: [String: String] = [:]
      for name in names { for (file, text) in Self.files(name) { all["\(name)/\(file)"] = text } }
      let commit = try world.push(all, "A hundred applications")
      try await world.applied(commit)
      for name in names { try await world.createKustomization(name) }
      let list = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations"
      try await eventually("all are applied", within: .seconds(600)) { () -> Bool? in
        let items = try await world.server.expect(.get, list)["items"]?.array ?? []
        let isDone =
          items.count > Self.applications
          && items.allSatisfy {
            $0.value(at: "status", "lastAppliedRevision")?.string?.hasSuffix(commit) == true
          }
        return isDone ? true : nil
      }
      var report = ["figures for 1,002 managed objects of 101 Kustomizations:"]
      let clock = ContinuousClock()

      let begin = clock.now
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "a verdict for every object", within: .seconds(60)) {
        $0.contains("drift known for 100 % of 1,002 objects") && $0.contains("101")
      }
      report.append("driftglass: start to all verdicts on screen \(clock.now - begin)")

      var latencies: [Duration] = []
      for number in 0..<20 {
        let path = "/api/v1/namespaces/shop/configmaps/app-7-0?fieldManager=kubectl-edit"
        try await world.server.mergePatch(path, ["data": ["mode": "value-\(number)"]])
        let changed = clock.now
        while !(try await session.screen().contains("live value-\(number)")) {
          guard clock.now - changed < .seconds(10) else { throw Missed("value-\(number) never came to the screen") }
        }
        latencies.append(clock.now - changed)
      }
      latencies.sort()
      report.append(
        "driftglass: from the answer to a write until it is on screen (tmux capture included): median \(latencies[10]), longest \(latencies[19])"
      )
      report.append("driftglass: peak memory \(try await session.peakMemory() / 1_048_576) MiB")

      let kubectl = ["kubectl", "--kubeconfig", try world.server.kubeconfig()]
      let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": world.folder.path]
      func measure(_ what: String, _ words: [String]) async throws {
        let begin = clock.now
        let result = try await Program.run(kubectl + words, environment: environment)
        report.append(
          "\(what): \(clock.now - begin), peak memory \(result.peakMemory / 1_048_576) MiB, status \(result.status)")
      }
      // kubectl asks for what is served once, and remembers it.
      try await Program.run(kubectl + ["get", "deployments", "-n", "shop", "-o", "name"], environment: environment)
      try await measure(
        "kubectl get of the same kinds as JSON",
        ["get", "deployments,services,configmaps,serviceaccounts,kustomizations", "-A", "-o", "json"])
      for (name, text) in all { try world.folder.write(text, to: "manifests/\(name)") }
      try await measure(
        "kubectl diff --server-side of the same manifests",
        [
          "diff", "--server-side", "--force-conflicts", "--field-manager=kustomize-controller", "-R", "-f",
          world.folder.file("manifests"),
        ])
      print(report.joined(separator: "\n"))
    }
  }
}
