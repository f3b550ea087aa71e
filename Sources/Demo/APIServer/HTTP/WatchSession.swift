import FoundationEssentials
import Structured

/// One watch: reads the store's window of events from where it is, whenever it is woken.
struct WatchSession: PieceSource {
  struct Options: Sendable {
    var filter: Filter
    /// Nil: begin with the present state.
    var from: UInt64?
    var sendsBookmarks: Bool
    /// A bookmark marks the end of the initial state (kubernetes: streaming lists).
    var marksInitialEnd: Bool
    var timeout: Duration
    var bookmarkInterval: Duration
    var time: ServerTime
  }

  private let store: ClusterStore
  private let options: Options
  private let encoder: ObjectEncoder
  private var wakes: AsyncStream<Void>.Iterator
  private let ticker: Ticker
  private let deadline: Duration
  private var nextBookmark: Duration
  /// How often all watches had been told to end when this one began.
  private let interruptions: Int
  private var cursor: UInt64?
  private var isFirst = true
  private var isDone = false

  init(store: ClusterStore, encoder: ObjectEncoder, options: Options) {
    self.store = store
    self.encoder = encoder
    self.options = options
    let (stream, wake) = store.changes(of: encoder.kind.resource)
    wakes = stream.makeAsyncIterator()
    let now = options.time.now()
    deadline = now + options.timeout
    nextBookmark = now + options.bookmarkInterval
    interruptions = store.interruptions.count
    let rhythm = options.sendsBookmarks ? min(options.bookmarkInterval, options.timeout) : options.timeout
    ticker = Ticker(every: rhythm, on: options.time, wake: wake)
    cursor = options.from
  }

  mutating func next() async throws -> [UInt8]? {
    if isDone { return nil }
    while true {
      if let interruption = store.interruptions.dropFirst(interruptions).first {
        isDone = true
        if interruption == .end { return nil }
        return ObjectEncoder.errorLine(.expired("too old resource version: the events are gone"))
      }
      let piece = cursor.map { changes(since: $0) } ?? initialState()
      if !piece.isEmpty { return piece }
      let now = options.time.now()
      if now >= deadline {
        isDone = true
        return options.sendsBookmarks ? bookmark() : nil
      }
      if options.sendsBookmarks, now >= nextBookmark {
        nextBookmark = now + options.bookmarkInterval
        return bookmark()
      }
      guard await wakes.next() != nil, !Task.isCancelled else { return nil }
    }
  }

  private func bookmark() -> [UInt8] { encoder.bookmark(cursor ?? 0, endsInitialEvents: false) }

  private mutating func initialState() -> [UInt8] {
    let (encoder, filter) = (encoder, options.filter)
    let (objects, version) = store.read { store in
      let table = store.table(encoder.kind.resource)
      let objects = table.keys.compactMap { key in table.objects[key].flatMap { filter.matches(key, $0) ? $0 : nil } }
      return (objects, store.version)
    }
    cursor = version
    var piece: [UInt8] = []
    for object in objects {
      piece += encoder.watchLine(.added, object, isFirst: isFirst)
      isFirst = false
    }
    if options.marksInitialEnd { piece += encoder.bookmark(version, endsInitialEvents: true) }
    return piece
  }

  private mutating func changes(since version: UInt64) -> [UInt8] {
    let resource = encoder.kind.resource
    let (result, newest) = store.read { store in
      (
        Result { () throws(APIStatus) in try store.events(after: version).filter { $0.resource == resource } },
        store.version
      )
    }
    switch result {
    case .failure(let status):
      isDone = true
      return ObjectEncoder.errorLine(status)
    case .success(let events):
      cursor = max(version, newest)
      var piece: [UInt8] = []
      for event in events {
        guard let kind = event.seen(by: options.filter) else { continue }
        // An object that stopped matching is sent as it was, with the version of the change.
        let object = kind == .deleted && event.kind != .deleted ? event.departed(encoder.versionForm) : event.object
        piece += encoder.watchLine(kind, object, isFirst: isFirst)
        isFirst = false
      }
      return piece
    }
  }
}

extension StoreEvent {
  /// The state before, carrying the version of this event (kubernetes: cacher, DELETED for selectors).
  fileprivate func departed(_ form: VersionForm) -> StoredObject {
    guard let previous else { return object }
    return StoredObject(
      version: version, text: form.text(version), previous.json, entries: previous.entries, previous: previous)
  }
}

/// Wakes a watch now and then, for bookmarks and its end. Owned by the session: it ends with it.
private final class Ticker: Sendable {
  private let task: Task<Void, Never>

  init(every interval: Duration, on time: ServerTime, wake: AsyncStream<Void>.Continuation) {
    task = Task {
      while !Task.isCancelled {
        try? await time.sleep(interval)
        wake.yield()
      }
    }
  }

  deinit { task.cancel() }
}
