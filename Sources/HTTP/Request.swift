/// One request to the network. Everything that decides where it goes and what it may cost is in it.
public struct Request: Sendable {
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case patch = "PATCH"
    case put = "PUT"
    case delete = "DELETE"
  }

  /// Which connections carry it.
  public enum Channel: Sendable, Hashable {
    /// Answers that are read whole: on a connection of their own, so that no watch delays them.
    case short
    /// Answers that go on for minutes: at most 90 share a connection.
    case stream
    /// The small question that proves life: on a connection of its own, so that nothing large delays its answer.
    case heartbeat
  }

  /// What is spoken to: decides the rules of the read-only gate.
  public enum Target: Sendable, Hashable {
    /// A Kubernetes API server whose paths begin after `base`, for instance `https://rancher.example.com/k8s/clusters/c-1`.
    case apiServer(base: String)
    /// A Git repository at `base`, over smart HTTP.
    case repository(base: String)
  }

  public var method: Method
  /// Absolute, with everything escaped already: it is sent as it is.
  public var url: String
  public var target: Target
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]?
  public var channel: Channel
  public var timeouts: Timeouts
  public var limits: Limits
  public var tls: TLS
  /// `http://`, `https://` or `socks5://` address of a proxy, perhaps with userinfo; nil goes straight. The
  /// environment's proxy variables are never read here: who may use them passes the address.
  public var proxy: String?
  /// A POST that changes nothing: an access review.
  public var isHarmless = false
  /// Asks for gzip. The limits count bytes after decompression.
  public var acceptsGzip: Bool
  /// For streams: hand out what follows the last newline when the stream ends cleanly. A watch must not: a cut line is
  /// not a fact; a log may.
  public var deliversUnterminatedLine = false
  /// For streams: false hands out the bytes as they come, for `nextChunk()`, instead of lines.
  public var cutsLines = true

  public init(
    _ method: Method, _ url: String, target: Target, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, channel: Channel = .short, timeouts: Timeouts = Timeouts(), limits: Limits = Limits(),
    tls: TLS = TLS(), proxy: String? = nil
  ) {
    self.method = method
    self.url = url
    self.target = target
    self.headers = headers
    self.body = body
    self.channel = channel
    self.timeouts = timeouts
    self.limits = limits
    self.tls = tls
    self.proxy = proxy
    acceptsGzip = channel == .short
  }

  /// Whether libcurl may send it again when a reused connection turns out dead. Never for what changes something: that
  /// gets a fresh connection, on which libcurl does not repeat.
  var mayRepeat: Bool { method == .get || isHarmless }

  func header(_ name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name.lowercased() == name }?.value
  }
}

/// How long each phase of a request may take.
public struct Timeouts: Sendable, Hashable {
  /// Resolving the name and connecting.
  public var connect: Duration = .seconds(10)
  /// The TLS handshake after it.
  public var handshake: Duration = .seconds(15)
  /// From the request being sent to the answer's headers.
  public var start: Duration = .seconds(30)
  /// Longest gap between bytes of the answer; nil for streams, whose readers know what silence means.
  public var idle: Duration? = .seconds(30)
  /// All of it; nil for streams.
  public var total: Duration? = .seconds(120)

  public init() {}

  /// Every limit so many times shorter: for tests whose clock runs faster than the wall's, on which limits are counted.
  public func divided(by pace: Int) -> Timeouts {
    guard pace > 1 else { return self }
    var timeouts = self
    timeouts.connect = connect / pace
    timeouts.handshake = handshake / pace
    timeouts.start = start / pace
    timeouts.idle = idle.map { $0 / pace }
    timeouts.total = total.map { $0 / pace }
    return timeouts
  }

  /// For streams: only the beginning is limited.
  public static var stream: Timeouts {
    var timeouts = Timeouts()
    timeouts.idle = nil
    timeouts.total = nil
    return timeouts
  }
}

/// How large an answer may be, after decompression (A21).
public struct Limits: Sendable, Hashable {
  /// Bytes of a body read whole.
  public var body = 64 << 20
  /// Bytes of one line of a stream.
  public var line = 8 << 20
  /// Bytes of all header lines.
  public var headers = 256 << 10
  /// A stream that holds this many unread bytes is paused until its reader caught up.
  public var buffer = 1 << 20

  public init() {}
}

/// How the server is authenticated, and we to it.
public struct TLS: Sendable, Hashable {
  /// PEM certificates to trust; nil trusts the system's.
  public var authorities: [UInt8]?
  /// PEM certificate chain and key of the client.
  public var certificate: [UInt8]?
  public var key: [UInt8]?
  /// The name for SNI and for checking the certificate, when it is not the host of the URL.
  public var serverName: String?
  /// False accepts any certificate: only because a kubeconfig says so, and shown to the user for as long as it holds.
  public var verifies = true

  public init() {}
}
