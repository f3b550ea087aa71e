import FoundationEssentials
import HTTP

/// One request of a conversation and its answer, on the fetching thread: what libgit2 writes is collected, its first read
/// sends the request, and each read waits for the network (git: gitprotocol-http).
final class HTTPExchange {
  enum Purpose {
    /// `GET info/refs?service=git-upload-pack`.
    case references
    /// `POST git-upload-pack`: a step of the negotiation, or the pack.
    case pack
  }

  private let purpose: Purpose
  private let operation: FetchOperation
  private var body: [UInt8] = []
  private var answer: StreamingResponse?
  private var unread: ArraySlice<UInt8> = []
  private var isAtEnd = false
  private var received = 0
  private var packets = PacketCounter()

  init(_ purpose: Purpose, of operation: FetchOperation) {
    self.purpose = purpose
    self.operation = operation
  }

  func write(_ bytes: UnsafeRawBufferPointer) { body.append(contentsOf: bytes) }

  /// Waits for the next bytes of the answer; 0 at its end, nil when there is none: then the operation knows why.
  func read(into space: UnsafeMutableRawBufferPointer) -> Int? {
    do throws(GitError) {
      if unread.isEmpty, !isAtEnd { try receive() }
    } catch {
      // What was stopped fails for the reason why it was.
      if !operation.isStopped { operation.fail(error) }
      return nil
    }
    let count = min(unread.count, space.count)
    space.copyBytes(from: unread.prefix(count))
    unread = unread.dropFirst(count)
    return count
  }

  private func send() throws(GitError) -> StreamingResponse {
    guard let access = operation.access else {
      throw GitError(.unreachable, "\(operation.address.url): there is no network to read it over")
    }
    let request = try request(access)
    let start = operation.wait { () async -> Result<StreamStart, HTTPError> in
      do throws(HTTPError) {
        return .success(try await access.network.stream(request, gate: access.gate))
      } catch {
        return .failure(error)
      }
    }
    let refusal: (Int, Headers)
    switch start {
    case .failure(let error): throw failure(error)
    case .success(.streaming(let response)):
      operation.heard()
      if response.headers["content-type"]?.lowercased().hasPrefix(expectedType) == true {
        answer = response
        return response
      }
      refusal = (response.status, response.headers)
    case .success(.answer(let response)):
      operation.heard()
      if response.status == 401 { operation.refuseCredential() }
      refusal = (response.status, response.headers)
    }
    throw GitError(
      answerOf: operation.address, status: refusal.0, headers: refusal.1, hadCredential: operation.credential != nil)
  }

  private func receive() throws(GitError) {
    let answer = if let answer { answer } else { try send() }
    let next = operation.wait { () async -> Result<[UInt8]?, HTTPError> in
      do throws(HTTPError) {
        return .success(try await answer.nextChunk())
      } catch {
        return .failure(error)
      }
    }
    guard let chunk = try next.mapError(failure).get() else {
      isAtEnd = true
      return
    }
    operation.heard(bytes: chunk.count)
    received += chunk.count
    unread = chunk[...]
    try checkLimits()
  }

  private func checkLimits() throws(GitError) {
    let limits = operation.limits
    let url = operation.address.url
    guard operation.received <= limits.receivedBytes else {
      throw GitError(.limit, "\(url): it sent more than \(limits.receivedBytes >> 20) MiB; the fetch was ended")
    }
    guard case .references = purpose else { return }
    packets.read(unread)
    guard received <= limits.advertisedBytes else {
      throw GitError(
        .limit, "\(url): its list of references is larger than \(limits.advertisedBytes >> 20) MiB; the fetch was ended"
      )
    }
    // The first line announces the service.
    guard packets.lines <= limits.advertisedReferences + 1 else {
      throw GitError(
        .limit, "\(url): it has more than \(limits.advertisedReferences) references; the fetch was ended")
    }
  }

  private func failure(_ error: HTTPError) -> GitError { GitError(asking: operation.address, error) }

  private var expectedType: String {
    switch purpose {
    case .references: "application/x-git-upload-pack-advertisement"
    case .pack: "application/x-git-upload-pack-result"
    }
  }

  private func request(_ access: HostAccess) throws(GitError) -> Request {
    let address = operation.address
    let base = address.webBase
    // Git hosts tell Git from browsers by this name.
    var headers = [("User-Agent", "git/2.0 (driftglass)"), ("Accept", expectedType)]
    if let credential = operation.credential {
      let pair = Data("\(credential.user):\(credential.password)".utf8).base64EncodedString()
      headers.append(("Authorization", "Basic \(pair)"))
    }
    var request: Request
    switch purpose {
    case .references:
      request = Request(
        .get, "\(base)/info/refs?service=git-upload-pack", target: .repository(base: base), headers: headers,
        channel: .stream)
      request.acceptsGzip = true
    case .pack:
      headers.append(("Content-Type", "application/x-git-upload-pack-request"))
      request = Request(
        .post, "\(base)/git-upload-pack", target: .repository(base: base), headers: headers, body: body,
        channel: .stream)
      request.isHarmless = true
    }
    request.cutsLines = false
    request.timeouts.connect = operation.limits.connect
    request.timeouts.start = operation.limits.idle
    request.timeouts.idle = operation.limits.idle
    // The operation limits the whole conversation.
    request.timeouts.total = nil
    request.limits.body = 1 << 20
    request.tls.authorities = operation.authorities
    do {
      request.proxy = access.proxies.proxy(for: try Address(parsing: base))
    } catch {
      throw GitError(.refusedAddress, "\(address.url): refused: \(error.description)")
    }
    return request
  }
}
