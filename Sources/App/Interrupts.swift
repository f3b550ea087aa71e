import Dispatch
import Glibc

/// SIGINT, SIGTERM and SIGHUP as something to wait for, in commands without a screen.
@MainActor final class Interrupts {
  private let stream: AsyncStream<Void>
  private let sources: [any DispatchSourceSignal]

  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.stream = stream
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      // It runs on a queue of its own, not on the main actor.
      source.setEventHandler { @Sendable in continuation.yield() }
      source.resume()
      return source
    }
  }

  /// Returns at the first signal.
  func first() async {
    for await _ in stream { return }
  }
}
