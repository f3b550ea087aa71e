import Foundation
import TestKit

/// What `make bench` prints.
struct Figures {
  private var lines: [String]

  init(_ title: String) { lines = [title] }

  mutating func add(_ line: String) { lines.append("  " + line) }

  func show() { print(lines.joined(separator: "\n")) }

  static func milliseconds(_ duration: Duration) -> String { seconds(duration, digits: 1, scale: 1000) + " ms" }
  static func seconds(_ duration: Duration) -> String { seconds(duration, digits: 2, scale: 1) + " s" }

  private static func seconds(_ duration: Duration, digits: Int, scale: Double) -> String {
    String(format: "%.\(digits)f", duration / .seconds(1) * scale)
  }

  static func mebibytes(_ bytes: Int) -> String { String(format: "%.1f MiB", Double(bytes) / 1_048_576) }
}

extension [Duration] {
  /// The value that this share of all is not above.
  func share(_ share: Double) -> Duration {
    let sorted = sorted()
    let index = Int((Double(sorted.count) * share).rounded(.up)) - 1
    return sorted.isEmpty ? .zero : sorted[Swift.max(0, Swift.min(sorted.count - 1, index))]
  }

  var median: Duration { share(0.5) }
}

/// A program in a terminal whose start is known to the millisecond: tmux needs longer than that.
struct TimedSession {
  let session: TmuxSession
  private let stamp: String
  private let folder: TemporaryFolder

  init(_ words: [String], width: Int = 200, height: Int = 50, environment: [String: String]) async throws {
    folder = try TemporaryFolder("timed")
    stamp = folder.file("began")
    session = try await TmuxSession(
      ["/bin/sh", "-c", #"date +%s%N >"$0"; exec "$@""#, stamp] + words, width: width, height: height,
      environment: environment)
  }

  /// Waits for a screen, looking as often as tmux can show it.
  /// - Returns: the time from the program's start until the screen was there.
  func time(until what: String, within limit: Duration, _ isThere: (String) -> Bool) async throws -> Duration {
    let end = ContinuousClock.now + limit
    while true {
      let screen = try await session.screen()
      let now = Date()
      if isThere(screen) {
        guard let began = Double(folder.read("began").trimmingCharacters(in: .whitespacesAndNewlines)) else {
          throw Missed("the program's start was not written down")
        }
        return .seconds(now.timeIntervalSince1970 - began / 1e9)
      }
      guard ContinuousClock.now < end else { throw Missed("not within \(limit): \(what)\n\(screen)") }
    }
  }
}
