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
      hasAll = try await table.add(from: reader, groupVersions: missing)
    } catch {
      if error.isCancelled { return }
      await engine.notice("\(cluster): no schemas (\(error)); fields are compared without their types")
    }
    await engine.schemaArrived(cluster, table, groupVersions: missing, hasAll: hasAll)
  }
}

extension SchemaTable {
  /// Adds the schemas that a server has of some group versions (`apps/v1`), or of all; what cannot be read of one is left out.
  /// - Returns: whether the document was that of the whole server.
  public mutating func add(
    from reader: KubeReader, groupVersions: Set<String>? = nil
  ) async throws(APIError) -> Bool {
    switch try await reader.openAPI() {
    case .v2(let bytes):
      try? add(openAPIv2: bytes)
      return true
    case .v3(let index):
      let paths = groupVersions.map { $0.map { $0.contains("/") ? "apis/\($0)" : "api/\($0)" } } ?? Array(index.keys)
      for path in paths.sorted() {
        guard let address = index[path] else { continue }
        try? add(openAPIv3: try await reader.openAPIDocument(at: address))
      }
      return false
    }
  }
}
