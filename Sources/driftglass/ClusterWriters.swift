import GitOps
import HTTP
import Kube
import KubeWrite
import Structured
import Sync

/// One writer a cluster, over connections of their own.
struct ClusterWriters: MutationWriter {
  private let writers: [ClusterID: KubeWriter]

  init(_ readers: [ClusterID: KubeReader], network: Network) {
    writers = readers.mapValues {
      KubeWriter(access: $0.access, cluster: $0.cluster, network: network, gate: .open)
    }
  }

  func patch(_ ref: ObjectRef, version: String, plural: String, patch: JSON, uid: String) async throws(APIError) {
    guard let writer = writers[ref.cluster] else {
      throw APIError(.credential, message: "\(ref.cluster) may not be written to")
    }
    _ = try await writer.patch(ref, version: version, plural: plural, .merge(patch), uid: uid)
  }
}
