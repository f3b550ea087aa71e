import Foundation
import Testing

/// Set by `make e2e`.
private let isAsked = ProcessInfo.processInfo.environment["DRIFTGLASS_E2E"] == "1"

/// The program against a real kube-apiserver and etcd. One test after the other: each starts its own servers, and the
/// machine has few cores.
@Suite(.serialized, .enabled(if: isAsked, "run by make e2e, which sets DRIFTGLASS_E2E=1"))
enum EndToEnd {}
