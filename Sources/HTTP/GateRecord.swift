import Synchronization

/// Counts what passed a gate and what it refused: `METHOD path template` and `METHOD: reason`.
public final class GateRecord: Sendable {
  private struct Counts {
    var sent: [String: Int] = [:]
    var refused: [String: Int] = [:]
  }

  private let counts = Mutex(Counts())

  public init() {}

  /// How often each `GET /api/{version}/namespaces/{namespace}/{resource}` was sent.
  public var sent: [String: Int] { counts.withLock { $0.sent } }

  public var refused: [String: Int] { counts.withLock { $0.refused } }

  func note(sent method: Request.Method, _ template: String) {
    counts.withLock { $0.sent["\(method.rawValue) \(template)", default: 0] += 1 }
  }

  func note(refused method: Request.Method, _ reason: String) {
    counts.withLock { $0.refused["\(method.rawValue): \(reason)", default: 0] += 1 }
  }
}
