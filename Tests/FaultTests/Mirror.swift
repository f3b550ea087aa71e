import GitOps
import Structured
import Synchronization

/// The store under test, and what was seen of it.
final class Mirror: Sendable {
  private struct State {
    var store = Store()
    /// Every list that was taken for complete: `namespace/name` to `uid@version`.
    var lists: [[String: String]] = []
    var problems: [String] = []
    var links: [String] = []
  }

  let stream: StreamID
  private let state = Mutex(State())

  init(_ stream: StreamID) { self.stream = stream }

  var lists: [[String: String]] { state.withLock { $0.lists } }
  var problems: [String] { state.withLock { $0.problems } }
  var links: [String] { state.withLock { $0.links } }

  func apply(_ change: Change) {
    state.withLock { state in
      switch change {
      case .replaceAll(_, let objects):
        let rows = Self.rows(objects)
        if rows.count != objects.count { state.problems.append("a list names an object twice") }
        state.lists.append(rows)
      case .link(_, let link): state.links.append(link.reason.map { "\(link.word) (\($0))" } ?? link.word)
      case .upsert, .remove: break
      }
      _ = state.store.apply(change)
    }
  }

  private var objects: [Object] {
    state.withLock { state in state.store.refs(in: stream).compactMap { state.store.object($0) } }
  }

  var contents: [String: String] { Self.rows(objects) }

  static func rows(_ objects: [Object]) -> [String: String] {
    Dictionary(objects.map { ($0.ref.path, "\($0.uid)@\($0.resourceVersion)") }) { _, last in last }
  }

  /// How the objects' own content differs from what the server holds; nil when it does not.
  func difference(from served: [JSON]) -> String? {
    let mine = Dictionary(objects.map { ($0.ref.path, $0) }) { _, last in last }
    for json in served {
      let path = FaultWorld.path(json)
      guard let object = mine[path], let document = try? JSON(parsing: object.bytes) else {
        return "\(path) is missing"
      }
      for member in ["spec", "data"] where document[member] != json[member] { return "\(path): \(member)" }
      if document["metadata"]?["labels"] != json["metadata"]?["labels"] { return "\(path): labels" }
    }
    return mine.count == served.count ? nil : "\(mine.count) objects instead of \(served.count)"
  }
}
