import Testing

@testable import Git

struct FetchSlotsTests {
  private func slots(downloads: Int = 4, perHost: Int = 2, all: Int = 32) -> FetchSlots {
    var limits = FetchLimits()
    limits.fetches = downloads
    limits.fetchesPerHost = perHost
    limits.conversations = all
    return FetchSlots(limits)
  }

  private func place(_ host: String, _ mirror: String, isDownload: Bool = true) -> FetchSlots.Place {
    FetchSlots.Place(host: host, mirror: mirror, isDownload: isDownload)
  }

  private func wait(for slots: FetchSlots, _ count: Int = 1) async {
    while await slots.waiting < count { await Task.yield() }
  }

  @Test func letsTwoRunOnAHostAndTheThirdWhenOneEnds() async {
    let slots = slots()
    #expect(await slots.acquire(place("a", "1")) == .granted)
    #expect(await slots.acquire(place("a", "2", isDownload: false)) == .granted)
    let third = Task { await slots.acquire(place("a", "3")) }
    await wait(for: slots)
    // Another host is not held up by it.
    #expect(await slots.acquire(place("b", "4")) == .granted)
    #expect(await slots.waiting == 1)
    await slots.release(place("a", "1"))
    #expect(await third.value == .granted)
    #expect(await slots.waiting == 0)
  }

  @Test func letsNoMoreDownloadThanInAllWhileOthersMayAsk() async {
    let slots = slots(downloads: 2, all: 3)
    #expect(await slots.acquire(place("a", "1")) == .granted)
    #expect(await slots.acquire(place("b", "2")) == .granted)
    let third = Task { await slots.acquire(place("c", "3")) }
    await wait(for: slots)
    #expect(await slots.acquire(place("d", "4", isDownload: false)) == .granted)
    // Asking has a limit, too.
    let fifth = Task { await slots.acquire(place("e", "5", isDownload: false)) }
    await wait(for: slots, 2)
    await slots.release(place("d", "4", isDownload: false))
    #expect(await fifth.value == .granted)
    await slots.release(place("b", "2"))
    #expect(await third.value == .granted)
  }

  @Test func letsOneRunForAMirror() async {
    let slots = slots(perHost: 4)
    #expect(await slots.acquire(place("a", "1")) == .granted)
    let second = Task { await slots.acquire(place("a", "1")) }
    await wait(for: slots)
    await slots.release(place("a", "1"))
    #expect(await second.value == .granted)
  }

  @Test func forgetsAWaiterThatIsCancelled() async {
    let slots = slots(downloads: 1, perHost: 1)
    #expect(await slots.acquire(place("a", "1")) == .granted)
    let waiter = Task { await slots.acquire(place("a", "2")) }
    await wait(for: slots)
    waiter.cancel()
    #expect(await waiter.value == .cancelled)
    await slots.release(place("a", "1"))
    #expect(await slots.acquire(place("a", "3")) == .granted)
  }

  @Test func tellsThoseWhoWaitForASilentHostAndNobodyElse() async {
    let slots = slots(downloads: 1, perHost: 1)
    #expect(await slots.acquire(place("a", "1")) == .granted)
    let same = Task { await slots.acquire(place("a", "2")) }
    let other = Task { await slots.acquire(place("b", "3")) }
    await wait(for: slots, 2)
    await slots.release(place("a", "1"), hostIsSilent: true)
    #expect(await same.value == .hostIsSilent)
    #expect(await other.value == .granted)
  }
}
