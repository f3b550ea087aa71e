import Structured
import Synchronization

/// The object store of one API server with its readers: one lock around the state, and a wake-up for every watch of a
/// resource that changed. It outlives the server: stopping and starting again is a cluster that goes away and returns.
final class ClusterStore: Sendable {
  private let state: Mutex<ObjectStore>
  private let watches = Mutex<Watches>(Watches())

  enum Interruption: Sendable {
    case end
    /// With an ERROR event that says 410.
    case expiry
  }

  private struct Watches {
    var next = 0
    var byResource: [GroupResource: [Int: AsyncStream<Void>.Continuation]] = [:]
    var interruptions: [Interruption] = []
  }

  init(_ store: ObjectStore) { state = Mutex(store) }

  func read<Value: Sendable, Failure: Error>(_ body: (ObjectStore) throws(Failure) -> Value) throws(Failure) -> Value {
    // Copied out, so that encoding and filtering do not hold the lock: the store is copy-on-write.
    let snapshot = state.withLock { $0 }
    return try body(snapshot)
  }

  @discardableResult
  func write<Value: Sendable>(_ body: (inout ObjectStore) throws(APIStatus) -> Value) throws(APIStatus) -> Value {
    let (result, changed) = state.withLock { store -> (Result<Value, APIStatus>, Set<GroupResource>) in
      let before = store.version
      let result: Result<Value, APIStatus>
      do throws(APIStatus) {
        result = .success(try body(&store))
      } catch {
        result = .failure(error)
      }
      let changed = store.version == before ? [] : Set(((try? store.events(after: before)) ?? []).map(\.resource))
      return (result, changed)
    }
    wake(changed)
    return try result.get()
  }

  private func wake(_ resources: Set<GroupResource>) {
    if resources.isEmpty { return }
    let waiting = watches.withLock { watches in resources.flatMap { watches.byResource[$0]?.values.map(\.self) ?? [] } }
    for continuation in waiting { continuation.yield() }
  }

  /// One element whenever the resource may have changed; changes in quick succession are one element.
  func changes(of resource: GroupResource) -> (stream: AsyncStream<Void>, wake: AsyncStream<Void>.Continuation) {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let id = watches.withLock { watches in
      watches.next += 1
      watches.byResource[resource, default: [:]][watches.next] = continuation
      return watches.next
    }
    continuation.onTermination = { [weak self] _ in
      self?.watches.withLock { $0.byResource[resource]?[id] = nil }
    }
    return (stream, continuation)
  }

  /// How all watches were told to end so far.
  var interruptions: [Interruption] { watches.withLock { $0.interruptions } }

  /// Ends every watch that is open.
  func interrupt(_ interruption: Interruption) {
    let waiting = watches.withLock { watches in
      watches.interruptions.append(interruption)
      return watches.byResource.values.flatMap { $0.values }
    }
    for continuation in waiting { continuation.yield() }
  }

  var openWatches: Int { watches.withLock { $0.byResource.values.reduce(0) { $0 + $1.count } } }
}
