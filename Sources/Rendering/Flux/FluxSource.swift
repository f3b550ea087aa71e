import Structured

/// What of a GitRepository's spec changes the files that its artifact holds.
public struct FluxSource: Sendable, Hashable {
  /// `spec.ignore`: patterns after those of all `.sourceignore` files.
  public let ignore: String?
  /// `spec.recurseSubmodules`; otherwise submodules are empty directories.
  public let recurseSubmodules: Bool
  /// `spec.include` copies other artifacts in.
  private let includes: Bool
  /// `spec.sparseCheckout`: the only directories that the artifact holds; none is all.
  private let sparse: [String]

  /// The tree is the artifact itself: nothing is left out any more.
  let isArtifact: Bool

  /// The files are those of the artifact.
  public static let artifact = FluxSource(isArtifact: true)

  /// A source whose artifact holds the commit's files.
  public init() { self.init(isArtifact: false) }

  private init(isArtifact: Bool) {
    self.isArtifact = isArtifact
    ignore = nil
    recurseSubmodules = false
    includes = false
    sparse = []
  }

  /// From the GitRepository object.
  public init(_ document: JSONDocument) {
    let spec = document.root["spec"]
    isArtifact = false
    ignore = spec?["ignore"]?.string
    recurseSubmodules = spec?["recurseSubmodules"]?.bool ?? false
    includes = (spec?["include"]?.count ?? 0) > 0
    var sparse: [String] = []
    if let directories = spec?["sparseCheckout"]?.elements {
      for directory in directories { sparse.append(TreePath.clamp(directory.string ?? "")) }
    }
    self.sparse = sparse
  }

  /// The field that keeps what is below a directory from being known; nil when nothing does.
  func unsupported(for directory: String) -> String? {
    if includes { return "spec.include" }
    return sparse.isEmpty || sparse.contains { TreePath.isWithin(directory, $0) } ? nil : "spec.sparseCheckout"
  }
}
