import Testing

@testable import Sync

struct WorkQueueTests {
  @Test func `holds each item once, oldest first`() {
    var queue = WorkQueue<Int>()
    for item in [3, 1, 3, 2, 1] { queue.add(item) }
    #expect(queue.take(2) == [3, 1])
    #expect(queue.take(5) == [2])
    #expect(queue.take(1) == [])
  }

  @Test func `an item that comes back while it is worked on is worked on again`() {
    var queue = WorkQueue<Int>()
    queue.add(1)
    #expect(queue.take(1) == [1])
    queue.add(1)
    #expect(queue.take(1) == [1])
  }

  @Test func `is idle only when what was taken is done`() {
    var queue = WorkQueue<Int>()
    #expect(queue.isIdle)
    queue.add(1)
    #expect(!queue.isIdle)
    _ = queue.take(1)
    #expect(!queue.isIdle)
    queue.done(1)
    #expect(queue.isIdle)
  }

  @Test func `keeps its order over many turns`() {
    var queue = WorkQueue<Int>()
    var taken: [Int] = []
    for round in 0..<100 {
      for item in 0..<100 { queue.add(round * 100 + item) }
      taken += queue.take(90)
    }
    while case let rest = queue.take(1000), !rest.isEmpty { taken += rest }
    #expect(taken == Array(0..<10_000))
  }
}
