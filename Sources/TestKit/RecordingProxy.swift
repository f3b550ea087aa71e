import Foundation
import HTTP
import Synchronization

/// A plain HTTP/1.1 server on loopback that passes every request on to an API server, and remembers it. A program under
/// test is given its address in place of the API server's.
public final class RecordingProxy: Sendable {
  /// A request as the program sent it.
  public struct Recorded: Sendable, Hashable {
    public let method: String
    /// Path and query.
    public let target: String
    /// Names in lower case.
    public let headers: [String: String]
  }

  public let port: UInt16
  private let upstream: String
  private let tls: TLS
  private let token: String
  private let network = Network()
  private let listener: LoopbackListener
  private let requests = Mutex<[Recorded]>([])

  public var url: String { "http://127.0.0.1:\(port)" }
  public var recorded: [Recorded] { requests.withLock { $0 } }

  /// - Parameters:
  ///   - upstream: the API server's address; authorities: the PEM bytes that verify it.
  ///   - token: with which requests are passed on: clients do not send theirs without TLS.
  public init(to upstream: String, authorities: [UInt8]?, token: String = RealAPIServer.adminToken) throws {
    self.upstream = upstream
    self.token = token
    var tls = TLS()
    tls.authorities = authorities
    self.tls = tls
    listener = try LoopbackListener()
    port = listener.port
    // One thread accepts, one serves each connection: they block, so none of them is the concurrency pool's.
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener.descriptor, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread { self.serve(connection) }
      }
    }
  }

  /// Stops accepting; connections that are open end with their clients.
  public func close() { listener.shutDown() }

  private func serve(_ connection: Int32) {
    defer { _ = Foundation.close(connection) }
    var reader = ConnectionReader(connection)
    while let head = reader.head() {
      let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true).map(String.init)
      let words = lines.first?.split(separator: " ").map(String.init) ?? []
      guard words.count == 3 else { return }
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        guard let colon = line.firstIndex(of: ":") else { continue }
        headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
      guard let body = reader.body(length: headers["content-length"].flatMap { Int($0) } ?? 0) else { return }
      let recorded = Recorded(method: words[0], target: words[1], headers: headers)
      requests.withLock { $0.append(recorded) }
      guard pass(recorded, body, to: connection) else { return }
    }
  }

  /// - Returns: whether the connection can carry another request.
  private func pass(_ recorded: Recorded, _ body: [UInt8], to connection: Int32) -> Bool {
    guard let method = Request.Method(rawValue: recorded.method) else {
      return Self.write("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n", to: connection)
    }
    let isStream = ["watch=1", "watch=true", "follow=true"].contains { recorded.target.contains($0) }
    var request = Request(
      method, upstream + recorded.target, target: .apiServer(base: upstream),
      headers: recorded.headers.filter { !Self.ownHeaders.contains($0.key) }.map { ($0.key, $0.value) }
        + [("authorization", "Bearer \(token)")],
      body: body.isEmpty ? nil : body, channel: isStream ? .stream : .short, timeouts: isStream ? .stream : Timeouts(),
      tls: tls)
    request.deliversUnterminatedLine = true
    let ended = DispatchSemaphore(value: 0)
    let isOpen = Mutex(true)
    // The thread of the connection waits for the task: the task is what may talk to the network.
    Task {
      let result = await self.answer(request, isStream: isStream, to: connection)
      isOpen.withLock { $0 = result }
      ended.signal()
    }
    ended.wait()
    return isOpen.withLock { $0 }
  }

  private static let ownHeaders: Set<String> = [
    "host", "connection", "authorization", "content-length", "accept-encoding", "transfer-encoding",
  ]

  private func answer(_ request: Request, isStream: Bool, to connection: Int32) async -> Bool {
    do {
      if isStream {
        switch try await network.stream(request, gate: .open) {
        case .streaming(let stream): return try await copy(stream, to: connection)
        case .answer(let response): return Self.write(response, to: connection)
        }
      }
      return Self.write(try await network.send(request, gate: .open), to: connection)
    } catch {
      return Self.write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", to: connection)
    }
  }

  private func copy(_ stream: StreamingResponse, to connection: Int32) async throws(HTTPError) -> Bool {
    let type = stream.headers["content-type"] ?? "application/json"
    let head = "HTTP/1.1 \(stream.status) OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n"
    guard Self.write(head, to: connection) else { return false }
    while let line = try await stream.nextLine() {
      let chunk = Array("\(String(line.count + 1, radix: 16))\r\n".utf8) + line + Array("\n\r\n".utf8)
      guard Self.write(chunk, to: connection) else {
        stream.close()
        return false
      }
    }
    return Self.write("0\r\n\r\n", to: connection)
  }

  private static func write(_ response: Response, to connection: Int32) -> Bool {
    let type = response.headers["content-type"] ?? "application/json"
    var head = "HTTP/1.1 \(response.status) X\r\nContent-Type: \(type)\r\nContent-Length: \(response.body.count)\r\n"
    if let after = response.headers["retry-after"] { head += "Retry-After: \(after)\r\n" }
    return write(Array("\(head)\r\n".utf8) + response.body, to: connection)
  }

  private static func write(_ text: String, to connection: Int32) -> Bool { write(Array(text.utf8), to: connection) }

  private static func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}

/// Reads requests from a blocking socket.
private struct ConnectionReader {
  private let connection: Int32
  private var buffer: [UInt8] = []

  init(_ connection: Int32) { self.connection = connection }

  /// Everything before the empty line; nil at the end of the connection.
  mutating func head() -> String? {
    while true {
      if let end = buffer.indices.first(where: { buffer[$0...].starts(with: [13, 10, 13, 10]) }) {
        let text = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end + 4)
        return text
      }
      guard buffer.count < 1 << 18, fill() else { return nil }
    }
  }

  mutating func body(length: Int) -> [UInt8]? {
    while buffer.count < length { guard fill() else { return nil } }
    let body = Array(buffer[..<length])
    buffer.removeFirst(length)
    return body
  }

  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    let count = recv(connection, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    buffer += chunk[..<count]
    return true
  }
}
