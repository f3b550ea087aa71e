/// Work that waits for a worker: each item once, oldest first. It belongs to the engine; its worker sleeps on `wakeUps`.
struct WorkQueue<Item: Hashable & Sendable>: Sendable {
  private var items: [Item] = []
  private var head = 0
  private var queued: Set<Item> = []
  /// Items handed out and not reported done.
  private(set) var working = 0
  /// Yields when there may be work. One consumer.
  let wakeUps: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  init() {
    (wakeUps, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  var isIdle: Bool { queued.isEmpty && working == 0 }

  mutating func add(_ item: Item) {
    guard queued.insert(item).inserted else { return }
    items.append(item)
    signal.yield()
  }

  /// Up to `limit` items, counted as being worked on until `done`.
  mutating func take(_ limit: Int) -> [Item] {
    let count = min(limit, items.count - head)
    guard count > 0 else { return [] }
    let taken = Array(items[head..<(head + count)])
    head += count
    if head == items.count || (head > 1024 && head * 2 > items.count) {
      items.removeFirst(head)
      head = 0
    }
    for item in taken { queued.remove(item) }
    working += count
    return taken
  }

  mutating func done(_ count: Int) { working -= count }
}

extension Engine {
  /// Works a queue off, `width` batches at a time, until the task is cancelled. `body` runs off the engine and ends in
  /// telling the engine what it found.
  nonisolated func work<Item: Sendable>(
    _ wakeUps: AsyncStream<Void>, width: Int, take: @escaping @Sendable (isolated Engine) -> [Item],
    _ body: @escaping @Sendable ([Item]) async -> Void
  ) async {
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      for await _ in wakeUps {
        while true {
          if running == width {
            await group.next()
            running -= 1
          }
          let items = await take(self)
          if items.isEmpty { break }
          running += 1
          // What there is comes before what is to be said of it.
          group.addTask(priority: .utility) { await body(items) }
        }
      }
      group.cancelAll()
    }
  }
}
