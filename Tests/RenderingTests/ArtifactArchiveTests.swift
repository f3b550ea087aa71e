import Crypto
import Structured
import Testing

@testable import Rendering

/// Archives as source-controller serves them, and as it never would.
@Suite struct ArtifactArchiveTests {
  /// Entries of a ustar archive.
  private static func tar(_ entries: [(name: String, kind: Character, body: String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, kind, body) in entries {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: String, at offset: Int) {
        for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
      }
      put(String(name.prefix(100)), at: 0)
      let size = String(body.utf8.count, radix: 8)
      put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
      put(String(kind), at: 156)
      put("ustar", at: 257)
      bytes += header + Array(body.utf8)
      bytes += [UInt8](repeating: 0, count: (512 - body.utf8.count % 512) % 512)
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
  }

  /// A record of a pax header: its length counts itself.
  private static func record(_ text: String) -> String {
    var length = text.utf8.count + 3
    while "\(length) \(text)\n".utf8.count != length { length += 1 }
    return "\(length) \(text)\n"
  }

  private static func digest(_ bytes: [UInt8]) -> String {
    "sha256:" + SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func archive(_ entries: [(name: String, kind: Character, body: String)]) throws -> ArtifactArchive {
    let bytes = Self.tar(entries)
    return try ArtifactArchive(bytes, digest: Self.digest(bytes), name: "OCIRepository flux-system/apps")
  }

  @Test func filesAndDirectoriesAreThere() throws {
    let long = String(repeating: "d/", count: 50) + "long.yaml"
    let tree = try archive([
      ("./", "5", ""), ("./apps/web.yaml", "0", "a: b"), ("apps/", "5", ""), ("README.md", "\0", "hello"),
      ("x", "x", Self.record("path=\(long)")), ("cut", "0", "deep"), ("link.yaml", "2", ""),
      ("././@LongLink", "L", "gnu/name.yaml"), ("gnu", "0", "g"), ("dev", "3", ""),
    ])
    #expect(tree.list("").map(\.name) == ["README.md", "apps", "d", "gnu", "link.yaml"])
    #expect(tree.entry("apps") == .directory && tree.entry("link.yaml") == .link && tree.entry("dev") == nil)
    #expect(try tree.read("apps/web.yaml") == Array("a: b".utf8))
    #expect(try tree.read(long) == Array("deep".utf8))
    #expect(try tree.read("gnu/name.yaml") == Array("g".utf8))
    #expect(throws: RenderError.self) { try tree.read("apps") }
    let blobs = ["apps/web.yaml", "README.md"].map { tree.entry($0) }
    #expect(Set(blobs).count == 2)
  }

  @Test(arguments: ["../up", "/etc/passwd", "a/../../b", "..", ".", "./"])
  func namesThatLeaveTheArchiveAreLeftOut(_ name: String) throws {
    let tree = try archive([(name, "0", "x"), ("ok", "0", "y")])
    #expect(tree.list("").map(\.name) == ["ok"])
  }

  @Test func nothingIsTakenForAnArtifactThatIsNotTheOne() throws {
    let bytes = Self.tar([("a", "0", "x")])
    func problem(_ bytes: [UInt8], _ digest: String) -> RenderError? {
      do throws(RenderError) {
        _ = try ArtifactArchive(bytes, digest: digest, name: "s")
        return nil
      } catch { return error }
    }
    let sum = Self.digest(bytes)
    #expect(problem(bytes, sum) == nil && problem(bytes, String(sum.dropFirst(7))) == nil)
    #expect(
      problem(bytes + [0], sum)
        == .failed(sentence: "the artifact does not have the digest that its source names", place: "s"))
    #expect(
      problem(bytes, "sha512:\(sum.dropFirst(7))\(sum.dropFirst(7))")
        == .undetermined(
          feature: "an artifact with the digest sha512:\(sum.dropFirst(7))\(sum.dropFirst(7))", place: "s"))
    let cut = Array(bytes.prefix(600))
    #expect(problem(cut, Self.digest(cut)) == nil)
    var large = bytes
    large[124] = UInt8(ascii: "7")
    #expect(problem(large, Self.digest(large)) == .failed(sentence: "the artifact is damaged", place: "s"))
    let noise: [UInt8] = [0x1F, 0x8B, 0x08] + (0..<2000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    #expect(problem(noise, Self.digest(noise)) == .failed(sentence: "the artifact is damaged", place: "s"))
  }

  @Test func cutsAndChangesOfAnArchiveEnd() throws {
    let bytes = Self.tar([
      ("a/b.yaml", "0", "x: y"), ("x", "x", "18 path=c/d.yaml\n\n"), ("c", "0", "z"), ("l", "2", ""),
    ])
    for count in stride(from: 0, to: bytes.count, by: 37) {
      let cut = Array(bytes[..<count])
      _ = try? ArtifactArchive(cut, digest: Self.digest(cut), name: "s")
    }
    for position in 0..<bytes.count where bytes[position] != 0 {
      for value: UInt8 in [0, 0x39, 0x80, 0xFF] {
        var other = bytes
        other[position] = value
        _ = try? ArtifactArchive(other, digest: Self.digest(other), name: "s")
      }
    }
  }

  @Test(
    arguments: [
      ("http://source-controller.flux-system.svc.cluster.local./ocirepository/apps/web/sha256.tar.gz", true),
      ("http://source-controller.flux-system.svc:8080/ocirepository/apps/web/latest.tar.gz", true),
      ("https://source-controller.flux-system.svc/ocirepository/apps/web/a.tar.gz", false),
      ("http://vault.secrets.svc.cluster.local/ocirepository/apps/web/a.tar.gz", false),
      ("http://source-controller/ocirepository/apps/web/a.tar.gz", false),
      ("http://source-controller.flux-system.svc/ocirepository/apps/other/a.tar.gz", false),
      ("http://source-controller.flux-system.svc/ocirepository/apps/web/../../x", false),
      ("http://source-controller.flux-system.svc/ocirepository/apps/web/a?b=c", false),
      ("http://source-controller.flux-system.svc/ocirepository/apps/web/", false),
      ("http://source-controller.a%2Fb.svc/ocirepository/apps/web/a.tar.gz", false),
      ("http://source-controller.flux-system.svc:99999/ocirepository/apps/web/a.tar.gz", false),
    ])
  func onlyAnArtifactOfTheSourceItselfIsAskedFor(_ url: String, _ expected: Bool) throws {
    let source: JSON = ["status": ["artifact": ["url": .string(url), "digest": "sha256:aa", "revision": "r"]]]
    let artifact = try #require(FluxArtifact(source: JSONDocument(parsing: source.encoded())))
    let place = artifact.location(of: "OCIRepository", namespace: "apps", name: "web")
    #expect((place != nil) == expected)
    if let place { #expect(place.namespace == "flux-system" && place.service == "source-controller") }
  }

  @Test func anArtifactIsRenderedAsItIs() throws {
    let tree = try archive([
      (".sourceignore", "0", "*.yaml"), ("deploy/a.yaml", "0", object("ConfigMap", "a")),
      ("deploy/b.yaml", "0", object("ConfigMap", "b")),
    ])
    let spec: JSON = ["metadata": ["name": "a", "namespace": "b"], "spec": ["path": "deploy"]]
    let objects = try Renderer().render(
      FluxKustomization(JSONDocument(parsing: spec.encoded())), source: .artifact, tree: tree)
    #expect(objects.map(\.name) == ["a", "b"])
  }
}
