import CProcess
import Cells
import Dispatch
import Glibc

/// Reads keys and signals on a queue of its own and hands them on as events, in order.
///
/// `@unchecked Sendable`: every stored property that changes is touched on `queue` only.
nonisolated final class InputReader: @unchecked Sendable {
  enum Event: Sendable {
    case input(InputEvent)
    /// SIGTSTP arrived: someone asks the program to stop.
    case stop
    /// SIGCONT arrived: the terminal may have been used by others.
    case resumed
  }

  let events: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation
  private let queue = DispatchQueue(label: "driftglass.terminal.input")
  private let descriptor: Int32
  private let signals: Int32
  private var keySource: (any DispatchSourceRead)?
  private var signalSource: (any DispatchSourceRead)?
  private var decoder = InputDecoder()
  /// Counts the arrivals of bytes, so that a late flush knows it is outdated.
  private var arrivals = 0
  private var resizeIsPlanned = false
  private var lastResize = DispatchTime(uptimeNanoseconds: 0)

  /// The least time between two resize events: 20 layouts in a second (requirement B13).
  private static let resizeInterval = DispatchTimeInterval.milliseconds(50)

  init(descriptor: Int32, signals: Int32) {
    self.descriptor = descriptor
    self.signals = signals
    (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(2048))
  }

  func start() {
    queue.sync {
      keySource = source(descriptor) { reader in reader.readKeys() }
      signalSource = source(signals) { reader in reader.readSignals() }
    }
  }

  func stop() {
    queue.sync {
      keySource?.cancel()
      signalSource?.cancel()
      keySource = nil
      signalSource = nil
    }
    continuation.finish()
  }

  /// Leaves the keys to somebody else; signals are still read.
  func pause() {
    queue.sync {
      keySource?.cancel()
      keySource = nil
    }
  }

  func resume() {
    queue.sync { keySource = source(descriptor) { reader in reader.readKeys() } }
  }

  private func source(_ descriptor: Int32, _ handler: @escaping @Sendable (InputReader) -> Void)
    -> any DispatchSourceRead
  {
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    source.setEventHandler { [weak self] in
      if let self { handler(self) }
    }
    source.activate()
    return source
  }

  private func readKeys() {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, 0) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = ready.revents & Int16(POLLIN) != 0 ? read(descriptor, &bytes, bytes.count) : 0
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count > 0 else {
      // End of input, EIO, or a terminal that is gone: it would be readable for ever.
      keySource?.cancel()
      keySource = nil
      send(.input(.hangup))
      return
    }
    arrivals += 1
    for event in decoder.decode(bytes[..<count]) { send(.input(event)) }
    planFlush()
  }

  private func planFlush() {
    guard let patience = decoder.patience else { return }
    let planned = arrivals
    let (seconds, attoseconds) = patience.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    queue.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [weak self] in
      guard let self, arrivals == planned else { return }
      for event in decoder.flush() { send(.input(event)) }
    }
  }

  private func readSignals() {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(signals, &bytes, bytes.count)
    guard count > 0 else { return }
    for number in Set(bytes[..<count].map(Int32.init)) {
      switch number {
      case SIGWINCH: resize()
      case SIGTSTP: send(.stop)
      case SIGCONT: send(.resumed)
      case SIGTERM, SIGINT, SIGHUP, SIGQUIT: send(.input(.quit))
      default: break
      }
    }
  }

  /// Sends the size now, or once at the end of the interval when one was sent just before.
  private func resize() {
    guard !resizeIsPlanned else { return }
    let due = lastResize + InputReader.resizeInterval
    if due <= .now() {
      sendSize()
    } else {
      resizeIsPlanned = true
      queue.asyncAfter(deadline: due) { [weak self] in
        guard let self else { return }
        resizeIsPlanned = false
        sendSize()
      }
    }
  }

  private func sendSize() {
    lastResize = .now()
    send(.input(.resize(Surroundings.size(of: descriptor))))
  }

  /// Keys are dropped when nobody takes them; what must not be lost is sent again.
  private func send(_ event: Event) {
    guard case .dropped = continuation.yield(event) else { return }
    switch event {
    case .input(.key), .input(.mouse), .input(.paste): break
    default: queue.asyncAfter(deadline: .now() + .milliseconds(100)) { [weak self] in self?.send(event) }
    }
  }
}
