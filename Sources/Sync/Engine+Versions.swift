import Drift
import GitOps
import Kube

/// A live object in the version that Git uses, when its kind is watched in another one (`drift.md` R10).
struct OtherVersion: Sendable {
  enum State: Sendable {
    case asking
    case read(Object)
    /// The server did not give it; compared as watched until it changes.
    case unavailable
  }

  let version: String
  /// Of the object as it is watched: a change asks anew.
  let resourceVersion: String
  var state: State
}

extension Engine {
  /// The object in the version that Git uses, once it was read; the object itself where the versions agree or the server
  /// serves only one. Nil while it is on its way.
  func converted(_ object: Object, to version: String) -> Object? {
    let kind = object.ref.groupKind
    guard object.version != version, let discovery = clusters[object.ref.cluster]?.discovery,
      discovery.resource(for: kind, version: version) != nil
    else {
      otherVersions[object.ref] = nil
      return object
    }
    if let known = otherVersions[object.ref], known.version == version, known.resourceVersion == object.resourceVersion
    {
      switch known.state {
      case .asking: return nil
      case .read(let converted): return converted
      case .unavailable: return object
      }
    }
    otherVersions[object.ref] = OtherVersion(
      version: version, resourceVersion: object.resourceVersion, state: .asking)
    versionQueue.add(object.ref)
    // Its schema may be another one too: whoever follows the plan looks for what is missing.
    let apiVersion = kind.group.isEmpty ? version : "\(kind.group)/\(version)"
    if clusters[object.ref.cluster]?.schemasKnown.contains(apiVersion) == false {
      clusters[object.ref.cluster]?.replan()
    }
    return nil
  }

  func versionLoop() async {
    await work(versionQueue.wakeUps, width: 4, take: { $0.versionQueue.take(1) }) { refs in
      for ref in refs { await self.readOtherVersion(of: ref) }
    }
  }

  nonisolated private func readOtherVersion(of ref: ObjectRef) async {
    guard let (reader, resource, asked) = await otherVersionRequest(ref) else {
      return await versionRead(ref, nil, nil)
    }
    let object = try? await reader.get(ref, version: resource.version, plural: resource.plural)
    await versionRead(ref, asked, object)
  }

  private func otherVersionRequest(_ ref: ObjectRef) -> (KubeReader, ServedResource, OtherVersion)? {
    guard let asked = otherVersions[ref], let state = clusters[ref.cluster], let reader = state.reader,
      let resource = state.discovery?.resource(for: ref.groupKind, version: asked.version)
    else { return nil }
    return (reader, resource, asked)
  }

  private func versionRead(_ ref: ObjectRef, _ asked: OtherVersion?, _ object: Object?) {
    versionQueue.done(1)
    defer { workDone() }
    guard let asked, var current = otherVersions[ref], current.resourceVersion == asked.resourceVersion,
      current.version == asked.version
    else { return }
    // A newer one than the watch has told of yet: the watch will tell, and it is asked for then.
    let isTheSame = object?.resourceVersion == asked.resourceVersion
    current.state = object.flatMap { isTheSame ? .read((try? SecretValues.hashed($0)) ?? $0) : nil } ?? .unavailable
    otherVersions[ref] = current
    compareOwners(of: ref)
  }
}
