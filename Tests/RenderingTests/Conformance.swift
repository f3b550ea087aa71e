import Foundation
import Synchronization
import Testing

/// Counts over one set of other people's cases. `make conformance` shows what it prints.
final class Conformance: Sendable {
  private struct Counts {
    var agreeing = 0
    var undetermined: [String] = []
    var disagreeing = 0
  }

  private let set: String
  private let counts = Mutex(Counts())

  init(_ set: String) { self.set = set }

  func agrees() { counts.withLock { $0.agreeing += 1 } }

  /// The tools would answer, we say that we do not know.
  func isUndetermined(_ name: String, _ why: String) { counts.withLock { $0.undetermined.append("\(name): \(why)") } }

  /// A test that disagrees fails.
  func disagrees(_ name: String, _ why: String) {
    counts.withLock { $0.disagreeing += 1 }
    Issue.record("\(set): \(name): \(why)")
    print("conformance: \(set): disagrees: \(name): \(why.split(separator: "\n").first ?? "")")
  }

  /// Prints the sums.
  func finish() {
    let counts = counts.withLock { $0 }
    for line in counts.undetermined { print("conformance: \(set): undetermined: \(line)") }
    let all = counts.agreeing + counts.disagreeing + counts.undetermined.count
    print(
      "conformance: \(set): \(counts.agreeing) of \(all) agree, \(counts.undetermined.count) undetermined, \(counts.disagreeing) disagree"
    )
  }
}

/// `corpora/…` beside the package's root, or in the folder that CORPORA names; nil when it is absent.
func sharedFolder(_ path: String) -> URL? {
  if let corpora = ProcessInfo.processInfo.environment["CORPORA"], !corpora.isEmpty, path.hasPrefix("corpora/") {
    let folder = URL(fileURLWithPath: corpora).appendingPathComponent(String(path.dropFirst("corpora/".count)))
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }
  var root = URL(fileURLWithPath: #filePath)
  while root.path != "/", !FileManager.default.fileExists(atPath: root.appendingPathComponent("Package.swift").path) {
    root.deleteLastPathComponent()
  }
  let folder = root.deletingLastPathComponent().appendingPathComponent("shared/\(path)")
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}
