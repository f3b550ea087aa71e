import Structured

/// What a source's status says of its artifact (flux: fluxcd/pkg apis/meta/artifact.go).
public struct FluxArtifact: Sendable, Hashable {
  /// Where source-controller serves it, inside its cluster.
  public let url: String
  /// `sha256:<hex>`, or the digits alone in older versions.
  public let digest: String
  public let revision: String
  /// Where an OCI artifact's content comes from (OCI image spec, annotations): an address, and a Git revision of it.
  public let originURL: String?
  public let originRevision: String?

  /// Nil while there is none.
  public init?(source document: JSONDocument) {
    guard let artifact = document.root["status"]?["artifact"], let url = artifact["url"]?.string,
      let digest = artifact["digest"]?.string ?? artifact["checksum"]?.string
    else { return nil }
    self.url = url
    self.digest = digest
    revision = artifact["revision"]?.string ?? ""
    originURL = artifact["metadata"]?["org.opencontainers.image.source"]?.string
    originRevision = artifact["metadata"]?["org.opencontainers.image.revision"]?.string
  }

  /// A service of the cluster and a path there.
  public struct Location: Sendable, Hashable {
    public let namespace: String
    public let service: String
    public let port: Int
    /// Begins with a slash.
    public let path: String
  }

  /// Where it is served, if that is a file of the source's own at one of Flux's controllers: nothing else is asked through
  /// the API server, whatever a status says.
  public func location(of kind: String, namespace: String, name: String) -> Location? {
    guard url.hasPrefix("http://") else { return nil }
    let rest = url.dropFirst(7)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let path = String(rest[slash...])
    let authority = rest[..<slash].split(separator: ":", omittingEmptySubsequences: false)
    let labels = (authority.first ?? "").split(separator: ".")
    let own = "/\(kind.lowercased())/\(namespace)/\(name)/"
    let plain: (UInt8) -> Bool = { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
        || byte == 0x2E || byte == 0x5F
    }
    guard labels.count >= 2, ["source-controller", "source-watcher"].contains(labels[0]),
      labels[1].utf8.allSatisfy(plain), path.hasPrefix(own), !path.contains(".."),
      path.dropFirst(own.count).utf8.allSatisfy(plain), path.utf8.count > own.utf8.count
    else { return nil }
    let port = authority.count > 1 ? Int(authority[1]) : 80
    guard let port, (1...65535).contains(port) else { return nil }
    return Location(namespace: String(labels[1]), service: String(labels[0]), port: port, path: path)
  }
}
