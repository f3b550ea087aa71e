import Foundation
import Synchronization

/// A TCP server on loopback that answers each request as the test says, or not at all.
final class LoopbackServer: Sendable {
  let port: Int
  /// The head of each request, in order of arrival.
  let requests: AsyncStream<String>
  private let listener: Int32
  private let connections = Connections()
  private let seen: AsyncStream<String>.Continuation

  /// - Parameter answer: request head → the whole response; nil: silence, with the connection kept open.
  init(_ answer: @escaping @Sendable (String) -> [UInt8]?) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard bound else { throw CocoaError(.fileReadUnknown) }
    port = Int(UInt16(bigEndian: address.sin_port))
    (requests, seen) = AsyncStream.makeStream()
    let connections = connections
    let seen = seen
    // The threads do not know the server: it can go, and they end. Each closes what it waits on itself, so that no
    // descriptor is used after its number went to another test.
    Thread {
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        _ = connections.open.withLock { $0.insert(connection) }
        Thread {
          Self.serve(connection, answer) { seen.yield($0) }
          _ = connections.open.withLock { $0.remove(connection) }
          close(connection)
        }.start()
      }
      close(listener)
    }.start()
  }

  private static func serve(
    _ connection: Int32, _ answer: @Sendable (String) -> [UInt8]?, _ note: (String) -> Void
  ) {
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) == 1 {
      head.append(byte)
      guard head.suffix(4).elementsEqual("\r\n\r\n".utf8) else { continue }
      let text = String(decoding: head, as: UTF8.self)
      head = []
      note(text)
      guard let response = answer(text) else { continue }
      _ = send(connection, response, response.count, Int32(MSG_NOSIGNAL))
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    connections.open.withLock { for connection in $0 { shutdown(connection, Int32(SHUT_RDWR)) } }
    seen.finish()
  }

  private final class Connections: Sendable {
    let open = Mutex<Set<Int32>>([])
  }

  static func response(_ status: String, headers: [String] = [], body: String = "") -> [UInt8] {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
  }

  /// What `git-upload-pack --advertise-refs` says over http (gitprotocol-http).
  static func advertisement(_ references: [(name: String, commit: String)]) -> [UInt8] {
    func packet(_ text: String) -> String {
      let size = String(text.utf8.count + 4, radix: 16)
      return String(repeating: "0", count: 4 - size.count) + size + text
    }
    var body = packet("# service=git-upload-pack\n") + "0000"
    for (index, reference) in references.enumerated() {
      let capabilities = index == 0 ? "\0multi_ack side-band-64k ofs-delta" : ""
      body += packet("\(reference.commit) \(reference.name)\(capabilities)\n")
    }
    return response(
      "200 OK", headers: ["Content-Type: application/x-git-upload-pack-advertisement"], body: body + "0000")
  }
}
