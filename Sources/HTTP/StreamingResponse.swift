/// How the answer to a streaming request begins.
public enum StreamStart: Sendable {
  /// Status 2xx: the lines, or the bytes, come as the server sends them.
  case streaming(StreamingResponse)
  /// Any other status: the whole answer.
  case answer(Response)
}

/// An answer that goes on. It ends when its reader lets go of it, calls `close()`, or is cancelled.
public final class StreamingResponse: Sendable {
  public let status: Int
  public let headers: Headers
  let buffer: StreamBuffer
  private let transfer: UInt64
  private let loop: CurlLoop

  init(status: Int, headers: Headers, buffer: StreamBuffer, transfer: UInt64, loop: CurlLoop) {
    self.status = status
    self.headers = headers
    self.buffer = buffer
    self.transfer = transfer
    self.loop = loop
  }

  deinit { loop.post(.cancel(transfer)) }

  /// Bytes of the body that arrived so far, read or not: a number that grows is a sign of life.
  public var received: UInt64 { buffer.received }

  /// The next line without its newline; nil at the end. For one reader.
  /// - Throws: `.cut`, `.tooLarge` and the like; `.cancelled` when the task is cancelled or the stream was closed.
  public func nextLine() async throws(HTTPError) -> [UInt8]? { try await next() }

  /// The next bytes as they came, never none of them; nil at the end. For the one reader of a request that does not cut
  /// lines.
  /// - Throws: as `nextLine()`.
  public func nextChunk() async throws(HTTPError) -> [UInt8]? { try await next() }

  private func next() async throws(HTTPError) -> [UInt8]? {
    while true {
      if Task.isCancelled { close() }
      switch buffer.take() {
      case .line(let line, let resumes):
        if resumes { loop.post(.resume(transfer)) }
        return line
      case .end(let end):
        try end.get()
        return nil
      case .nothing:
        await withTaskCancellationHandler {
          await buffer.wait()
        } onCancel: {
          close()
        }
      }
    }
  }

  /// Ends the stream from any task: lines that arrived stay readable, then the reader gets `.cancelled`.
  public func close() {
    buffer.finish(.failure(HTTPError(.cancelled, host: "", cause: "cancelled")))
    loop.post(.cancel(transfer))
  }
}
