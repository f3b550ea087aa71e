/// The one way to the network: requests of any number of servers, on one thread that never blocks for one of them.
public final class Network: Sendable {
  private let loop: CurlLoop

  /// Its thread starts with the first request.
  public convenience init() { self.init(system: SystemCalls()) }

  init(system: SystemCalls) { loop = CurlLoop(system: system) }

  deinit { loop.post(.stop) }

  /// Sends a request and reads the whole answer, whatever its status. Redirects are answers like any other. Cancelling
  /// the task ends the transfer.
  public func send(_ request: Request, gate: Gate) async throws(HTTPError) -> Response {
    try gate.check(request)
    let ticket = Ticket(loop.nextTransfer())
    let result: Result<Response, HTTPError> = await withTaskCancellationHandler {
      await withCheckedContinuation { loop.post(.start(ticket, request, .whole($0))) }
    } onCancel: {
      ticket.cancel()
      loop.post(.cancel(ticket.transfer))
    }
    return try result.get()
  }

  /// Sends a request whose answer goes on, and returns when its headers are there.
  public func stream(_ request: Request, gate: Gate) async throws(HTTPError) -> StreamStart {
    try gate.check(request)
    let ticket = Ticket(loop.nextTransfer())
    let buffer = StreamBuffer(capacity: request.limits.buffer)
    let result: Result<StreamStart, HTTPError> = await withTaskCancellationHandler {
      await withCheckedContinuation { loop.post(.start(ticket, request, .lines(buffer, $0))) }
    } onCancel: {
      ticket.cancel()
      loop.post(.cancel(ticket.transfer))
    }
    return try result.get()
  }

  /// Requests from now on get new connections to this origin (`https://host:port`); those under way go on.
  public func renewConnections(to origin: String) { loop.post(.renew(origin: origin)) }

  /// Ends every transfer with `.cancelled` and the thread with them. Later requests fail the same way.
  public func shutdown() { loop.post(.stop) }
}
