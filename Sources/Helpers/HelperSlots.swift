/// How many helpers run at once in the whole program, and never two for the same user entry: opening a fleet must not
/// start a storm of log-ins.
public actor HelperSlots {
  static let limit = 4

  private struct Waiter {
    let id: Int
    let user: String?
    let isUrgent: Bool
    let continuation: CheckedContinuation<Bool, Never>
  }

  private var used = 0
  private var users: Set<String> = []
  private var waiting: [Waiter] = []
  private var running: [Int: @Sendable () -> Void] = [:]
  private var next = 0
  private var isEnded = false

  public init() {}

  /// Runs `body` when there is room; nil when the task was cancelled before that, or everything has ended.
  /// - Parameters:
  ///   - user: runs alone among those of the same name.
  ///   - isUrgent: a person waits for it: it needs no free slot.
  func run<Value: Sendable>(
    user: String? = nil, isUrgent: Bool = false, _ body: @escaping @Sendable () async -> Value
  ) async -> Value? {
    guard await take(user, isUrgent) else { return nil }
    let task = Task { await body() }
    next += 1
    let id = next
    running[id] = { task.cancel() }
    let value = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    running[id] = nil
    release(user, isUrgent)
    return value
  }

  /// Ends every helper that still runs and waits a moment for them to go. None is started any more.
  public func end() async {
    isEnded = true
    for waiter in waiting { waiter.continuation.resume(returning: false) }
    waiting = []
    for cancel in running.values { cancel() }
    for _ in 0..<100 where !running.isEmpty { try? await Task.sleep(for: .milliseconds(10)) }
  }

  private func take(_ user: String?, _ isUrgent: Bool) async -> Bool {
    if isEnded || Task.isCancelled { return false }
    if hasRoom(user, isUrgent) {
      occupy(user, isUrgent)
      return true
    }
    next += 1
    let id = next
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { return continuation.resume(returning: false) }
        waiting.append(Waiter(id: id, user: user, isUrgent: isUrgent, continuation: continuation))
      }
    } onCancel: {
      Task { await self.leave(id) }
    }
  }

  private func leave(_ id: Int) {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: index).continuation.resume(returning: false)
  }

  private func hasRoom(_ user: String?, _ isUrgent: Bool) -> Bool {
    (isUrgent || used < Self.limit) && !(user.map(users.contains) ?? false)
  }

  private func occupy(_ user: String?, _ isUrgent: Bool) {
    if !isUrgent { used += 1 }
    if let user { users.insert(user) }
  }

  private func release(_ user: String?, _ isUrgent: Bool) {
    if !isUrgent { used -= 1 }
    if let user { users.remove(user) }
    while let index = waiting.firstIndex(where: { hasRoom($0.user, $0.isUrgent) }) {
      let waiter = waiting.remove(at: index)
      occupy(waiter.user, waiter.isUrgent)
      waiter.continuation.resume(returning: true)
    }
  }
}
