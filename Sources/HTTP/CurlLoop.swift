import CCurl
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The thread that runs libcurl. Others only post commands.
///
/// Every lane has its own multi handle, because a multi handle is a pool of connections and libcurl cannot be told which
/// connection of a pool to use: this is what keeps short requests off the watches' connections and at most 90 watches on
/// each. One `poll` serves all lanes.
///
/// `@unchecked Sendable`: `mailbox`, `system` and the counter are for all threads; everything else is touched by the
/// loop's thread only.
final class CurlLoop: @unchecked Sendable {
  enum Command {
    case start(Ticket, Request, Sink)
    case cancel(UInt64)
    /// The reader of a paused stream has room again.
    case resume(UInt64)
    /// The connections to this origin may be dead: new requests get new ones.
    case renew(origin: String)
    case stop
  }

  /// Who waits for the transfer.
  enum Sink {
    case whole(CheckedContinuation<Result<Response, HTTPError>, Never>)
    case lines(StreamBuffer, CheckedContinuation<Result<StreamStart, HTTPError>, Never>)
  }

  private struct Mailbox {
    var commands: [Command] = []
    var life = Life.idle
  }

  private enum Life {
    case idle
    /// The end of the pipe that wakes the thread.
    case running(wakeUp: Int32)
    case stopped
  }

  let system: SystemCalls
  private let mailbox = Mutex(Mailbox())
  private let counter = Atomic<UInt64>(1)

  /// The other end of the pipe. Touched by the loop's thread, and before it by who starts it.
  private var wakeUp: Int32 = -1
  private var lanes: [Lane.Key: [Lane]] = [:]
  private var transfers: [UInt64: Transfer] = [:]
  private static let curlIsReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(system: SystemCalls = SystemCalls()) { self.system = system }

  deinit {
    if wakeUp >= 0 { close(wakeUp) }
    mailbox.withLock { box in if case .running(let end) = box.life { close(end) } }
  }

  func nextTransfer() -> UInt64 { counter.add(1, ordering: .relaxed).oldValue }

  /// From any thread. The first request starts the loop's thread: where there is none to be had, the request fails and
  /// the next one tries again.
  func post(_ command: Command) {
    let refusal = mailbox.withLock { box -> HTTPError? in
      switch box.life {
      case .running(let wakeUp):
        box.commands.append(command)
        var byte: UInt8 = 0
        // A full pipe has a wake-up in it already.
        _ = write(wakeUp, &byte, 1)
      case .idle:
        if case .stop = command { box.life = .stopped }
        guard case .start = command else { return nil }
        if let problem = begin(&box) { return HTTPError(.setUp, host: "", cause: problem) }
        box.commands.append(command)
      case .stopped: return CurlLoop.isShutDown
      }
      return nil
    }
    if let refusal, case .start(_, _, let sink) = command { Transfer.refuse(sink, refusal) }
  }

  private static let isShutDown = HTTPError(.cancelled, host: "", cause: "the network is shut down")

  /// Starts the thread, which keeps the loop alive until `.stop`.
  /// - Returns: why it cannot be started.
  private func begin(_ box: inout Mailbox) -> String? {
    guard CurlLoop.curlIsReady else { return "libcurl does not start" }
    guard let ends = system.pipe() else {
      return SystemCalls.isExhaustion(errno) ? SystemCalls.noDescriptors : "no pipe for the network"
    }
    wakeUp = ends.read
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    let context = Unmanaged.passRetained(self)
    let made = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        CurlLoop.leaveSignalsToOthers()
        Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard made == 0 else {
      context.release()
      close(ends.read)
      close(ends.write)
      wakeUp = -1
      return "no thread for the network"
    }
    box.life = .running(wakeUp: ends.write)
    #if canImport(Glibc)
      pthread_detach(thread)
    #endif
    return nil
  }

  /// Signals are read elsewhere (B12), and a write to a closed connection is an error here, not SIGPIPE. What a fault of
  /// this thread raises stays open: the terminal is restored by its handler.
  private static func leaveSignalsToOthers() {
    var signals = sigset_t()
    sigfillset(&signals)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
    pthread_sigmask(SIG_SETMASK, &signals, nil)
  }

  private func run() {
    var entries: [pollfd] = []
    var owners: [Lane?] = []
    while true {
      let commands = mailbox.withLock { box in
        defer { box.commands = [] }
        return box.commands
      }
      for (index, command) in commands.enumerated() {
        if case .stop = command { return stop(commands[(index + 1)...]) }
        obey(command)
      }
      entries.removeAll(keepingCapacity: true)
      owners.removeAll(keepingCapacity: true)
      entries.append(pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0))
      owners.append(nil)
      for lane in allLanes {
        for (socket, events) in lane.sockets {
          entries.append(pollfd(fd: socket, events: events, revents: 0))
          owners.append(lane)
        }
      }
      let ready = poll(&entries, nfds_t(entries.count), millisecondsToWait())
      // Poll refuses more entries than descriptors are allowed: lowered limits must not make it spin.
      if ready < 0, errno != EINTR { _ = poll(nil, 0, 50) }
      if ready > 0 {
        if entries[0].revents != 0 { drainWakeUp() }
        for (entry, owner) in zip(entries, owners) where entry.revents != 0 {
          owner?.act(on: entry.fd, events: entry.revents)
        }
      }
      let now = Tick.now
      for lane in allLanes {
        lane.runTimer(now)
        collect(lane)
      }
      expire(now)
    }
  }

  private var allLanes: [Lane] { lanes.values.flatMap { $0 } }

  private func drainWakeUp() {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(wakeUp, &bytes, bytes.count) > 0 {}
  }

  private func obey(_ command: Command) {
    switch command {
    case .start(let ticket, let request, let sink):
      begin(ticket, request, sink)
    case .cancel(let id):
      guard let transfer = transfers[id] else { return }
      finish(transfer, with: .failure(HTTPError(.cancelled, host: "", cause: "cancelled")))
    case .resume(let id):
      if let transfer = transfers[id], let error = transfer.resume() { finish(transfer, with: .failure(error)) }
    case .renew(let origin):
      for (key, group) in lanes where key.origin == origin { for lane in group { lane.isRetired = true } }
    case .stop: break
    }
  }

  private func begin(_ ticket: Ticket, _ request: Request, _ sink: Sink) {
    if ticket.isCancelled {
      return Transfer.refuse(sink, HTTPError(.cancelled, host: "", cause: "cancelled"))
    }
    do throws(HTTPError) {
      let transfer = try Transfer(id: ticket.transfer, request: request, sink: sink, loop: self)
      let lane = try lane(for: request, address: transfer.address)
      transfers[transfer.id] = transfer
      lane.add(transfer)
    } catch {
      Transfer.refuse(sink, error)
    }
  }

  private func lane(for request: Request, address: Address) throws(HTTPError) -> Lane {
    let key = Lane.Key(
      origin: address.origin, tls: request.tls, proxy: request.proxy, channel: request.channel)
    if let lane = lanes[key]?.first(where: { lane in
      !lane.isRetired && (request.channel != .stream || lane.load < Lane.streamsPerConnection)
    }) {
      return lane
    }
    guard let lane = Lane(key) else {
      throw HTTPError(.setUp, host: address.hostAndPort, cause: "no resources for another connection")
    }
    lanes[key, default: []].append(lane)
    return lane
  }

  /// Takes the transfers that libcurl is done with.
  private func collect(_ lane: Lane) {
    while let (id, code) = lane.nextMessage() {
      guard let transfer = transfers[id] else { continue }
      let outcome = transfer.outcome(code)
      finish(transfer, with: outcome)
      if case .failure(let error) = outcome, error.isOfConnection, !transfer.isConnected {
        failWaiting(in: lane, error)
      }
    }
  }

  /// What waits in the same lane for the connection that could not be made fails with it, instead of trying one by one.
  private func failWaiting(in lane: Lane, _ error: HTTPError) {
    for transfer in lane.unconnected { finish(transfer, with: .failure(error)) }
  }

  private func finish(_ transfer: Transfer, with outcome: Result<Void, HTTPError>) {
    transfers[transfer.id] = nil
    transfer.lane?.remove(transfer)
    transfer.finish(outcome)
  }

  private func expire(_ now: Tick) {
    for transfer in Array(transfers.values) where transfers[transfer.id] != nil {
      guard let error = transfer.expiry(at: now) else { continue }
      let lane = transfer.lane
      let wasConnected = transfer.isConnected
      // Who does not answer one request may never answer the next one on the same connection either.
      if wasConnected { lane?.isRetired = true }
      finish(transfer, with: .failure(error))
      if !wasConnected, error.isOfConnection, let lane { failWaiting(in: lane, error) }
    }
    for (key, group) in lanes where group.contains(where: { $0.isIdle(at: now) }) {
      lanes[key] = group.filter { !$0.isIdle(at: now) }
      if lanes[key]?.isEmpty == true { lanes[key] = nil }
    }
  }

  private func millisecondsToWait() -> Int32 {
    var next = Tick.never
    for lane in allLanes { next = min(next, lane.nextTick) }
    for transfer in transfers.values { next = min(next, transfer.nextTick) }
    return next.milliseconds(after: .now)
  }

  /// - Parameter late: what was posted behind the stop and taken with it: somebody waits for its answer.
  private func stop(_ late: ArraySlice<Command>) {
    let rest = mailbox.withLock { box in
      if case .running(let end) = box.life { close(end) }
      box.life = .stopped
      defer { box.commands = [] }
      return late + box.commands
    }
    for case .start(_, _, let sink) in rest { Transfer.refuse(sink, CurlLoop.isShutDown) }
    for transfer in Array(transfers.values) { finish(transfer, with: .failure(CurlLoop.isShutDown)) }
    lanes = [:]
  }
}
