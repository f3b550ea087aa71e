import Synchronization
import Testing

@testable import Helpers

@Suite struct HelperSlotsTests {
  /// Bodies that stay until the test lets them go, one at a time.
  private final class Gate: Sendable {
    struct State {
      var inside = 0
      var most = 0
      var entered = 0
      var staying: [CheckedContinuation<Void, Never>] = []
    }
    let state = Mutex(State())
    let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation

    init() { (arrivals, arrived) = AsyncStream.makeStream() }

    func stay() async {
      await withCheckedContinuation { continuation in
        state.withLock { state in
          state.inside += 1
          state.entered += 1
          state.most = max(state.most, state.inside)
          state.staying.append(continuation)
        }
        arrived.yield()
      }
    }

    func letOneGo() {
      let continuation = state.withLock { state in
        state.inside -= 1
        return state.staying.removeFirst()
      }
      continuation.resume()
    }
  }

  @Test func A17_atMostFourRunAtOnce() async {
    let slots = HelperSlots()
    let gate = Gate()
    var arrivals = gate.arrivals.makeAsyncIterator()
    await withTaskGroup { group in
      for number in 0..<20 { group.addTask { await slots.run(user: "u\(number)") { await gate.stay() } } }
      for _ in 0..<4 { await arrivals.next() }
      for left in 0..<20 {
        #expect(gate.state.withLock { $0.inside } <= 4)
        gate.letOneGo()
        if left < 16 { await arrivals.next() }
      }
      await group.waitForAll()
    }
    #expect(gate.state.withLock { $0.most } == 4)
    #expect(gate.state.withLock { $0.entered } == 20)
  }

  @Test func A17_oneAtATimeForAUserEntry() async {
    let slots = HelperSlots()
    let gate = Gate()
    var arrivals = gate.arrivals.makeAsyncIterator()
    await withTaskGroup { group in
      for _ in 0..<5 { group.addTask { await slots.run(user: "same") { await gate.stay() } } }
      for _ in 0..<5 {
        await arrivals.next()
        gate.letOneGo()
      }
      await group.waitForAll()
    }
    #expect(gate.state.withLock { $0.most } == 1)
  }

  @Test func whoLeavesWaitsNoLonger() async {
    let slots = HelperSlots()
    let gate = Gate()
    var arrivals = gate.arrivals.makeAsyncIterator()
    let first = Task { await slots.run(user: "u") { await gate.stay() } }
    await arrivals.next()
    let second = Task { await slots.run(user: "u") { 1 } }
    second.cancel()
    #expect(await second.value == nil)
    gate.letOneGo()
    #expect(await first.value != nil)
    #expect(await slots.run(user: "u") { 2 } == 2)
  }

  @Test func nothingStartsAfterTheEnd() async {
    let slots = HelperSlots()
    let begun = AsyncStream.makeStream(of: Void.self)
    var arrivals = begun.stream.makeAsyncIterator()
    let running = Task {
      await slots.run {
        begun.continuation.yield()
        // Until it is cancelled.
        try? await Task.sleep(for: .seconds(3600))
        return Task.isCancelled
      }
    }
    await arrivals.next()
    await slots.end()
    #expect(await running.value == true)
    #expect(await slots.run { 1 } == nil)
  }
}
