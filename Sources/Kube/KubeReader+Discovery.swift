import GitOps
import HTTP
import Structured

extension KubeReader {
  private static let aggregated =
    ["v2", "v2beta1"].map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
    .joined(separator: ",") + ",application/json"

  /// What the server serves: aggregated discovery where there is one (kubernetes 1.27), else group by group. A group that
  /// cannot be read is named in `broken` and does not fail the others.
  public func discover() async throws(APIError) -> Discovery {
    var discovery = Discovery()
    let core = try await root("/api")
    if !discovery.add(aggregated: core) {
      let versions = core["versions"]?.elements?.compactMap(\.string) ?? []
      guard !versions.isEmpty else {
        throw APIError(.notAPI, message: "\(connection.host): \(APIError.notAPI) (no API versions)")
      }
      await add(versions.map { ("", $0) }, to: &discovery)
    }
    let groups = try await root("/apis")
    if !discovery.add(aggregated: groups) { await add(KubeReader.versions(groups), to: &discovery) }
    return discovery
  }

  private func root(_ path: String) async throws(APIError) -> JSONNode {
    var call = APICall(.get, path)
    call.accept = KubeReader.aggregated
    do { return try await document(call).root } catch {
      // 406: a server that knows no `as=` (wire-facts 9.4).
      guard error.status == 406 else { throw error }
      return try await document(APICall(.get, path)).root
    }
  }

  /// Groups with their versions, the preferred one first.
  private static func versions(_ groups: JSONNode) -> [(group: String, version: String)] {
    var result: [(String, String)] = []
    for group in groups["groups"]?.elements.map(Array.init) ?? [] {
      guard let name = group["name"]?.string else { continue }
      let preferred = group.value(at: "preferredVersion", "version")?.string
      let versions = group["versions"]?.elements?.compactMap { $0["version"]?.string } ?? []
      for version in versions.filter({ $0 == preferred }) + versions.filter({ $0 != preferred }) {
        result.append((name, version))
      }
    }
    return result
  }

  private func add(_ versions: [(group: String, version: String)], to discovery: inout Discovery) async {
    let lists = await withTaskGroup(of: (Int, Result<JSONNode, APIError>).self) { tasks in
      var lists: [Int: Result<JSONNode, APIError>] = [:]
      for (index, entry) in versions.enumerated() {
        if index >= 8, let (done, list) = await tasks.next() { lists[done] = list }
        tasks.addTask { (index, await self.resourceList(entry.group, entry.version)) }
      }
      for await (index, list) in tasks { lists[index] = list }
      return lists
    }
    for (index, entry) in versions.enumerated() {
      switch lists[index] {
      case .success(let root): discovery.add(resourceList: root, group: entry.group, version: entry.version)
      case .failure(let error): discovery.broken[entry.group] = error.message
      case nil: break
      }
    }
  }

  private func resourceList(_ group: String, _ version: String) async -> Result<JSONNode, APIError> {
    let path =
      group.isEmpty
      ? "/api/\(ResourcePath.segment(version))"
      : "/apis/\(ResourcePath.segment(group))/\(ResourcePath.segment(version))"
    do { return .success(try await document(APICall(.get, path)).root) } catch { return .failure(error) }
  }
}
