import GitOps
import Kube
import Rendering

/// Artifacts of sources that are not read from Git, downloaded once for all their reconcilers: of each source the newest.
actor ArtifactKeeper {
  struct Problem: Error { let text: String }

  private struct Download {
    let digest: String
    let task: Task<Result<ArtifactArchive, Problem>, Never>
  }

  private var downloads: [ObjectRef: Download] = [:]

  /// The artifact through the API server, from the controller that holds it. Never in read-only mode (C4).
  func archive(
    of source: ObjectRef, _ artifact: FluxArtifact, _ reader: KubeReader
  ) async -> Result<ArtifactArchive, Problem> {
    if let known = downloads[source], known.digest == artifact.digest { return await known.task.value }
    let download = Download(
      digest: artifact.digest, task: Task { await Self.download(source, artifact, reader) })
    downloads[source] = download
    let result = await download.task.value
    // What failed may be tried again.
    if case .failure = result, downloads[source]?.digest == artifact.digest { downloads[source] = nil }
    return result
  }

  private static func download(
    _ source: ObjectRef, _ artifact: FluxArtifact, _ reader: KubeReader
  ) async -> Result<ArtifactArchive, Problem> {
    guard !reader.isReadOnly else {
      return .failure(Problem(text: "its artifact is behind services/proxy, which read-only mode does not ask"))
    }
    guard let place = artifact.location(of: source.kind, namespace: source.namespace, name: source.name) else {
      return .failure(Problem(text: "its artifact is not at one of Flux's own addresses"))
    }
    do {
      let bytes = try await reader.file(
        of: place.service, in: place.namespace, port: place.port, at: place.path, limit: ArtifactArchive.archiveLimit)
      return .success(try ArtifactArchive(bytes, digest: artifact.digest, name: source.path))
    } catch let error as APIError {
      let why =
        error.isForbidden
        ? "no permission to get services/proxy in \(place.namespace)" : error.description
      return .failure(Problem(text: "its artifact is not readable: \(why)"))
    } catch {
      return .failure(Problem(text: "\(error)"))
    }
  }
}
