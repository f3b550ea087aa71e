import Cells
import Foundation
import Testing

/// Compares a surface with Tests/Goldens/<name>.txt. `RECORD=1` rewrites the file and fails.
func expectGolden(_ surface: Surface, named name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let file = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Goldens/\(name).txt")
  let failure = try Golden.check(
    surface, recorded: try? String(contentsOf: file, encoding: .utf8),
    isRecording: ProcessInfo.processInfo.environment["RECORD"] == "1"
  ) { text in
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
  if let failure { Issue.record("golden \(name): \(failure)", sourceLocation: sourceLocation) }
}

/// A repeatable source of randomness (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
