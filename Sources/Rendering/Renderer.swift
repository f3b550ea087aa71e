import GitOps
import Structured

/// Builds what a Flux Kustomization applies from the files of its source, as kustomize-controller does.
public struct Renderer: Sendable {
  private let parsed: ParsedFiles

  /// A renderer for trees of one repository.
  /// - Parameter parsed: what it keeps of the files it reads.
  public init(parsed: ParsedFiles = ParsedFiles()) { self.parsed = parsed }

  /// The paths that origins name.
  var files: FileIndex { parsed.files }

  /// The root map of a kustomization file, which building its directory does not parse again.
  func kustomization(at path: String, in tree: some FileTree) throws(RenderError) -> YAMLNode? {
    var build = KustomizationBuild(tree, parsed: parsed)
    return try build.root(at: path)
  }

  /// - Parameters:
  ///   - source: what the source object leaves out of its artifact.
  ///   - tree: the files of the revision.
  ///   - variables: what the ConfigMaps and Secrets of `postBuild.substituteFrom` hold.
  /// - Throws: `.failed` where the controller would fail too, `.undetermined` naming a feature that is not rendered.
  public func render(
    _ kustomization: FluxKustomization, source: FluxSource = FluxSource(), tree: some FileTree,
    variables: (VariableReference) -> VariableSource = { _ in .unknown }
  ) throws(RenderError) -> [DesiredObject] {
    let directory = TreePath.clamp(kustomization.path)
    if let field = source.unsupported(for: directory) { throw .undetermined(feature: field, place: "the source") }
    var build = KustomizationBuild(ArtifactTree(tree, source: source), parsed: parsed)
    guard directory.isEmpty || build.tree.entry(directory) == .directory && build.tree.hasFiles(below: directory) else {
      throw .failed(sentence: "kustomization path not found: \(kustomization.path)", place: nil)
    }
    // What the object says counts like a line of a file.
    let own = Origin(
      file: build.files.index(of: "Kustomization \(kustomization.namespace)/\(kustomization.name)"), line: 0)
    let root = try root(of: kustomization, in: directory, own, &build)
    var list = try build.build(KustomizationFile(root, place: build.place), in: directory)
    list.removeAll { Self.isSkipped($0) }
    let substitution = try SubstitutionPass(kustomization, source: variables)
    let metadata = FluxMetadata(kustomization, origin: own)
    var undetermined: [[UndeterminedField]] = []
    try list.transform { resource throws(RenderError) in
      guard !resource.id.version.isEmpty else {
        throw .failed(
          sentence: "not a Kubernetes object: apiVersion is missing", place: build.place(resource.root.origin))
      }
      var fields = Sops.open(&resource)
      fields += try substitution.apply(to: &resource, place: build.place)
      try metadata.apply(to: &resource, place: build.place)
      undetermined.append(fields)
    }
    let files = build.files
    return DesiredObject.all(list.resources, undetermined, files: files)
  }

  /// What a directory makes, as Flux would build it for a Kustomization that says nothing more than this path.
  /// - Throws: `.failed` where the controller would fail too, `.undetermined` naming a feature that is not rendered.
  public func build(_ path: String, in tree: some FileTree) throws(RenderError) -> [DesiredObject] {
    var build = KustomizationBuild(tree, parsed: parsed)
    let directory = TreePath.clamp(path)
    guard case .directory? = directory.isEmpty ? .directory : tree.entry(directory) else {
      throw .failed(sentence: "no such directory: \(path)", place: nil)
    }
    var root = YAMLNode(.map(YAMLMap()))
    if let path = try KustomizationFile.path(in: directory, of: tree) {
      root = try build.root(at: path) ?? root
    } else {
      root["resources"] = YAMLNode(.list(try tree.generatedResources(for: directory).map { YAMLNode(.string($0)) }))
    }
    let list = try build.build(KustomizationFile(root, place: build.place), in: directory)
    let files = build.files
    var resources = list.resources
    let encrypted = resources.indices.map { Sops.open(&resources[$0]) }
    return DesiredObject.all(resources, encrypted, files: files)
  }

  /// The kustomization of a directory as the controller leaves it: its own, or a generated one, and what the spec adds.
  private func root(
    of kustomization: FluxKustomization, in directory: String, _ own: Origin,
    _ build: inout KustomizationBuild<ArtifactTree<some FileTree>>
  ) throws(RenderError) -> YAMLNode {
    var root = YAMLNode(.map(YAMLMap()))
    if let path = try KustomizationFile.path(in: directory, of: build.tree) {
      root = try build.root(at: path).map { ConfigKeys.canonical($0) } ?? root
    } else {
      let paths = try build.tree.generatedResources(for: directory)
      root["resources"] = YAMLNode(.list(paths.map { YAMLNode(.string($0)) }))
      if paths.isEmpty { root["namespace"] = YAMLNode(.string("_placeholder")) }
    }
    let tree = build.tree
    return kustomization.merged(into: root, origin: own) { component in
      guard let path = TreePath.resolve(component, from: directory) else { return false }
      return tree.entry(path) == .directory
    }
  }

  /// kustomize's own files are read and not applied (flux: ssa/utils IsKustomization).
  private static func isSkipped(_ resource: Resource) -> Bool {
    let id = resource.id
    return id.group == "kustomize.config.k8s.io" && id.kind.lowercased() == "kustomization"
  }
}

extension DesiredObject {
  /// - Parameter undetermined: the fields of each whose values are not known.
  static func all(
    _ resources: [Resource], _ undetermined: [[UndeterminedField]], files: FileIndex, defaultNamespace: String = ""
  ) -> [DesiredObject] {
    let packed = PackedNode.packed(resources.map(\.root))
    return resources.indices.map { index in
      var object = DesiredObject(
        resources[index].id, packed[index], files: files, defaultNamespace: defaultNamespace)
      if undetermined.indices.contains(index) { object.undetermined = undetermined[index] }
      return object
    }
  }

  /// Identity without a namespace for built-in kinds that have none, whatever the manifest says.
  private init(_ id: ResourceID, _ packed: PackedNode, files: FileIndex, defaultNamespace: String) {
    let isClusterScoped = BuiltinScope.isClusterScoped(group: id.group, kind: id.kind)
    self.init(
      groupKind: GroupKind(group: id.group, kind: id.kind), version: id.version,
      namespace: isClusterScoped ? "" : id.namespace.isEmpty ? defaultNamespace : id.namespace, name: id.name,
      packed: packed, files: files)
  }
}
