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
      hasAll = try await table.add(from: reader, groupVersions: missing, cache: engine.options.schemas)
    } catch {
      if error.isCancelled { return }
      if table.isEmpty { table = BuiltinSchema.schema }
      await engine.notice(
        "\(cluster): no schemas (\(error)); built-in kinds are compared as Kubernetes \(BuiltinSchema.version) has them, "
          + "others without types")
    }
    await engine.schemaArrived(cluster, table, groupVersions: missing, hasAll: hasAll)
  }
}

extension SchemaTable {
  /// Adds the schemas that a server has of some group versions (`apps/v1`), or of all; what cannot be read of one is left out.
  /// - Parameter cache: what was compiled before is taken from there.
  /// - Returns: whether the document was that of the whole server.
  public mutating func add(
    from reader: KubeReader, groupVersions: Set<String>? = nil, cache: SchemaCache? = nil
  ) async throws(APIError) -> Bool {
    switch try await reader.openAPI(known: cache?.wholeTags ?? []) {
    case .v2(let bytes, let tag): return add(whole: bytes, tag, cache)
    case .unchanged(let tag):
      if let known = cache?.whole(tag) {
        merge(known)
        return true
      }
      // What was kept cannot be read.
      if case .v2(let bytes, let tag) = try await reader.openAPI() { return add(whole: bytes, tag, cache) }
      return false
    case .v3(let index):
      let paths = groupVersions.map { $0.map { $0.contains("/") ? "apis/\($0)" : "api/\($0)" } } ?? Array(index.keys)
      for path in paths.sorted() {
        guard let address = index[path] else { continue }
        let hash = address.firstRange(of: "?hash=").map { String(address[$0.upperBound...]) }
        if let hash, let known = cache?.table(hash) {
          merge(known)
          continue
        }
        let document: [UInt8]
        do throws(APIError) { document = try await reader.openAPIDocument(at: address) } catch {
          if error.isCancelled { throw error }
          continue
        }
        var part = SchemaTable()
        guard (try? part.add(openAPIv3: document)) != nil else { continue }
        merge(part)
        if let hash { cache?.keep(part, hash) }
      }
      return false
    }
  }

  private mutating func add(whole bytes: [UInt8], _ tag: String?, _ cache: SchemaCache?) -> Bool {
    var part = SchemaTable()
    if (try? part.add(openAPIv2: bytes)) != nil {
      merge(part)
      if let tag { cache?.keep(whole: part, tag) }
    }
    return true
  }
}
