import GitOps
import HTTP
import Structured

extension KubeReader {
  /// Group versions that are read at the same time: all of a server's own at start.
  private static let groupVersionsAtOnce = 32
  private static let aggregated =
    ["v2", "v2beta1"].map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
    .joined(separator: ",") + ",application/json"

  /// What the server serves: aggregated discovery where there is one (kubernetes 1.27), else group by group. A group that
  /// cannot be read is named in `broken` and does not fail the others.
  public func discover() async throws(APIError) -> Discovery {
    async let coreAnswer = answer("/api")
    async let groupsAnswer = answer("/apis")
    let (core, groups) = (try await coreAnswer.get(), try await groupsAnswer.get())
    var discovery = Discovery()
    var unread: [(group: String, version: String)] = []
    if !discovery.add(aggregated: core) {
      unread = core["versions"]?.elements?.compactMap(\.string).map { ("", $0) } ?? []
      guard !unread.isEmpty else {
        throw APIError(.notAPI, message: "\(connection.host): \(APIError.notAPI) (no API versions)")
      }
    }
    if !discovery.add(aggregated: groups) { unread += KubeReader.versions(groups) }
    await add(unread, to: &discovery)
    return discovery
  }

  private func answer(_ path: String) async -> Result<JSONNode, APIError> {
    do { return .success(try await root(path)) } catch { return .failure(error) }
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
        if index >= KubeReader.groupVersionsAtOnce, let (done, list) = await tasks.next() { lists[done] = list }
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
