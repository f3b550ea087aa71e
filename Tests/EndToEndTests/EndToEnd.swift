import Foundation
import TestKit
import Testing

/// Set by `make e2e`.
private let isAsked = ProcessInfo.processInfo.environment["DRIFTGLASS_E2E"] == "1"

/// The program against a real kube-apiserver and etcd. One test after the other: each starts its own servers, and the
/// machine has few cores.
@Suite(.serialized, .enabled(if: isAsked, "run by make e2e, which sets DRIFTGLASS_E2E=1"))
enum EndToEnd {
  /// The built program.
  static func executable(_ name: String = "driftglass") throws -> String {
    let named = name == "driftglass" ? ProcessInfo.processInfo.environment["DRIFTGLASS_PROGRAM"] : nil
    let path = named ?? "\(SharedFolder.package)/.build/debug/\(name)"
    let absolute = path.hasPrefix("/") ? path : "\(SharedFolder.package)/\(path)"
    guard FileManager.default.isExecutableFile(atPath: absolute) else { throw Missed("\(absolute) is not built") }
    return absolute
  }
}
