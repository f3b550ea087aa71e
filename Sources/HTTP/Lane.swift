import CCurl

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A pool of connections to one server for one purpose: a multi handle of libcurl with the sockets and the timer it asks
/// for. Touched by the loop's thread only.
final class Lane {
  /// What must be equal to share a connection.
  struct Key: Hashable {
    let origin: String
    let tls: TLS
    let proxy: String?
    let channel: Request.Channel
  }

  /// Kubernetes announces 100 streams a connection at the least (1.36; 1.20: 250); the rest is for what we do not count.
  static let streamsPerConnection = 90
  /// More short requests wait their turn.
  static let shortRequestsAtOnce = 40
  private static let idleLimit: Duration = .seconds(60)

  let key: Key
  private let multi: UnsafeMutableRawPointer
  private(set) var transfers: [UInt64: Transfer] = [:]
  /// Short requests beyond the limit, oldest first.
  private var waiting: [Transfer] = []
  private(set) var sockets: [Int32: Int16] = [:]
  /// Its connection may be dead: nothing new is sent on it.
  var isRetired = false
  private var timer = Tick.never
  /// A connection attempt failed, and libcurl has to be told to make the next one.
  private var mustRunAll = false
  private var idleSince: Tick

  /// Nil when libcurl has no memory for it.
  init?(_ key: Key) {
    guard let multi = curl_multi_init() else { return nil }
    self.key = key
    self.multi = multi
    idleSince = .now
    let context = Unmanaged.passUnretained(self).toOpaque()
    // Measured with libcurl 7.88: with the default of 100, watches beyond it open a connection each.
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 1000)
    _ = ccurl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context)
    _ = ccurl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context)
    _ = ccurl_multi_set_socket(multi) { _, socket, what, context, _ in
      guard let context else { return 0 }
      Unmanaged<Lane>.fromOpaque(context).takeUnretainedValue().watch(socket, what)
      return 0
    }
    _ = ccurl_multi_set_timer(multi) { _, milliseconds, context in
      guard let context else { return 0 }
      let lane = Unmanaged<Lane>.fromOpaque(context).takeUnretainedValue()
      lane.timer = milliseconds < 0 ? .never : Tick.now.after(.milliseconds(milliseconds))
      return 0
    }
  }

  deinit {
    _ = ccurl_multi_set_socket(multi, nil)
    _ = ccurl_multi_set_timer(multi, nil)
    curl_multi_cleanup(multi)
  }

  var load: Int { transfers.count + waiting.count }

  var nextTick: Tick { load == 0 ? min(timer, idleSince.after(isRetired ? .zero : Lane.idleLimit)) : timer }

  func isIdle(at now: Tick) -> Bool { load == 0 && (isRetired || idleSince.after(Lane.idleLimit) <= now) }

  /// One of its transfers has a TCP connection and no finished handshake: others may wait longer for it.
  var isHandshaking: Bool { transfers.values.contains { $0.isHandshaking } }

  /// Those that have no connection yet; the ones that wait their turn first, so that none is started in between.
  var unconnected: [Transfer] { waiting + transfers.values.filter { !$0.isConnected } }

  func add(_ transfer: Transfer) {
    transfer.lane = self
    if key.channel == .short, transfers.count >= Lane.shortRequestsAtOnce {
      waiting.append(transfer)
    } else {
      start(transfer)
    }
  }

  private func start(_ transfer: Transfer) {
    transfers[transfer.id] = transfer
    transfer.hasStarted()
    curl_multi_add_handle(multi, transfer.easy)
  }

  func remove(_ transfer: Transfer) {
    if transfers.removeValue(forKey: transfer.id) != nil {
      curl_multi_remove_handle(multi, transfer.easy)
    } else {
      waiting.removeAll { $0.id == transfer.id }
    }
    transfer.lane = nil
    if !waiting.isEmpty, transfers.count < Lane.shortRequestsAtOnce { start(waiting.removeFirst()) }
    if load == 0 { idleSince = .now }
  }

  private func watch(_ socket: curl_socket_t, _ what: Int32) {
    switch what {
    case CURL_POLL_IN: sockets[socket] = Int16(POLLIN)
    case CURL_POLL_OUT: sockets[socket] = Int16(POLLOUT)
    case CURL_POLL_INOUT: sockets[socket] = Int16(POLLIN | POLLOUT)
    default:
      sockets[socket] = nil
      if transfers.values.contains(where: { !$0.isConnected && $0.lastSocket == socket }) { mustRunAll = true }
    }
  }

  /// Measured with libcurl 7.88: when the connection to one address of a name fails, the next address is tried only when
  /// the transfer is run again, and nothing runs it: no socket, and a timer of minutes.
  private func runWhatWaitsForNothing() {
    var running: Int32 = 0
    while mustRunAll {
      mustRunAll = false
      ccurl_multi_run_all(multi, &running)
    }
  }

  func act(on socket: Int32, events: Int16) {
    var mask: Int32 = 0
    if events & Int16(POLLIN | POLLHUP) != 0 { mask |= CURL_CSELECT_IN }
    if events & Int16(POLLOUT) != 0 { mask |= CURL_CSELECT_OUT }
    if events & Int16(POLLERR | POLLNVAL) != 0 { mask |= CURL_CSELECT_ERR }
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, mask, &running)
    runWhatWaitsForNothing()
  }

  func runTimer(_ now: Tick) {
    guard timer <= now else { return }
    timer = .never
    var running: Int32 = 0
    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
    runWhatWaitsForNothing()
  }

  /// The next transfer that libcurl is done with.
  func nextMessage() -> (id: UInt64, code: CURLcode)? {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      guard let transfer = Transfer.owner(of: easy) else { continue }
      return (transfer.id, ccurl_message_result(message))
    }
    return nil
  }
}
