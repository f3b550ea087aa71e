import Foundation
import GitOps
import Structured
import Testing

@testable import Rendering

@Suite struct HelmManifestTests {
  private let manifest = """
    ---
    # Source: web/templates/service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      labels: {on: "x", helm.toolkit.fluxcd.io/name: web}
    spec:
      publishNotReadyAddresses: yes
    ---
    # Source: web/templates/role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: web
    ---
    # Source: web/templates/empty.yaml
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: a, namespace: other}
    data: {a: one, a: two}
    ---
    apiVersion: v1
    kind: List
    items:
    - {apiVersion: v1, kind: Secret, metadata: {name: s}}
    """

  private func secret(_ release: JSON, compress: Bool = true, change: (inout [UInt8]) -> Void = { _ in }) throws
    -> JSONDocument
  {
    var bytes = release.encoded()
    if compress { bytes = gzip(bytes) }
    change(&bytes)
    let inner = Data(bytes).base64EncodedData()
    let object: JSON = [
      "metadata": ["name": "sh.helm.release.v1.web.v4"], "data": ["release": .string(inner.base64EncodedString())],
    ]
    return try JSONDocument(parsing: object.encoded())
  }

  private var release: JSON {
    [
      "name": "web", "version": 4, "namespace": "apps", "info": ["status": "deployed"],
      "chart": ["metadata": ["name": "podinfo", "version": "6.5.4"]], "manifest": .string(manifest),
      "hooks": [["manifest": .string(object("Job", "hook"))]],
    ]
  }

  @Test(arguments: [true, false])
  func aReleaseSecretBecomesObjects(_ compress: Bool) throws {
    let decoded = try HelmManifest.decode(record: secret(release, compress: compress))
    #expect(decoded.name == "web")
    #expect(decoded.version == 4)
    #expect(decoded.namespace == "apps")
    #expect(decoded.status == "deployed")
    #expect(decoded.chart == "podinfo-6.5.4")
    #expect(
      decoded.objects.map { "\($0.groupKind.kind) \($0.namespace)/\($0.name)" } == [
        "Service apps/web", "ClusterRole /web", "ConfigMap other/a", "Secret apps/s",
      ])
    let service = decoded.objects[0]
    #expect(service.root.value(at: "spec", "publishNotReadyAddresses")?.bool == true)
    #expect(
      service.root["spec"]?["publishNotReadyAddresses"].flatMap { service.place(of: $0.origin) } == "release web.v4:9")
    #expect(decoded.objects[2].root.value(at: "data", "a")?.string == "two")
  }

  /// helm: `HELM_DRIVER=configmap` keeps the same record in a ConfigMap, encoded once less.
  @Test func aReleaseConfigMapBecomesTheSame() throws {
    let inner = Data(gzip(release.encoded())).base64EncodedString()
    let object: JSON = [
      "kind": "ConfigMap", "metadata": ["name": "sh.helm.release.v1.web.v4"], "data": ["release": .string(inner)],
    ]
    let decoded = try HelmManifest.decode(record: JSONDocument(parsing: object.encoded()))
    #expect(decoded.version == 4 && decoded.objects.count == 4)
  }

  @Test func aReleaseWithoutManifestHasNoObjects() throws {
    let decoded = try HelmManifest.decode(record: secret(["name": "web", "version": 1]))
    #expect(decoded.objects.isEmpty)
    #expect(decoded.status == "unknown")
  }

  @Test func damagedRecordsFail() throws {
    func problem(_ document: @autoclosure () throws -> JSONDocument) -> String? {
      do {
        _ = try HelmManifest.decode(record: document())
        return nil
      } catch { return (error as? RenderError)?.description }
    }
    let place = "sh.helm.release.v1.web.v4"
    #expect(problem(try secret(release) { $0.removeLast(12) }) == "\(place): the Helm release record is damaged")
    #expect(problem(try secret(release) { $0[$0.count - 8] ^= 1 }) == "\(place): the Helm release record is damaged")
    #expect(problem(try secret("x")) == "\(place): the Helm release record has no name or version")
    #expect(problem(try secret(release, compress: false) { $0.removeLast() })?.contains("is not JSON") == true)
    #expect(problem(try JSONDocument(parsing: Array(#"{"data":{"release":"?"}}"#.utf8))) == "not a Helm release record")
    #expect(problem(try JSONDocument(parsing: Array("{}".utf8))) == "not a Helm release record")
    var broken = release
    broken["manifest"] = "a: [\n"
    #expect(problem(try secret(broken))?.hasPrefix("release web.v4:2: invalid YAML") == true)
  }

  @Test func decompressionStopsAtItsLimit() throws {
    let bytes = [UInt8](repeating: 7, count: 200_000)
    let packed = gzip(bytes)
    #expect(try Gunzip.decompress(packed, limit: 200_000) == bytes)
    #expect(throws: Gunzip.Problem.tooLarge) { try Gunzip.decompress(packed, limit: 199_999) }
    #expect(throws: Gunzip.Problem.malformed) { try Gunzip.decompress([0x1F, 0x8B, 8], limit: 10) }
    #expect(throws: Gunzip.Problem.malformed) { try Gunzip.decompress([], limit: 10) }
  }
}

/// Gzip without compression: stored blocks (RFC 1951, 1952).
private func gzip(_ bytes: [UInt8]) -> [UInt8] {
  func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  var rest = bytes[...]
  repeat {
    let block = rest.prefix(65535)
    rest = rest.dropFirst(block.count)
    out += [rest.isEmpty ? 1 : 0] + little(block.count, 2) + little(~block.count, 2) + block
  } while !rest.isEmpty
  var crc: UInt32 = ~0
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
  }
  return out + little(Int(~crc), 4) + little(bytes.count, 4)
}
