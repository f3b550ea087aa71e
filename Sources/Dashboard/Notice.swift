import Cells
import FoundationEssentials

/// A sentence on the bottom line.
struct Notice: Sendable, Hashable {
  enum Level: Sendable, Hashable { case plain, good, warning, error }
  enum Lasting: Sendable, Hashable {
    /// An answer to a key: the next key takes it away.
    case untilKey
    /// News: gone after a while by itself.
    case seconds
  }

  static let lifetime = 10.0
  let text: SafeText
  let level: Level
  let lasting: Lasting
  let at: Date
}

extension State {
  /// Answers a key, or says something that the operator should see until the next key.
  mutating func say(_ text: SafeText, _ level: Notice.Level = .plain) {
    notices.append(Notice(text: text, level: level, lasting: .untilKey, at: now))
    rememberNotice()
  }

  /// Tells what happened meanwhile.
  mutating func report(_ text: SafeText, _ level: Notice.Level) {
    notices.removeAll { $0.lasting == .seconds }
    notices.append(Notice(text: text, level: level, lasting: .seconds, at: now))
    rememberNotice()
  }

  private mutating func rememberNotice() {
    if notices.count > 8 { notices.removeFirst(notices.count - 8) }
    if let notice = notices.last { history.append(notice) }
    if history.count > 200 { history.removeFirst(history.count - 200) }
  }

  mutating func dismissNotices() { notices.removeAll { $0.lasting == .untilKey } }

  mutating func expireNotices() {
    notices.removeAll { $0.lasting == .seconds && now.timeIntervalSince($0.at) >= Notice.lifetime }
  }
}
