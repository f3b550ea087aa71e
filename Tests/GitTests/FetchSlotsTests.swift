import Testing

@testable import Git

struct FetchSlotsTests {
  @Test func letsTwoRunOnAHostAndTheThirdWhenOneEnds() async {
    let slots = FetchSlots(limit: 4, perHost: 2)
    #expect(await slots.acquire(host: "a", mirror: "1"))
    #expect(await slots.acquire(host: "a", mirror: "2"))
    let third = Task { await slots.acquire(host: "a", mirror: "3") }
    while await slots.waiting == 0 { await Task.yield() }
    // Another host is not held up by it.
    #expect(await slots.acquire(host: "b", mirror: "4"))
    #expect(await slots.waiting == 1)
    await slots.release(host: "a", mirror: "1")
    #expect(await third.value)
    #expect(await slots.waiting == 0)
  }

  @Test func letsNoMoreRunThanInAll() async {
    let slots = FetchSlots(limit: 2, perHost: 2)
    #expect(await slots.acquire(host: "a", mirror: "1"))
    #expect(await slots.acquire(host: "b", mirror: "2"))
    let third = Task { await slots.acquire(host: "c", mirror: "3") }
    while await slots.waiting == 0 { await Task.yield() }
    await slots.release(host: "b", mirror: "2")
    #expect(await third.value)
  }

  @Test func letsOneRunForAMirror() async {
    let slots = FetchSlots(limit: 4, perHost: 4)
    #expect(await slots.acquire(host: "a", mirror: "1"))
    let second = Task { await slots.acquire(host: "a", mirror: "1") }
    while await slots.waiting == 0 { await Task.yield() }
    await slots.release(host: "a", mirror: "1")
    #expect(await second.value)
  }

  @Test func forgetsAWaiterThatIsCancelled() async {
    let slots = FetchSlots(limit: 1, perHost: 1)
    #expect(await slots.acquire(host: "a", mirror: "1"))
    let waiter = Task { await slots.acquire(host: "a", mirror: "2") }
    while await slots.waiting == 0 { await Task.yield() }
    waiter.cancel()
    #expect(await waiter.value == false)
    await slots.release(host: "a", mirror: "1")
    #expect(await slots.acquire(host: "a", mirror: "3"))
  }
}
