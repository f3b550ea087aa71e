import Foundation
import Synchronization

/// A loopback HTTP/1.1 server on raw sockets that plays a scenario: for each request the test says what comes back, byte
/// for byte if it wants, and later looks at what was asked. One blocking thread a connection: it serves a test, not a
/// crowd.
public final class ScenarioServer: Sendable {
  public struct Request: Sendable {
    public let method: String
    /// Path and query as they were sent.
    public let target: String
    /// Names in small letters.
    public let headers: [String: String]
    public let body: [UInt8]

    public var path: String { String(target.prefix { $0 != "?" }) }
    /// Decoded; empty without a query.
    public var query: [String: String] {
      let items = URLComponents(string: target)?.queryItems ?? []
      return Dictionary(items.map { ($0.name, $0.value ?? "") }) { _, last in last }
    }
    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  public enum Reply: Sendable {
    /// A whole answer with a length.
    case answer(Int, type: String = "application/json", headers: [String] = [], body: [UInt8])
    /// A chunked answer of lines.
    case lines([String], then: End)
    /// A chunked answer that the test writes while it goes on.
    case feed(Feed)
    /// Exactly these bytes.
    case raw([UInt8], then: End)
    /// Nothing, until the client leaves.
    case silence

    public static func json(_ text: String, status: Int = 200, headers: [String] = []) -> Reply {
      .answer(status, headers: headers, body: Array(text.utf8))
    }
  }

  public enum End: Sendable {
    /// The answer is complete; the connection stays.
    case complete
    /// The connection ends in the middle of the answer.
    case cut
    /// The answer goes on, but nothing comes any more, until the client leaves.
    case hold
  }

  /// What a test writes into an answer that goes on.
  public final class Feed: Sendable {
    enum Item: Sendable { case bytes([UInt8]), end(End) }
    private let items = Mutex<[Item]>([])
    private let condition = NSCondition()

    public init() {}

    public func line(_ text: String) { put(.bytes(Array((text + "\n").utf8))) }
    public func bytes(_ bytes: [UInt8]) { put(.bytes(bytes)) }
    public func end(_ end: End) { put(.end(end)) }

    private func put(_ item: Item) {
      condition.lock()
      items.withLock { $0.append(item) }
      condition.signal()
      condition.unlock()
    }

    func take() -> Item {
      condition.lock()
      defer { condition.unlock() }
      while true {
        let item = items.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let item { return item }
        condition.wait()
      }
    }
  }

  private struct State {
    var requests: [Request] = []
    var connections: Set<Int32> = []
    var accepted = 0
    var departures = 0
    var isStopped = false
    var waiters: [(isDue: @Sendable (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

    mutating func due() -> [CheckedContinuation<Void, Never>] {
      let now = self
      let due = waiters.filter { $0.isDue(now) }
      waiters.removeAll { $0.isDue(now) }
      return due.map(\.continuation)
    }
  }

  private let state = Mutex(State())
  private let listener: Int32
  public let port: UInt16
  private let play: @Sendable (Request, Int) -> Reply

  public var url: String { "http://127.0.0.1:\(port)" }

  /// - Parameter play: what to answer to a request, given its number from 0.
  public init(_ play: @escaping @Sendable (Request, Int) -> Reply) throws {
    self.play = play
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw Missed("no socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bare in
        bind(descriptor, bare, length) == 0 && listen(descriptor, 128) == 0
          && getsockname(descriptor, bare, &length) == 0
      }
    }
    guard isBound else { throw Missed("no port: \(String(cString: strerror(errno)))") }
    port = UInt16(bigEndian: address.sin_port)
    // The thread must not keep the server alive: a test that forgets `stop` still ends.
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        guard let self, self.admit(connection) else {
          close(connection)
          return
        }
        Thread.detachNewThread { self.serve(connection) }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// Ends the listener and every connection.
  public func stop() {
    let (connections, due) = state.withLock { state in
      state.isStopped = true
      return (state.connections, state.due())
    }
    shutdown(listener, Int32(SHUT_RDWR))
    for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
    for waiter in due { waiter.resume() }
  }

  // What happened

  public var requests: [Request] { state.withLock { $0.requests } }

  /// Connections that were opened so far.
  public var connections: Int { state.withLock { $0.accepted } }

  /// Waits until that many requests have arrived.
  public func arrived(_ count: Int) async { await wait { $0.requests.count >= count } }

  /// Waits until that many clients have left in the middle of an answer.
  public func departed(_ count: Int) async { await wait { $0.departures >= count } }

  private func wait(_ isDue: @escaping @Sendable (State) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isDueNow = state.withLock { state in
        if isDue(state) || state.isStopped { return true }
        state.waiters.append((isDue, continuation))
        return false
      }
      if isDueNow { continuation.resume() }
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let due = state.withLock { state in
      body(&state)
      return state.due()
    }
    for waiter in due { waiter.resume() }
  }

  // Connections

  private func admit(_ connection: Int32) -> Bool {
    state.withLock { state in
      if state.isStopped { return false }
      state.connections.insert(connection)
      state.accepted += 1
      return true
    }
  }

  private func serve(_ connection: Int32) {
    var buffer: [UInt8] = []
    while let request = read(connection, &buffer) {
      var number = 0
      change { state in
        number = state.requests.count
        state.requests.append(request)
      }
      guard perform(play(request, number), on: connection) else { break }
    }
    _ = state.withLock { $0.connections.remove(connection) }
    close(connection)
  }

  /// False when the connection is over.
  private func perform(_ reply: Reply, on connection: Int32) -> Bool {
    switch reply {
    case .answer(let status, let type, let headers, let body):
      let head =
        (["HTTP/1.1 \(status) Scenario", "Content-Type: \(type)", "Content-Length: \(body.count)"] + headers)
        .joined(separator: "\r\n")
      return write(connection, Array((head + "\r\n\r\n").utf8) + body)
    case .lines(let lines, let end):
      guard beginChunks(connection) else { return false }
      for line in lines where !writeChunk(connection, Array((line + "\n").utf8)) { return false }
      return finish(connection, end, chunked: true)
    case .feed(let feed):
      guard beginChunks(connection) else { return false }
      while true {
        switch feed.take() {
        case .bytes(let bytes):
          guard writeChunk(connection, bytes) else {
            change { $0.departures += 1 }
            return false
          }
        case .end(let end): return finish(connection, end, chunked: true)
        }
      }
    case .raw(let bytes, let end):
      return write(connection, bytes) && finish(connection, end, chunked: false)
    case .silence:
      return finish(connection, .hold, chunked: false)
    }
  }

  private func finish(_ connection: Int32, _ end: End, chunked: Bool) -> Bool {
    switch end {
    case .complete: return chunked ? write(connection, Array("0\r\n\r\n".utf8)) : true
    case .cut: return false
    case .hold:
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
      change { $0.departures += 1 }
      return false
    }
  }

  private func beginChunks(_ connection: Int32) -> Bool {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return write(connection, Array(head.utf8))
  }

  private func writeChunk(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
    bytes.isEmpty
      || write(connection, Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
  }

  private func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { send(connection, $0 + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) } ?? 0
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let gap = Array("\r\n\r\n".utf8)
    var end: Range<Int>?
    while true {
      end = buffer.firstRange(of: gap)
      if end != nil { break }
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      buffer += chunk[..<count]
      // A TLS greeting: answered like a server that knows none.
      if buffer[0] == 0x16 {
        _ = write(connection, Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        return nil
      }
    }
    guard let end else { return nil }
    let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    while buffer.count < end.upperBound + length {
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      buffer += chunk[..<count]
    }
    let body = Array(buffer[end.upperBound..<end.upperBound + length])
    buffer.removeFirst(end.upperBound + length)
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    return Request(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
  }
}
