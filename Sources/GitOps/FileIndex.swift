import Structured
import Synchronization

/// Paths by number, which the origins of values name. All renderings of one repository share one, so that what was read once
/// keeps its origins; it only grows.
public final class FileIndex: Sendable {
  private struct State {
    var paths: [String] = []
    var numbers: [String: UInt32] = [:]
  }

  private let state: Mutex<State>

  /// An index that knows some paths, numbered from 0.
  public init(_ paths: [String] = []) {
    let numbers = Dictionary(paths.enumerated().map { ($1, UInt32(clamping: $0)) }) { first, _ in first }
    state = Mutex(State(paths: paths, numbers: numbers))
  }

  /// The number of a path; new ones get the next.
  public func index(of path: String) -> UInt32 {
    state.withLock { state in
      if let number = state.numbers[path] { return number }
      let number = UInt32(clamping: state.paths.count)
      state.paths.append(path)
      state.numbers[path] = number
      return number
    }
  }

  /// The path with a number.
  public func path(_ file: UInt32) -> String? {
    state.withLock { Int(file) < $0.paths.count ? $0.paths[Int(file)] : nil }
  }

  /// `apps/web.yaml:14`; nil for an origin without a file.
  public func place(_ origin: Origin) -> String? {
    guard origin.hasFile, let path = path(origin.file) else { return nil }
    return origin.line > 0 ? "\(path):\(origin.line)" : path
  }
}
