import CGit2
import Glibc

/// The TCP connections of libgit2's ssh transport. libgit2 1.5 has no timeouts: with our own sockets a connection attempt
/// ends, and `FetchOperation.stop` can end a conversation with a silent server (D7).
enum SocketStream {
  /// Once, at the set-up of the library. With a libgit2 whose structures are unknown its own sockets stay, and a fetch
  /// that hangs is left behind with its thread.
  static func register() {
    guard cgit2_knows_socket_layout() == 1 else { return }
    var registration = git_stream_registration()
    registration.version = GIT_STREAM_VERSION
    registration.`init` = { out, host, port in SocketStream.make(out, host, port) }
    _ = git_stream_register(GIT_STREAM_STANDARD, &registration)
  }

  private static func fail(_ text: String) -> Int32 {
    git_error_set_str(Int32(GIT_ERROR_NET.rawValue), text)
    return -1
  }

  private static func make(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_stream>?>?, _ host: UnsafePointer<CChar>?,
    _ port: UnsafePointer<CChar>?
  ) -> Int32 {
    guard let out, let host, let port, let memory = calloc(1, MemoryLayout<cgit2_socket>.size) else {
      return fail("no memory for a connection")
    }
    let socket = memory.bindMemory(to: cgit2_socket.self, capacity: 1)
    socket.pointee.host = strdup(host)
    socket.pointee.port = strdup(port)
    socket.pointee.descriptor = -1
    socket.pointee.parent.version = GIT_STREAM_VERSION
    socket.pointee.parent.connect = { SocketStream.connect(SocketStream.socket($0)) }
    socket.pointee.parent.read = { SocketStream.read(SocketStream.socket($0), $1, $2) }
    socket.pointee.parent.write = { stream, bytes, count, _ in
      SocketStream.write(SocketStream.socket(stream), bytes, count)
    }
    socket.pointee.parent.close = { SocketStream.close(SocketStream.socket($0)) }
    socket.pointee.parent.free = { stream in
      guard let socket = SocketStream.socket(stream) else { return }
      _ = SocketStream.close(socket)
      Glibc.free(socket.pointee.host)
      Glibc.free(socket.pointee.port)
      Glibc.free(socket)
    }
    out.pointee = memory.assumingMemoryBound(to: git_stream.self)
    return 0
  }

  private static func socket(_ stream: UnsafeMutablePointer<git_stream>?) -> UnsafeMutablePointer<cgit2_socket>? {
    stream.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: cgit2_socket.self) }
  }

  private static func connect(_ socket: UnsafeMutablePointer<cgit2_socket>?) -> Int32 {
    guard let socket else { return fail("no connection") }
    let host = String(cString: socket.pointee.host)
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, socket.pointee.port, &hints, &found)
    guard code == 0 else { return fail("\(host) is not found: \(String(cString: gai_strerror(code)))") }
    defer { freeaddrinfo(found) }
    let limit = FetchOperation.current?.limits.connect ?? FetchLimits().connect
    var problem = "no address"
    var next = found
    while let candidate = next?.pointee {
      next = candidate.ai_next
      let kind = candidate.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
      let descriptor = Glibc.socket(candidate.ai_family, kind, candidate.ai_protocol)
      guard descriptor >= 0 else { continue }
      if let operation = FetchOperation.current, !operation.attach(descriptor) {
        Glibc.close(descriptor)
        return fail("stopped")
      }
      if let error = establish(descriptor, candidate, limit: limit) {
        problem = error
        FetchOperation.current?.detach()
        Glibc.close(descriptor)
        continue
      }
      socket.pointee.descriptor = descriptor
      FetchOperation.current?.progressed()
      return 0
    }
    return fail("failed to connect to \(host): \(problem)")
  }

  /// Nil on success, else why not.
  private static func establish(_ descriptor: Int32, _ address: addrinfo, limit: Duration) -> String? {
    if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return nil }
    guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
    guard wait(descriptor, for: POLLOUT, limit: limit) else { return "no answer in \(limit.seconds) s" }
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code == 0 else {
      return String(cString: strerror(code == 0 ? errno : code))
    }
    return nil
  }

  private static func wait(_ descriptor: Int32, for events: Int32, limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return false }
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = poll(&entry, 1, max(1, left.milliseconds))
      if count > 0 { return true }
      if count < 0, errno != EINTR { return false }
    }
  }

  private static var idleLimit: Duration { FetchOperation.current?.limits.idle ?? FetchLimits().idle }

  private static func read(
    _ socket: UnsafeMutablePointer<cgit2_socket>?, _ bytes: UnsafeMutableRawPointer?, _ count: Int
  ) -> Int {
    guard let socket else { return -1 }
    while true {
      let got = recv(socket.pointee.descriptor, bytes, count, 0)
      if got >= 0 {
        FetchOperation.current?.progressed()
        return got
      }
      guard isTransient(errno) else { return Int(fail("error receiving data: \(String(cString: strerror(errno)))")) }
      guard wait(socket.pointee.descriptor, for: POLLIN, limit: idleLimit) else {
        FetchOperation.current?.stop(.idle)
        return Int(fail("no data"))
      }
    }
  }

  private static func write(
    _ socket: UnsafeMutablePointer<cgit2_socket>?, _ bytes: UnsafePointer<CChar>?, _ count: Int
  ) -> Int {
    guard let socket else { return -1 }
    while true {
      let put = send(socket.pointee.descriptor, bytes, count, Int32(MSG_NOSIGNAL))
      if put >= 0 { return put }
      guard isTransient(errno) else { return Int(fail("error sending data: \(String(cString: strerror(errno)))")) }
      guard wait(socket.pointee.descriptor, for: POLLOUT, limit: idleLimit) else {
        FetchOperation.current?.stop(.idle)
        return Int(fail("the server takes no data"))
      }
    }
  }

  private static func isTransient(_ code: Int32) -> Bool { code == EAGAIN || code == EWOULDBLOCK || code == EINTR }

  private static func close(_ socket: UnsafeMutablePointer<cgit2_socket>?) -> Int32 {
    guard let socket, socket.pointee.descriptor >= 0 else { return 0 }
    FetchOperation.current?.detach()
    Glibc.close(socket.pointee.descriptor)
    socket.pointee.descriptor = -1
    return 0
  }
}
