import CGit2
import Glibc

/// Our transport of the smart protocol over http and https, for every remote of this process: libgit2 1.5 has a transport of
/// its own, without time-outs and without the rules of our network (D7).
enum HTTPTransport {
  /// Lives as long as the process: libgit2 keeps the address. Written once, before it is registered.
  private nonisolated(unsafe) static let definition: UnsafeMutablePointer<git_smart_subtransport_definition> = {
    let definition = UnsafeMutablePointer<git_smart_subtransport_definition>.allocate(capacity: 1)
    // Stateless: each step of the conversation is one request.
    definition.initialize(
      to: git_smart_subtransport_definition(
        callback: { out, _, _ in HTTPTransport.make(out) }, rpc: 1, param: nil))
    return definition
  }()

  /// Once, at the set-up of the library.
  static func register() -> Bool {
    ["https", "http"].allSatisfy { (scheme: String) in
      git_transport_register(scheme, git_transport_smart, definition) == 0
    }
  }

  private static func fail(_ text: String) -> Int32 {
    git_error_set_str(Int32(GIT_ERROR_NET.rawValue), text)
    return -1
  }

  private static func make(_ out: UnsafeMutablePointer<UnsafeMutablePointer<git_smart_subtransport>?>?) -> Int32 {
    guard let out, let operation = FetchOperation.current,
      let memory = calloc(1, MemoryLayout<cgit2_subtransport>.size)
    else { return fail("no conversation to connect for") }
    let transport = memory.bindMemory(to: cgit2_subtransport.self, capacity: 1)
    transport.pointee.operation = Unmanaged.passRetained(operation).toOpaque()
    transport.pointee.parent.action = { out, transport, _, service in HTTPTransport.begin(out, transport, service) }
    transport.pointee.parent.close = { _ in 0 }
    transport.pointee.parent.free = { transport in
      guard let transport else { return }
      let own = UnsafeMutableRawPointer(transport).assumingMemoryBound(to: cgit2_subtransport.self)
      Unmanaged<FetchOperation>.fromOpaque(own.pointee.operation).release()
      Glibc.free(own)
    }
    out.pointee = memory.assumingMemoryBound(to: git_smart_subtransport.self)
    return 0
  }

  /// The next request of the conversation. The address that libgit2 passes is the one that it was given: the operation has
  /// it, parsed and checked.
  private static func begin(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_smart_subtransport_stream>?>?,
    _ transport: UnsafeMutablePointer<git_smart_subtransport>?, _ service: git_smart_service_t
  ) -> Int32 {
    guard let out, let transport, let memory = calloc(1, MemoryLayout<cgit2_exchange>.size) else {
      return fail("no memory for a request")
    }
    let purpose: HTTPExchange.Purpose
    switch service {
    case GIT_SERVICE_UPLOADPACK_LS: purpose = .references
    case GIT_SERVICE_UPLOADPACK: purpose = .pack
    default:
      Glibc.free(memory)
      return fail("repositories are only read")
    }
    let own = UnsafeMutableRawPointer(transport).assumingMemoryBound(to: cgit2_subtransport.self)
    let operation = Unmanaged<FetchOperation>.fromOpaque(own.pointee.operation).takeUnretainedValue()
    let stream = memory.bindMemory(to: cgit2_exchange.self, capacity: 1)
    stream.pointee.exchange = Unmanaged.passRetained(HTTPExchange(purpose, of: operation)).toOpaque()
    stream.pointee.parent.subtransport = transport
    stream.pointee.parent.read = { stream, buffer, size, count in
      guard let buffer, let count else { return -1 }
      let space = UnsafeMutableRawBufferPointer(start: buffer, count: size)
      guard let got = HTTPTransport.exchange(stream).read(into: space) else {
        return HTTPTransport.fail("the transfer was ended")
      }
      count.pointee = got
      return 0
    }
    stream.pointee.parent.write = { stream, bytes, size in
      HTTPTransport.exchange(stream).write(UnsafeRawBufferPointer(start: bytes, count: size))
      return 0
    }
    stream.pointee.parent.free = { stream in
      guard let stream else { return }
      let own = UnsafeMutableRawPointer(stream).assumingMemoryBound(to: cgit2_exchange.self)
      Unmanaged<HTTPExchange>.fromOpaque(own.pointee.exchange).release()
      Glibc.free(own)
    }
    out.pointee = memory.assumingMemoryBound(to: git_smart_subtransport_stream.self)
    return 0
  }

  private static func exchange(_ stream: UnsafeMutablePointer<git_smart_subtransport_stream>?) -> HTTPExchange {
    guard let stream else { preconditionFailure("libgit2 calls back with the stream that it was given") }
    let own = UnsafeMutableRawPointer(stream).assumingMemoryBound(to: cgit2_exchange.self)
    return Unmanaged<HTTPExchange>.fromOpaque(own.pointee.exchange).takeUnretainedValue()
  }
}
