import Foundation
import GitOps
import Testing

/// `docs/kinds.md` equals the table made from the adapters. `make docs` writes it.
@Suite struct KindReferencePageTests {
  @Test func theKindReferenceIsCurrent() throws {
    let file = Fixtures.root.appending(path: "docs/kinds.md")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try Self.page.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("docs/kinds.md is written anew")
    } else {
      let committed = try String(contentsOf: file, encoding: .utf8)
      #expect(committed == Self.page, "docs/kinds.md is not current: run make docs")
    }
  }

  private static var page: String {
    var lines = [
      "# Kinds", "",
      "Made from the adapters by `make docs`. Every kind has conditions, health, since, and the revision where it has one;",
      "the columns here are what only that kind says. Versions are those whose shape is read, best first; discovery decides",
      "which one is watched. A kind that a cluster does not serve costs nothing.", "",
      "| kind | group | versions | part | names | columns | verbs |", "|---|---|---|---|---|---|---|",
    ]
    for adapter in KindAdapters.all {
      let kind = adapter.kind
      let names = Set(kind.shortNames + [kind.plural]).sorted().map { "`\($0)`" }.joined(separator: " ")
      let cells = [
        kind.groupKind.kind + (kind.namespaced ? "" : " (cluster)"), kind.groupKind.group,
        kind.versions.joined(separator: ", "), "\(kind.role)", names, dash(adapter.columns.joined(separator: ", ")),
        dash(adapter.verbs.map(\.word).joined(separator: ", ")),
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func dash(_ text: String) -> String { text.isEmpty ? "-" : text }
}
