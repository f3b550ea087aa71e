import Drift
import GitOps
import Kube

/// Objects beside managed ones that nothing answers for: looked up when somebody asks (`drift.md` B.4).
extension Engine {
  /// Asks for the metadata of the kinds that Git sets in the cluster, and of those that people make by hand.
  public func unmanaged(in place: NamespacePlace) async -> Unmanaged {
    var result = Unmanaged(at: options.now())
    guard let state = clusters[place.cluster], let reader = state.reader, let discovery = state.discovery else {
      result.incomplete.append("\(place.cluster) is not connected")
      return result
    }
    var kinds = Set(Bystander.usualKinds)
    for managed in memberKinds.values where managed.cluster == place.cluster {
      kinds.formUnion(managed.versions.keys)
    }
    for kind in kinds.sorted() {
      guard let resource = servedResource(kind, preferring: [:], in: discovery), resource.namespaced,
        resource.verbs.contains("list")
      else { continue }
      do throws(APIError) {
        let objects = try await Self.metadata(of: resource, in: place, reader)
        // What is managed may have changed meanwhile.
        let claims = claims(in: place)
        result.objects += objects.filter { object in
          owners[object.ref] == nil && orphans[object.ref] == nil && !Bystander.isOne(object, claims: claims)
        }.map { UnmanagedObject(ref: $0.ref, version: $0.version, created: $0.created) }
      } catch {
        result.incomplete.append("\(resource.plural): \(error.description)")
      }
    }
    result.objects.sort { $0.ref < $1.ref }
    return result
  }

  /// All pages of one kind; what is found twice is there once.
  private nonisolated static func metadata(
    of resource: ServedResource, in place: NamespacePlace, _ reader: KubeReader
  ) async throws(APIError) -> [Object] {
    let stream = StreamID(
      cluster: place.cluster, groupKind: resource.groupKind, version: resource.version, plural: resource.plural,
      namespace: place.name)
    var objects: [Object] = []
    var token: String?
    repeat {
      let page = try await reader.list(stream, continue: token, asMetadata: true)
      objects += page.objects
      token = page.continueToken.isEmpty ? nil : page.continueToken
    } while token != nil
    return objects
  }

  private func claims(in place: NamespacePlace) -> [String] {
    desired.filter { $0.key.cluster == place.cluster }.values.flatMap { state in
      (state.set?.objects ?? [:]).filter { $0.key.kind == "StatefulSet" && $0.key.namespace == place.name }
        .flatMap { Bystander.claims(of: $0.value) }
    }
  }
}
