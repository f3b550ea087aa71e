import GitOps
import Structured

/// Renders everything that a tree can render: each directory with a kustomization, and each Flux Kustomization with what it
/// leads to in its cluster.
public struct TreeLint: Sendable {
  /// Sorted, each once.
  public private(set) var findings: [LintFinding] = []
  /// The directories with a kustomization that were built; components are built where they are used.
  public private(set) var directories = 0
  /// The Flux Kustomizations that were rendered.
  public private(set) var kustomizations = 0
  /// Those of which the source is not this tree.
  public private(set) var elsewhere = 0
  /// What was rendered, to be held against schemas.
  public private(set) var objects: [Rendered] = []

  /// An object, and whether `${variables}` in it are still to be put in.
  public struct Rendered: Sendable {
    public let object: DesiredObject
    public let isOpen: Bool
  }

  /// - Parameter directory: what is looked through; what it names may be anywhere in the tree.
  public init(_ tree: some FileTree, below directory: String, renderer: Renderer = Renderer()) {
    var walk = TreeWalk(tree, renderer)
    walk.look(through: directory, depth: 0)
    var found = walk.findings
    for path in walk.kustomizations {
      directories += 1
      do throws(RenderError) {
        objects += try renderer.build(path, in: tree).map { Rendered(object: $0, isOpen: true) }
      } catch {
        found.append(LintFinding(error, of: path.isEmpty ? "." : path, in: walk.file(of: path)))
      }
    }
    var clusters = ClusterWalk(tree, renderer, walk.reconcilers, walk.sources)
    clusters.run()
    kustomizations = clusters.rendered
    objects += clusters.objects.map { Rendered(object: $0, isOpen: false) }
    elsewhere = clusters.elsewhere
    found += clusters.findings
    add(found)
  }

  /// Adds what a reader of schemas found.
  public mutating func add(_ more: [LintFinding]) {
    struct Statement: Hashable {
      let file: String
      let line: Int?
      let sentence: String
    }
    var said: Set<Statement> = []
    // A base is built many times, for many; its fault is said once.
    findings = Set(findings + more).sorted().filter {
      said.insert(Statement(file: $0.file, line: $0.line, sentence: $0.sentence)).inserted
    }
  }
}

/// Finds the kustomizations of a tree and the Flux objects in its files.
private struct TreeWalk<Tree: FileTree> {
  private let tree: Tree
  private let renderer: Renderer
  private(set) var kustomizations: [String] = []
  private(set) var reconcilers: [FluxObject] = []
  private(set) var sources: [FluxObject] = []
  private(set) var findings: [LintFinding] = []
  private var entries = 0

  init(_ tree: Tree, _ renderer: Renderer) {
    self.tree = tree
    self.renderer = renderer
  }

  /// The kustomization file of a directory, or the directory.
  func file(of directory: String) -> String {
    (try? KustomizationFile.path(in: directory, of: tree)).flatMap { $0 } ?? directory
  }

  mutating func look(through directory: String, depth: Int) {
    guard depth < FileReader<Tree>.depthLimit, entries < FileReader<Tree>.entryLimit else {
      let sentence = "too many files or directories to look through"
      return findings.append(LintFinding(.warning, .undetermined, file: directory, sentence))
    }
    do throws(RenderError) {
      if let path = try KustomizationFile.path(in: directory, of: tree) {
        let root = try renderer.kustomization(at: path, in: tree)
        if root?["kind"]?.string != "Component" { kustomizations.append(directory) }
      }
    } catch {
      findings.append(LintFinding(error, of: directory.isEmpty ? "." : directory, in: directory))
    }
    for (name, entry) in tree.list(directory) {
      entries += 1
      let path = TreePath.join(directory, name)
      switch entry {
      case .directory where name != ".git": look(through: path, depth: depth + 1)
      case .file where name.hasSuffix(".yaml") || name.hasSuffix(".yml"): read(path)
      default: continue
      }
    }
  }

  /// The Flux objects of a file. What cannot be read is found where it is used.
  private mutating func read(_ path: String) {
    guard let bytes = try? tree.read(path), Self.mentionsFlux(bytes),
      let documents = try? YAMLReader.documents(
        in: bytes, file: renderer.files.index(of: path), rules: .goYAML2, repeatedKeys: .lastCounts)
    else { return }
    for document in documents {
      guard let object = FluxObject(document, files: renderer.files) else { continue }
      // Patches are written like objects, without what makes one whole.
      if object.isReconciler, document["spec"]?["sourceRef"] != nil { reconcilers.append(object) }
      if object.isSource { sources.append(object) }
    }
  }

  private static func mentionsFlux(_ bytes: [UInt8]) -> Bool {
    let word = Array(".toolkit.fluxcd.io/".utf8)
    return bytes.withUnsafeBufferPointer { bytes in
      guard bytes.count >= word.count else { return false }
      for start in 0...(bytes.count - word.count)
      where bytes[start] == word[0] && bytes[start + 1] == word[1]
        && UnsafeBufferPointer(rebasing: bytes[start..<start + word.count]).elementsEqual(word)
      {
        return true
      }
      return false
    }
  }
}
