import Structured

/// One line of `driftglass check`: what was looked at, how it stands, and what to do about it.
struct CheckFinding: Sendable, Equatable {
  enum State: String, Sendable, CaseIterable { case ok, warning, failed }

  /// `server`, `credentials`: unique or repeated within its subject.
  let what: String
  let state: State
  let detail: String
  /// A sentence about what to do; nil where nothing is to be done.
  var remedy: String?
  /// Text to paste: a command, or lines of a file.
  var paste: String?
  /// For `-o json`: what `detail` says in numbers and lists.
  var facts: JSON = .null

  static func ok(_ what: String, _ detail: String, facts: JSON = .null) -> CheckFinding {
    CheckFinding(what: what, state: .ok, detail: detail, facts: facts)
  }

  static func warning(
    _ what: String, _ detail: String, remedy: String, paste: String? = nil, facts: JSON = .null
  ) -> CheckFinding {
    CheckFinding(what: what, state: .warning, detail: detail, remedy: remedy, paste: paste, facts: facts)
  }

  static func failed(
    _ what: String, _ detail: String, remedy: String, paste: String? = nil, facts: JSON = .null
  ) -> CheckFinding {
    CheckFinding(what: what, state: .failed, detail: detail, remedy: remedy, paste: paste, facts: facts)
  }
}

/// What was looked at, with all that was found.
struct CheckSubject: Sendable, Equatable {
  enum Kind: String, Sendable { case terminal, configuration, cluster, repository }

  let kind: Kind
  /// The cluster's name, the repository's address; empty where there is only one.
  var name = ""
  var findings: [CheckFinding]
  /// Why something could not be told at all; nil when everything was answered.
  var incomplete: String?

  var title: String { name.isEmpty ? kind.rawValue : "\(kind.rawValue) \(name)" }

  func count(_ state: CheckFinding.State) -> Int { findings.count { $0.state == state } }
}

/// What a whole check came to.
struct CheckSummary: Sendable {
  let subjects: [CheckSubject]
  /// There was nothing to ask: no kubeconfig, no such context.
  var couldNotStart = false

  var exitCode: Int32 {
    if couldNotStart { return Program.Exit.couldNot }
    return troubled.isEmpty ? Program.Exit.fine : Program.Exit.findings
  }

  private var troubled: [CheckSubject] { subjects.filter { $0.count(.ok) < $0.findings.count } }

  /// The last line of the table: how many, and where.
  var sentence: String {
    let clusters = subjects.count { $0.kind == .cluster }
    let repositories = subjects.count { $0.kind == .repository }
    let asked =
      "\(clusters) cluster\(clusters == 1 ? "" : "s"), \(repositories) "
      + (repositories == 1 ? "repository" : "repositories")
    let failed = subjects.reduce(0) { $0 + $1.count(.failed) }
    let warnings = subjects.reduce(0) { $0 + $1.count(.warning) }
    if failed + warnings == 0 { return "all fine: \(asked)" }
    var counts: [String] = []
    if failed > 0 { counts.append("\(failed) failed") }
    if warnings > 0 { counts.append("\(warnings) warning\(warnings == 1 ? "" : "s")") }
    // What failed is named before what only warns.
    let names = (troubled.filter { $0.count(.failed) > 0 } + troubled.filter { $0.count(.failed) == 0 }).map(\.title)
    let shown = names.prefix(5).joined(separator: ", ")
    let more = names.count > 5 ? " and \(names.count - 5) more" : ""
    return "\(counts.joined(separator: ", ")) (\(asked)): \(shown)\(more)"
  }

  /// `{"items": […], "incomplete": […]}`, as of every one-shot command.
  var json: JSON {
    var items: [JSON] = []
    var incomplete: [JSON] = []
    for subject in subjects {
      for finding in subject.findings {
        items.append([
          "subject": .string(subject.kind.rawValue), "name": subject.name.isEmpty ? .null : .string(subject.name),
          "what": .string(finding.what), "state": .string(finding.state.rawValue), "detail": .string(finding.detail),
          "remedy": .optional(finding.remedy), "paste": .optional(finding.paste),
          "facts": finding.facts,
        ])
      }
      guard let reason = subject.incomplete else { continue }
      let isCluster = subject.kind == .cluster
      incomplete.append(["cluster": .string(isCluster ? subject.name : ""), "reason": .string(reason)])
    }
    return ["items": .array(items), "incomplete": .array(incomplete)]
  }
}
