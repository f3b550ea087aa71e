/// How many clusters are dialled at the same time: a kubeconfig may name thousands. A place is given back when there is an
/// answer, or after a second: a server that takes its time holds up nobody else.
actor DialSlots {
  static let width = 32
  static let patience: Duration = .seconds(1)

  private var free = DialSlots.width
  private var waiters: [CheckedContinuation<Void, Never>] = []

  func acquire() async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiters.append($0) }
  }

  func release() {
    if waiters.isEmpty { free += 1 } else { waiters.removeFirst().resume() }
  }
}
