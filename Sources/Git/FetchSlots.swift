/// Lets at most so many conversations run at once: with one host, with all, one for each mirror, and of those that
/// download only a few in all. First come, first served among those that may run.
actor FetchSlots {
  /// What one conversation takes up.
  struct Place: Sendable, Hashable {
    let host: String
    let mirror: String
    /// The others only ask where a reference stands.
    var isDownload = true
  }

  enum Admission: Sendable, Hashable {
    case granted
    /// The task was cancelled meanwhile: there is nothing to release.
    case cancelled
    /// The host did not answer somebody else meanwhile: there is nothing to release.
    case hostIsSilent
  }

  private struct Waiter {
    let id: UInt64
    let place: Place
    let continuation: CheckedContinuation<Admission, Never>
  }

  private let downloadLimit: Int
  private let hostLimit: Int
  private let limit: Int
  private var running: [Place] = []
  private var waiters: [Waiter] = []
  private var nextID: UInt64 = 0

  init(_ limits: FetchLimits) {
    downloadLimit = limits.fetches
    hostLimit = limits.fetchesPerHost
    limit = limits.conversations
  }

  /// How many wait.
  var waiting: Int { waiters.count }

  /// Waits for a place.
  func acquire(_ place: Place) async -> Admission {
    if Task.isCancelled { return .cancelled }
    if mayRun(place) {
      running.append(place)
      return .granted
    }
    nextID += 1
    let id = nextID
    return await withTaskCancellationHandler {
      await withCheckedContinuation { waiters.append(Waiter(id: id, place: place, continuation: $0)) }
    } onCancel: {
      Task { await self.abandon(id) }
    }
  }

  /// - Parameter hostIsSilent: whether nothing at all came from the host; whoever waits for it need not find out too.
  func release(_ place: Place, hostIsSilent: Bool = false) {
    if let index = running.firstIndex(of: place) { running.remove(at: index) }
    if hostIsSilent {
      for waiter in waiters where waiter.place.host == place.host {
        waiter.continuation.resume(returning: .hostIsSilent)
      }
      waiters.removeAll { $0.place.host == place.host }
    }
    var index = 0
    while index < waiters.count {
      let waiter = waiters[index]
      if mayRun(waiter.place) {
        waiters.remove(at: index)
        running.append(waiter.place)
        waiter.continuation.resume(returning: .granted)
      } else {
        index += 1
      }
    }
  }

  private func abandon(_ id: UInt64) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: index).continuation.resume(returning: .cancelled)
  }

  private func mayRun(_ place: Place) -> Bool {
    guard running.count < limit, !running.contains(where: { $0.mirror == place.mirror }),
      running.count(where: { $0.host == place.host }) < hostLimit
    else { return false }
    return !place.isDownload || running.count(where: \.isDownload) < downloadLimit
  }
}
