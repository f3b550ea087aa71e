import Foundation
import Synchronization
import TestKit

/// A proxy on loopback that leads everything to one port, and writes down what it was asked for.
final class LoopbackProxy: Sendable {
  enum Behaviour: Sendable {
    /// CONNECT (RFC 9110, 9.3.6): opens the tunnel.
    case tunnel(to: UInt16)
    /// SOCKS 5 (RFC 1928), with user name and password when the client offers them (RFC 1929).
    case socks(to: UInt16)
    /// Answers with these bytes and closes.
    case answer(String)
  }

  let port: UInt16
  private let listener: Int32
  private let behaviour: Behaviour
  private let heads = Mutex<[String]>([])

  /// The heads of CONNECT requests; of SOCKS `user:password` and `host:port`.
  var asked: [String] { heads.withLock { $0 } }

  init(_ behaviour: Behaviour) throws {
    self.behaviour = behaviour
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bare in
        bind(descriptor, bare, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, bare, &length) == 0
      }
    }
    guard isBound else { throw Missed("no port for the proxy") }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        guard let self else {
          close(client)
          return
        }
        Thread.detachNewThread { self.serve(client) }
      }
    }
  }

  deinit { stop() }

  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  /// Speaks to a client that is connected already; closes it at the end.
  func serve(_ client: Int32) {
    defer { close(client) }
    switch behaviour {
    case .tunnel(let port):
      guard let head = Self.head(client) else { return }
      heads.withLock { $0.append(head) }
      guard let server = Self.connected(port) else { return }
      Self.send(client, Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8))
      Self.pump(client, server)
    case .answer(let text):
      guard let head = Self.head(client) else { return }
      heads.withLock { $0.append(head) }
      Self.send(client, Array(text.utf8))
    case .socks(let port):
      guard negotiate(client), let server = Self.connected(port) else { return }
      Self.send(client, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
      Self.pump(client, server)
    }
  }

  private func negotiate(_ client: Int32) -> Bool {
    guard let greeting = Self.take(client, 2), greeting[0] == 5, let methods = Self.take(client, Int(greeting[1]))
    else {
      return false
    }
    if methods.contains(2) {
      Self.send(client, [5, 2])
      guard let start = Self.take(client, 2), let user = Self.take(client, Int(start[1])),
        let length = Self.take(client, 1), let password = Self.take(client, Int(length[0]))
      else { return false }
      heads.withLock {
        $0.append("\(String(decoding: user, as: UTF8.self)):\(String(decoding: password, as: UTF8.self))")
      }
      Self.send(client, [1, 0])
    } else {
      Self.send(client, [5, 0])
    }
    guard let request = Self.take(client, 4) else { return false }
    var name = ""
    if request[3] == 3 {
      guard let length = Self.take(client, 1), let bytes = Self.take(client, Int(length[0])) else { return false }
      name = String(decoding: bytes, as: UTF8.self)
    } else {
      guard let bytes = Self.take(client, request[3] == 4 ? 16 : 4) else { return false }
      name = "address \(bytes.map(String.init).joined(separator: "."))"
    }
    guard let port = Self.take(client, 2) else { return false }
    heads.withLock { $0.append("\(name):\(Int(port[0]) << 8 | Int(port[1]))") }
    return true
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func connected(_ port: UInt16) -> Int32? {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result == 0 { return server }
    close(server)
    return nil
  }

  private static func head(_ client: Int32) -> String? {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard bytes.count < 1 << 16, let next = take(client, 1) else { return nil }
      bytes += next
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func take(_ client: Int32, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      // Also over a pair of sockets to another program.
      let got = bytes.withUnsafeMutableBytes { raw in
        raw.baseAddress.map { read(client, $0 + have, count - have) } ?? 0
      }
      guard got > 0 else { return nil }
      have += got
    }
    return bytes
  }

  private static func send(_ client: Int32, _ bytes: [UInt8]) {
    _ = Foundation.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Copies both ways until one side ends.
  private static func pump(_ client: Int32, _ server: Int32) {
    let ended = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      copy(server, client)
      ended.signal()
    }
    copy(client, server)
    ended.wait()
    close(server)
  }

  private static func copy(_ from: Int32, _ to: Int32) {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = recv(from, &bytes, bytes.count, 0)
      guard count > 0, Foundation.send(to, bytes, count, Int32(MSG_NOSIGNAL)) == count else { break }
    }
    shutdown(to, Int32(SHUT_RDWR))
    shutdown(from, Int32(SHUT_RDWR))
  }
}
