import FoundationEssentials
import GitOps
import Structured

/// What a Helm release installed, from the record that Helm keeps of it: never templated again.
public struct HelmManifest: Sendable {
  /// The objects of the release's manifest; hooks are not among them. Origins point into the manifest's lines.
  public let objects: [DesiredObject]
  /// The release's name.
  public let name: String
  /// The namespace that the release installs into.
  public let namespace: String
  /// The release's revision.
  public let version: Int
  /// `deployed`, `failed`, `pending-upgrade`, …
  public let status: String
  /// `podinfo-6.5.4`, or the name alone.
  public let chart: String

  /// Decompressed release records beyond this are not read; the compressed record fits a 1 MiB Secret.
  private static let limit = 32 << 20

  /// Decodes a release record (`sh.helm.release.v1.<name>.v<n>`): a Secret, whose data is base64 once more, or a
  /// ConfigMap: base64, gzip, JSON, and the manifest as a YAML stream (helm: pkg/storage/driver/util.go). Objects that name
  /// no namespace get the release's, kinds of cluster scope excepted.
  /// - Throws: `.failed` when the record or its manifest cannot be read, `.undetermined` beyond the limits.
  public static func decode(record document: JSONDocument) throws(RenderError) -> HelmManifest {
    let place = document.root["metadata"]?["name"]?.string
    func failure(_ sentence: String) -> RenderError { .failed(sentence: sentence, place: place) }
    guard var text = document.root["data"]?["release"]?.string else { throw failure("not a Helm release record") }
    if document.root["kind"]?.string != "ConfigMap" {
      guard let inner = Data(base64Encoded: text) else { throw failure("not a Helm release record") }
      text = String(decoding: inner, as: UTF8.self)
    }
    guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
      throw failure("not a Helm release record")
    }
    var bytes = Array(data)
    if Gunzip.isCompressed(bytes) {
      do throws(Gunzip.Problem) {
        bytes = try Gunzip.decompress(bytes, limit: limit)
      } catch {
        if error == .tooLarge { throw .undetermined(feature: "a release record over \(limit >> 20) MiB", place: place) }
        throw failure("the Helm release record is damaged")
      }
    }
    let release: JSONNode
    do throws(ParseError) {
      release = try JSONDocument(parsing: bytes, limits: JSONLimits(bytes: limit, depth: 200)).root
    } catch {
      throw failure("the Helm release record is not JSON: \(error.description)")
    }
    return try HelmManifest(release, place: place)
  }

  private init(_ release: JSONNode, place: String?) throws(RenderError) {
    guard let name = release["name"]?.string, let version = release["version"]?.int else {
      throw .failed(sentence: "the Helm release record has no name or version", place: place)
    }
    self.name = name
    self.version = version
    namespace = release["namespace"]?.string ?? ""
    status = release["info"]?["status"]?.string ?? "unknown"
    let metadata = release.value(at: "chart", "metadata")
    let chartName = metadata?["name"]?.string ?? ""
    chart = metadata?["version"]?.string.map { "\(chartName)-\($0)" } ?? chartName
    let file = "release \(name).v\(version)"
    // Helm reads manifests through sigs.k8s.io/yaml, leniently.
    var manifest = Manifest(path: file, file: 0, rules: .goYAML2, repeatedKeys: .lastCounts)
    manifest.limits.bytes = Self.limit
    let text = Array((release["manifest"]?.string ?? "").utf8)
    let namespace = namespace
    let files = FileIndex([file])
    objects = DesiredObject.all(
      try manifest.resources(in: text), [], files: files, defaultNamespace: namespace)
  }
}
