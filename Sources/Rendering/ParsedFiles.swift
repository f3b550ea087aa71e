import GitOps
import Structured
import Synchronization

/// Files of one repository that were parsed: a file that did not change is parsed once for all commits and all reconcilers.
/// Safe from any thread.
public final class ParsedFiles: Sendable {
  /// What was read how. Origins name the path, so that the same content elsewhere is another entry.
  struct Key: Hashable {
    enum Form { case manifest, kustomization }

    let blob: String
    let file: UInt32
    let form: Form
  }

  enum Content {
    case resources([Resource])
    case kustomization(YAMLNode?)
  }

  struct Entry {
    let content: Content
    /// The length of its text.
    let bytes: Int
  }

  /// Two generations: what is used moves to the young one, and when that is full, the old one is dropped.
  private struct State {
    var young: [Key: Entry] = [:]
    var old: [Key: Entry] = [:]
    var youngBytes = 0
  }

  /// The numbers of its paths.
  let files = FileIndex()
  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: bytes of text that one generation holds. Parsed, it takes about ten times that, most of it shared
  ///   with the objects that are made from it.
  public init(limit: Int = 4 << 20) { self.limit = limit }

  subscript(key: Key) -> Entry? {
    get {
      state.withLock { state in
        if let entry = state.young[key] { return entry }
        guard let entry = state.old[key] else { return nil }
        insert(entry, for: key, into: &state)
        return entry
      }
    }
    set {
      guard let newValue else { return }
      state.withLock { insert(newValue, for: key, into: &$0) }
    }
  }

  private func insert(_ entry: Entry, for key: Key, into state: inout State) {
    guard entry.bytes <= limit else { return }
    if state.youngBytes + entry.bytes > limit {
      (state.old, state.young, state.youngBytes) = (state.young, [:], 0)
    }
    if state.young.updateValue(entry, forKey: key) == nil { state.youngBytes += entry.bytes }
  }
}
