import Foundation
import GitOps
import Testing

@testable import Journal

/// A state directory of its own for one test.
final class StateFolder: Sendable {
  let root: String
  var path: String { root + "/state" }
  var file: String { path + "/journal.sqlite" }

  init() throws {
    var bytes = Array((FileManager.default.temporaryDirectory.path + "/driftglass-journal-XXXXXX").utf8CString)
    guard mkdtemp(&bytes) != nil else { throw CocoaError(.fileWriteUnknown) }
    root = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  /// A big-endian number of the file's header (sqlite: file format, 1.3).
  func header(at offset: Int) throws -> Int {
    let bytes = try Data(contentsOf: URL(filePath: file))
    return bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
  }

  func setHeader(at offset: Int, to value: UInt32) throws {
    try damage { bytes in
      for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index)) }
    }
  }

  /// Changes the file's bytes behind SQLite's back, keeping its mode.
  func damage(_ change: (inout Data) -> Void) throws {
    var bytes = try Data(contentsOf: URL(filePath: file))
    change(&bytes)
    let handle = try FileHandle(forWritingTo: URL(filePath: file))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: bytes)
    try handle.close()
  }
}

/// Where SQLite keeps them in the header.
let userVersion = 60
let applicationID = 68

let apps = ObjectRef(
  cluster: ClusterID("prod-eu"), group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: "flux-system",
  name: "apps")

func transition(_ number: Int, of object: ObjectRef = apps, message: String = "applied") -> Transition {
  Transition(
    time: Date(timeIntervalSince1970: 1_700_000_000 + Double(number)), object: object, uid: "u\(number)", from: "Ready",
    to: "Failed", reason: "BuildFailed", message: message, revision: "main@sha1:\(number)")
}

func action(_ id: UInt64, stage: ActionRecord.Stage = .sending) -> ActionRecord {
  ActionRecord(
    mutation: Mutation(id: id, verb: .reconcile, target: apps, uid: "u"), stage: stage,
    begun: Date(timeIntervalSince1970: 1), changed: Date(timeIntervalSince1970: 2), token: "t", message: "sent",
    request: "PATCH /apis/x {}", equivalent: "flux reconcile kustomization apps")
}
