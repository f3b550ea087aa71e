import Foundation
import Testing

@testable import Dashboard

/// The committed page equals the one made from the command table. `make docs` writes it.
@Suite struct ReferencePageTests {
  @Test func theKeyReferenceIsCurrent() throws {
    let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appending(path: "docs/keys.md")
    let text = Reference.markdown()
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("docs/keys.md is written anew")
    } else {
      let committed = try String(contentsOf: file, encoding: .utf8)
      #expect(committed == text, "docs/keys.md is not current: run make docs")
    }
  }
}
