import GitOps
import HTTP
import Kube
import KubeWrite
import Structured
import Sync

/// Writes to one cluster, over connections of its own.
struct ClusterWriter: MutationWriter {
  private let writer: KubeWriter

  init(_ reader: KubeReader, network: Network) {
    writer = KubeWriter(access: reader.access, cluster: reader.cluster, network: network, gate: .open)
  }

  func patch(_ ref: ObjectRef, version: String, plural: String, patch: JSON, uid: String) async throws(APIError) {
    _ = try await writer.patch(ref, version: version, plural: plural, .merge(patch), uid: uid)
  }

  func predict(
    _ ref: ObjectRef, version: String, plural: String, applying desired: JSON, as manager: String
  ) async throws(APIError) -> Object {
    try await writer.predict(ref, version: version, plural: plural, applying: desired, as: manager)
  }
}
