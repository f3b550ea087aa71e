import Cells
import Dashboard
import Structured

/// What was read from the configuration, the themes and the kubeconfig, before anything is asked.
struct CheckConfiguration: Sendable {
  /// The configuration file, and whether it is there.
  var file: String
  var isPresent: Bool
  var problems: [String] = []
  var theme = ""
  /// The names of the themes that can be had.
  var themes: [String] = []
  var themeProblems: [String] = []
  var keyProblems: [String] = []
  /// Who decided that only reads are let through; nil: writes are possible.
  var readOnlySource: String?
  /// The kubeconfig files that were looked for.
  var kubeconfig: [String] = []
  /// The sentence why there is none to work with.
  var kubeconfigProblem: String?
  var warnings: [String] = []
  /// Names of the clusters that will be asked.
  var clusters: [String] = []

  var subject: CheckSubject {
    CheckSubject(
      kind: .configuration, findings: files + [themeFinding] + keys + [mode] + kubeconfigFindings,
      incomplete: kubeconfigProblem)
  }

  private var files: [CheckFinding] {
    if problems.isEmpty {
      let detail = isPresent ? file : "none: everything is discovered (\(file) would be read)"
      return [.ok("file", detail, facts: ["path": .string(file), "isPresent": .bool(isPresent)])]
    }
    return problems.map { problem in
      // `path:12: sentence` is a value that is left out; without a line nothing of the file was used.
      let isValue = problem.hasPrefix("\(file):") && problem.dropFirst(file.utf8.count + 1).first?.isNumber == true
      return CheckFinding(
        what: "file", state: isValue ? .warning : .failed, detail: problem,
        remedy: isValue
          ? "correct this line; until then its default counts"
          : "make the file readable, or name another with --config",
        facts: ["path": .string(file), "isPresent": .bool(isPresent)])
    }
  }

  private var themeFinding: CheckFinding {
    guard themes.contains(theme) else {
      return .warning(
        "theme", "\(theme) is not found: plain attributes are used",
        remedy: themes.isEmpty
          ? "install the themes (make install), or put some into themes/ beside the configuration"
          : "choose one of: \(themes.joined(separator: ", "))")
    }
    if themeProblems.isEmpty { return .ok("theme", theme) }
    return .warning(
      "theme", "\(theme): \(themeProblems.joined(separator: "; "))", remedy: "correct these entries of the theme's file"
    )
  }

  private var keys: [CheckFinding] {
    keyProblems.map {
      .warning("keys", $0, remedy: "correct it under keys: in \(file); docs/keys.md names commands and keys")
    }
  }

  private var mode: CheckFinding {
    .ok(
      "mode", readOnlySource.map { "read-only: \($0)" } ?? "actions are possible, each after a dialog",
      facts: ["readOnly": .bool(readOnlySource != nil)])
  }

  private var kubeconfigFindings: [CheckFinding] {
    let facts: JSON = ["searched": .array(kubeconfig.map(JSON.string))]
    if let problem = kubeconfigProblem, problem.hasPrefix("there is no context") {
      return [.failed("kubeconfig", problem, remedy: "choose one of these with --context", facts: facts)]
    }
    if let problem = kubeconfigProblem {
      return [
        .failed(
          "kubeconfig", problem,
          remedy: "name one with --kubeconfig or KUBECONFIG; without any cluster, driftglass demo",
          facts: facts)
      ]
    }
    let found: CheckFinding =
      clusters.isEmpty
      ? .failed(
        "kubeconfig", "no contexts in \(kubeconfig.joined(separator: ", "))",
        remedy: "add one, or name another file with --kubeconfig", facts: facts)
      : .ok(
        "kubeconfig",
        "\(clusters.count) \(clusters.count == 1 ? "cluster" : "clusters") from \(kubeconfig.joined(separator: ", "))",
        facts: facts)
    return [found] + warnings.map { .warning("kubeconfig", $0, remedy: Self.remedy(for: $0)) }
  }

  private static func remedy(for warning: String) -> String {
    if warning.contains("writable by everybody") { return "take the right away: chmod 600 on the file" }
    if warning.contains("belongs to another user") { return "use a kubeconfig of your own" }
    if warning.contains("does not define") { return "correct clusters: in the configuration, or add the context" }
    if warning.contains("does not exist") { return "take it out of KUBECONFIG, or create it" }
    return "correct it in the file"
  }
}
