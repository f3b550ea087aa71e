import Cells
import FoundationEssentials
import GitOps

/// What a cell means; the domain's word of the same name is another thing.
typealias Role = Cells.Role

/// The sign and the role of each state. The word always stands beside the sign: meaning is never colour alone (B20).
struct Look {
  let sign: SafeText
  let role: Role

  init(_ sign: SafeText, _ role: Role) {
    self.sign = sign
    self.role = role
  }
}

extension ReconcilerState {
  var look: Look {
    switch self {
    case .failed: Look("✕", .healthFailed)
    case .missing: Look("✕", .driftMissing)
    case .contested: Look("⇄", .driftContested)
    case .drifted: Look("▲", .driftDrifted)
    case .waiting: Look("◌", .healthWaiting)
    case .progressing: Look("↻", .healthProgressing)
    case .overdue, .suspended: Look("‖", .healthSuspended)
    case .deleting: Look("−", .healthDeleting)
    case .pending: Look("→", .driftPending)
    case .unknown: Look("?", .healthUnknown)
    case .ready: Look("●", .healthReady)
    }
  }
}

extension DriftClass {
  var look: Look {
    let sign = SafeText(untrusted: glyph.unicode)
    return switch self {
    case .drifted: Look(sign, .driftDrifted)
    case .contested: Look(sign, .driftContested)
    case .missing: Look(sign, .driftMissing)
    case .extra: Look(sign, .driftExtra)
    case .touched: Look(sign, .driftTouched)
    case .pending: Look(sign, .driftPending)
    case .delegated: Look(sign, .driftDelegated)
    case .mutated: Look(sign, .driftMutated)
    case .excluded: Look(sign, .driftExcluded)
    case .undetermined: Look(sign, .driftUndetermined)
    }
  }
}

extension Link {
  var look: Look {
    switch self {
    case .live: Look("●", .linkLive)
    case .polling: Look("●", .linkPolling)
    case .connecting: Look("◌", .linkConnecting)
    case .stale: Look("○", .linkStale)
    case .retrying: Look("○", .linkRetrying)
    case .forbidden: Look("✕", .linkForbidden)
    case .absent: Look("-", .linkAbsent)
    case .authNeeded: Look("✕", .linkAuth)
    case .stopped: Look("○", .linkStopped)
    }
  }

  /// Whether the word is worth its room beside the sign.
  var isTrouble: Bool {
    switch self {
    case .live, .polling, .absent: false
    case .connecting, .stale, .retrying, .forbidden, .authNeeded, .stopped: true
    }
  }
}

extension RepoRow {
  /// Why it cannot be read, where its address stands beside it already.
  var why: String? {
    guard let reason, reason.hasPrefix("\(url): ") else { return reason }
    return String(reason.dropFirst(url.count + 2))
  }
}

extension DriftCounts {
  /// `▲3 ✕1`, worst first, at most two; `→4` when only something is pending; nothing when all is well.
  var badge: [Span] {
    var parts: [(DriftClass, Int)] = [
      (.contested, contested), (.missing, missing), (.drifted, drifted), (.extra, extra), (.touched, touched),
    ].filter { $0.1 > 0 }
    if parts.isEmpty, pending > 0 { parts = [(.pending, pending)] }
    var spans: [Span] = []
    for (index, (kind, number)) in parts.prefix(2).enumerated() {
      if index > 0 { spans.append(Span(" ")) }
      spans.append(Span(kind.look.sign + SafeText(number), kind.look.role))
    }
    return spans
  }
}

extension DriftCounts {
  /// `▲3`: all counted rows in one number, for narrow places.
  var summary: [Span] {
    guard counted > 0 else { return [] }
    let look = (contested == counted ? DriftClass.contested : .drifted).look
    return [Span(look.sign + SafeText(counted), look.role)]
  }
}

extension LogLine.Level {
  var role: Role {
    switch self {
    case .debug: .dim
    case .info: .log
    case .warning: .logWarning
    case .error: .logError
    }
  }
}

extension Notice.Level {
  var role: Role {
    switch self {
    case .plain: .notice
    case .good: .noticeGood
    case .warning: .noticeWarning
    case .error: .noticeError
    }
  }
}

extension [Span] {
  /// Columns in UTF-8 terminals.
  var width: Int { reduce(0) { $0 + $1.text.width } }

  /// Cut at the end, with a mark, to so many columns.
  func cut(to room: Int) -> [Span] {
    guard width > room else { return self }
    var spans: [Span] = []
    var left = room - 1
    for span in self {
      guard span.text.width > left else {
        spans.append(span)
        left -= span.text.width
        continue
      }
      var text = SafeText.empty
      for character in span.text.string {
        let next = SafeText(untrusted: String(character))
        guard next.width <= left else { break }
        text += next
        left -= next.width
      }
      return left >= 0 || !text.isEmpty ? spans + [Span(text + "…", span.style)] : spans
    }
    return spans
  }
}

extension Span {
  /// Text from outside, cut to what a line can ever show.
  init(untrusted text: String, _ role: Role = .text, _ attributes: Attributes = []) {
    self.init(SafeText(untrusted: text, limit: 1000), role, attributes)
  }
}
