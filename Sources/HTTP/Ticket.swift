import Synchronization

/// One transfer's number, and whether it was cancelled before the loop saw it.
final class Ticket: Sendable {
  let transfer: UInt64
  private let cancelled = Atomic(false)

  init(_ transfer: UInt64) { self.transfer = transfer }

  func cancel() { cancelled.store(true, ordering: .relaxed) }

  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
}
