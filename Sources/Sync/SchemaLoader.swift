import Drift
import GitOps
import Kube

/// Reads the schemas of a cluster's kinds when one is missing: v3 by group version, else the one v2 document. What cannot be
/// read leaves its kinds to plain comparison, and rows from it are `likely`.
final class SchemaLoader: Sendable {
  private let cluster: ClusterID
  private let reader: KubeReader
  private let engine: Engine
  private let (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  init(cluster: ClusterID, reader: KubeReader, engine: Engine) {
    self.cluster = cluster
    self.reader = reader
    self.engine = engine
  }

  /// Something new may be wanted.
  func look() { signal.yield() }

  func run() async {
    for await _ in signals { await load() }
  }

  private func load() async {
    guard await engine.hasPicture(of: cluster) else { return }
    let missing = await engine.missingSchemas(of: cluster)
    guard !missing.isEmpty else { return }
    var table = await engine.schema(of: cluster)
    var hasAll = false
    do throws(APIError) {
      switch try await reader.openAPI() {
      case .v2(let bytes):
        try? table.add(openAPIv2: bytes)
        hasAll = true
      case .v3(let index):
        for groupVersion in missing.sorted() {
          let path = groupVersion.contains("/") ? "apis/\(groupVersion)" : "api/\(groupVersion)"
          guard let address = index[path] else { continue }
          try? table.add(openAPIv3: try await reader.openAPIDocument(at: address))
        }
      }
    } catch {
      if error.isCancelled { return }
      await engine.notice("\(cluster): no schemas (\(error)); fields are compared without their types")
    }
    await engine.schemaArrived(cluster, table, groupVersions: missing, hasAll: hasAll)
  }
}
