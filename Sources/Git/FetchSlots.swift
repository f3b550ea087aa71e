/// Lets at most so many fetches run at once, in all and on one host, and one for each mirror; first come, first served
/// among those that may run.
actor FetchSlots {
  private struct Waiter {
    let id: UInt64
    let host: String
    let mirror: String
    let continuation: CheckedContinuation<Bool, Never>
  }

  private let limit: Int
  private let hostLimit: Int
  private var running = 0
  private var runningOnHost: [String: Int] = [:]
  private var runningMirrors: Set<String> = []
  private var waiters: [Waiter] = []
  private var nextID: UInt64 = 0

  init(limit: Int, perHost hostLimit: Int) {
    self.limit = limit
    self.hostLimit = hostLimit
  }

  /// How many wait.
  var waiting: Int { waiters.count }

  /// Waits for a slot. False when the task was cancelled meanwhile: then there is nothing to release.
  func acquire(host: String, mirror: String) async -> Bool {
    if Task.isCancelled { return false }
    if mayRun(host, mirror) {
      take(host, mirror)
      return true
    }
    nextID += 1
    let id = nextID
    return await withTaskCancellationHandler {
      await withCheckedContinuation {
        waiters.append(Waiter(id: id, host: host, mirror: mirror, continuation: $0))
      }
    } onCancel: {
      Task { await self.abandon(id) }
    }
  }

  func release(host: String, mirror: String) {
    running -= 1
    let left = (runningOnHost[host] ?? 1) - 1
    runningOnHost[host] = left == 0 ? nil : left
    runningMirrors.remove(mirror)
    var index = 0
    while index < waiters.count {
      let waiter = waiters[index]
      if mayRun(waiter.host, waiter.mirror) {
        waiters.remove(at: index)
        take(waiter.host, waiter.mirror)
        waiter.continuation.resume(returning: true)
      } else {
        index += 1
      }
    }
  }

  private func abandon(_ id: UInt64) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: index).continuation.resume(returning: false)
  }

  private func mayRun(_ host: String, _ mirror: String) -> Bool {
    running < limit && runningOnHost[host, default: 0] < hostLimit && !runningMirrors.contains(mirror)
  }

  private func take(_ host: String, _ mirror: String) {
    running += 1
    runningOnHost[host, default: 0] += 1
    runningMirrors.insert(mirror)
  }
}
