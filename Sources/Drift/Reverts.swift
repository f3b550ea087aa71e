import FoundationEssentials
import GitOps

/// Fields of one object that were seen put back: who is put back three times in an hour is fought over (`drift.md` R7).
public struct Reverts: Sendable, Hashable {
  /// Pointer → when, oldest first.
  private var times: [String: [Date]] = [:]

  private static let period: TimeInterval = 3600
  private static let count = 3

  public init() {}

  /// Takes a comparison: a field that differed and does not any more was put back, unless Git says something else now.
  public mutating func take(_ rows: [DriftRow], earlier: [DriftRow], now: Date) {
    for row in earlier where !row.pointer.isEmpty && [.drifted, .contested].contains(row.driftClass) {
      guard !rows.contains(where: { $0.pointer == row.pointer }) else { continue }
      times[row.pointer] = ((times[row.pointer] ?? []) + [now]).suffix(Self.count)
    }
    for (pointer, seen) in times where seen.allSatisfy({ now.timeIntervalSince($0) > Self.period }) {
      times[pointer] = nil
    }
  }

  public var isEmpty: Bool { times.isEmpty }

  /// The pointers that are fought over at a time.
  public func fought(at now: Date) -> Set<String> {
    Set(
      times.filter { $0.value.count == Self.count && now.timeIntervalSince($0.value[0]) <= Self.period }.map(\.key))
  }
}
