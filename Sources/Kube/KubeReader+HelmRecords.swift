import HTTP
import Structured

/// A record of a Helm release as its labels tell: nothing of what it holds is read.
public struct HelmRecordLabels: Sendable, Hashable {
  public let version: Int
  /// `deployed`, `superseded`, `failed`, …
  public let status: String

  public init(version: Int, status: String) {
    self.version = version
    self.status = status
  }
}

extension KubeReader {
  /// The records of a release, newest first (helm: pkg/storage/driver/secrets.go, labels). Asks for metadata only.
  /// - Parameter plural: `secrets`, or `configmaps` where Helm was told so.
  public func helmRecords(
    of name: String, in namespace: String, plural: String
  ) async throws(APIError) -> [HelmRecordLabels] {
    let path = ResourcePath(group: "", version: "v1", plural: plural, namespace: namespace)
    var call = APICall(.get, path.path)
    call.accept = Gate.metadataList
    call.query = [("labelSelector", "owner=helm,name=\(name)"), ("limit", "500")]
    let document = try await document(call)
    var records: [HelmRecordLabels] = []
    if let items = document.root["items"]?.elements {
      for item in items {
        let labels = item["metadata"]?["labels"]
        guard let version = labels?["version"]?.string.flatMap({ Int($0) }) else { continue }
        records.append(HelmRecordLabels(version: version, status: labels?["status"]?.string ?? ""))
      }
    }
    return records.sorted { $0.version > $1.version }
  }
}
