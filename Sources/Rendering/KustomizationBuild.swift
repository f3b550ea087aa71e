import GitOps
import Structured

/// One `kustomize build`: reads a tree and accumulates objects, directory by directory, each through the passes of its
/// kustomization, then runs the passes that happen once at the root (kustomize: api/internal/target/kusttarget.go).
struct KustomizationBuild<Tree: FileTree> {
  /// What is put together on the way: the objects, and what the kustomizations said about the whole.
  struct Accumulation {
    var list = ResourceList()
    var config = TransformerConfig.standard
    var variables = Variables()
  }

  /// Where a build is.
  struct Location {
    var directory: String
    /// Where it began.
    var root: String
    /// The directories that led here.
    var chain: [String] = []
    /// The `buildMetadata` of the root.
    var metadata: Set<String>
  }

  let tree: Tree
  let files: FileIndex
  /// The version that kustomize gives of itself, where it is known.
  private let version: String?
  /// Files must be in or below the directory of the kustomization that names them, as on kustomize's command line; Flux does
  /// without (flux: LoadRestrictionsNone).
  private let restrictsFiles: Bool
  private var reader: FileReader<Tree>
  /// The first kustomization that names a schema decides; the root's own is first.
  private var schema: MergeSchema?

  /// - Parameter parsed: files that were parsed before.
  init(
    _ tree: Tree, version: String? = nil, restrictsFiles: Bool = false, parsed: ParsedFiles = ParsedFiles()
  ) {
    self.tree = tree
    self.restrictsFiles = restrictsFiles
    self.version = version
    files = parsed.files
    reader = FileReader(tree, parsed: parsed)
  }

  var place: Place { files.place }

  /// What `kustomize build` makes of a directory.
  mutating func build(_ directory: String) throws(RenderError) -> ResourceList {
    try build(try kustomization(in: directory), in: directory)
  }

  /// What a kustomization makes of a directory, from its file or another root.
  mutating func build(_ file: KustomizationFile, in directory: String) throws(RenderError) -> ResourceList {
    var accumulation = Accumulation()
    schema = try customSchema(file, in: directory)
    try accumulate(
      file, at: Location(directory: directory, root: directory, metadata: file.metadata), into: &accumulation)
    return try finish(accumulation, file)
  }

  /// What the kustomization of a directory makes before the passes of the root.
  mutating func accumulated(_ directory: String) throws(RenderError) -> ResourceList {
    let file = try kustomization(in: directory)
    var accumulation = Accumulation()
    schema = try customSchema(file, in: directory)
    try accumulate(
      file, at: Location(directory: directory, root: directory, metadata: file.metadata), into: &accumulation)
    return accumulation.list
  }

  /// The passes at the root, in kustomize's order.
  private func finish(_ accumulation: Accumulation, _ file: KustomizationFile) throws(RenderError) -> ResourceList {
    var list = accumulation.list
    try NameHashPass().apply(to: &list, place: place)
    try NameReferencePass(accumulation.config.nameReferences).apply(to: &list, place: place)
    let variables = try accumulation.variables.pass(
      over: list, fields: accumulation.config.variableReferences, place: place)
    try variables?.apply(to: &list, place: place)
    list.removeAll { Annotations.isLocal($0) }
    if let options = file["sortOptions"] { try SortPass(options, place: place).apply(to: &list, place: place) }
    if file.metadata.contains("managedByLabel") { try ManagedByPass(version: version).apply(to: &list, place: place) }
    try list.transform { resource throws(RenderError) in
      Annotations.settle(&resource)
      resource.history.write(to: &resource.root)
    }
    return list
  }

  /// The kustomization file at a path.
  mutating func kustomization(at path: String) throws(RenderError) -> KustomizationFile {
    try KustomizationFile(try root(at: path), place: place)
  }

  /// The root map of the kustomization file at a path.
  mutating func root(at path: String) throws(RenderError) -> YAMLNode? {
    guard case .file(let blob)? = tree.entry(path) else { throw .failed(sentence: "no such file", place: path) }
    return try reader.kustomization(at: path, blob: blob)
  }

  /// A kustomization from its beginning to its end.
  private mutating func accumulate(
    _ file: KustomizationFile, at location: Location, into accumulation: inout Accumulation
  ) throws(RenderError) {
    guard location.chain.count < FileReader<Tree>.depthLimit else {
      throw .undetermined(
        feature: "kustomizations nested deeper than \(FileReader<Tree>.depthLimit)", place: location.directory)
    }
    for entry in file.list("resources") { try addResources(entry, at: location, to: &accumulation) }
    try configure(file, at: location, &accumulation.config)
    try generate(file, at: location, &accumulation)
    for entry in file.list("components") { try addComponent(entry, at: location, to: &accumulation) }
    try transform(file, at: location, &accumulation)
    try validate(file, at: location, accumulation)
    try accumulation.variables.declare(file.list("vars"), in: &accumulation.list, place: place)
  }

  // MARK: Resources and components

  /// One entry of `resources`: a file, else a directory, else something remote.
  private mutating func addResources(
    _ entry: YAMLNode, at location: Location, to accumulation: inout Accumulation
  ) throws(RenderError) {
    if let path = TreePath.resolve(entry.string ?? "", from: location.directory),
      case .file(let blob)? = tree.entry(path)
    {
      try check(path, entry, location)
      var list = ResourceList(try reader.resources(at: path, blob: blob))
      if location.metadata.contains("originAnnotations") {
        try list.transform { resource throws(RenderError) in
          resource.history.origin = BuildOrigin(path: TreePath.relative(path, to: location.root))
        }
      }
      try accumulation.list.append(contentsOf: list, place: place)
      return
    }
    let path = try directory(entry, at: location)
    var inner = location
    inner.chain.append(location.directory)
    inner.directory = path
    let file = try kustomization(in: path)
    if file.isComponent {
      throw .failed(
        sentence: "expected kind != 'Component' for path '\(path)'", place: place(entry.origin))
    }
    if schema == nil { schema = try customSchema(file, in: path) }
    var base = Accumulation()
    try accumulate(file, at: inner, into: &base)
    try accumulation.list.append(contentsOf: base.list, place: place)
    try accumulation.config.merge(base.config)
    try accumulation.variables.merge(base.variables, place: place)
  }

  /// One entry of `components`: it works on what is there.
  private mutating func addComponent(
    _ entry: YAMLNode, at location: Location, to accumulation: inout Accumulation
  ) throws(RenderError) {
    let path = try directory(entry, at: location)
    var inner = location
    inner.chain.append(location.directory)
    inner.directory = path
    let file = try kustomization(in: path)
    guard file.isComponent else {
      throw .failed(
        sentence: "expected kind 'Component' for path '\(path)' but got 'Kustomization'", place: place(entry.origin))
    }
    if schema == nil { schema = try customSchema(file, in: path) }
    try accumulate(file, at: inner, into: &accumulation)
  }

  private mutating func kustomization(in directory: String) throws(RenderError) -> KustomizationFile {
    guard let path = try KustomizationFile.path(in: directory, of: tree) else {
      throw .failed(
        sentence: "no kustomization file in the directory", place: directory.isEmpty ? "." : directory)
    }
    let file = try kustomization(at: path)
    guard !file.isEmpty else { throw .failed(sentence: "the kustomization file is empty", place: path) }
    return file
  }

  /// The directory that an entry names.
  private func directory(_ entry: YAMLNode, at location: Location) throws(RenderError) -> String {
    let written = entry.string ?? ""
    let place = place(entry.origin) ?? (location.directory.isEmpty ? "." : location.directory)
    let path = TreePath.resolve(written, from: location.directory)
    if TreePath.looksRemote(written), path.map({ tree.entry($0) == nil }) ?? true {
      throw .undetermined(feature: "remote resource \(written)", place: place)
    }
    guard let path, !written.isEmpty else {
      throw .failed(sentence: "\"\(written)\" is outside of the source", place: place)
    }
    switch path.isEmpty ? .directory : tree.entry(path) {
    case .directory?: break
    case .submodule?: throw .undetermined(feature: "submodule \(path)", place: place)
    case .file?: throw .failed(sentence: "\(written) is not a directory", place: place)
    case .link?: throw .failed(sentence: "\(written) is a symbolic link, which no artifact holds", place: place)
    default: throw .failed(sentence: "no such file or directory: \(written)", place: place)
    }
    if let visited = (location.chain + [location.directory]).first(where: { TreePath.isWithin($0, path) }) {
      throw .failed(sentence: "cycle: \"\(written)\" contains \(visited.isEmpty ? "." : visited)", place: place)
    }
    return path
  }

  // MARK: Configuration

  private mutating func configure(
    _ file: KustomizationFile, at location: Location, _ config: inout TransformerConfig
  ) throws(RenderError) {
    for entry in file.list("configurations") {
      for document in try documents(entry, at: location) {
        let custom = try TransformerConfig(configuration: document, place: place)
        // Fields for these take the place of the default, the names of all objects.
        if !custom.namePrefix.isEmpty, config.namePrefix == TransformerConfig.standard.namePrefix {
          config.namePrefix = []
        }
        if !custom.nameSuffix.isEmpty, config.nameSuffix == TransformerConfig.standard.nameSuffix {
          config.nameSuffix = []
        }
        try config.merge(custom)
      }
    }
    for entry in file.list("crds") {
      for document in try documents(entry, at: location) { try config.merge(TransformerConfig(crd: document)) }
    }
  }

  private mutating func documents(_ entry: YAMLNode, at location: Location) throws(RenderError) -> [YAMLNode] {
    let source = try file(entry, at: location)
    do throws(ParseError) {
      return try YAMLReader.documents(in: source.bytes, file: source.file, rules: .goYAML2, repeatedKeys: .lastCounts)
    } catch {
      throw renderError(error, path: source.path)
    }
  }

  /// The schema of `openapi: {path}`; nil without one.
  private mutating func customSchema(_ file: KustomizationFile, in directory: String) throws(RenderError)
    -> MergeSchema?
  {
    guard let openapi = file["openapi"] else { return nil }
    let version = openapi["version"]?.string
    guard let path = openapi["path"], path.string?.isEmpty == false else {
      guard version == nil || version == "v1.21.2" || version == "v1.20.4" else {
        throw .failed(
          sentence: "the specified OpenAPI version is not built in: \(version ?? "")", place: place(openapi.origin))
      }
      return version == nil ? nil : .standard
    }
    guard version == nil else {
      throw .failed(
        sentence: "builtin version and custom schema provided, cannot use both", place: place(openapi.origin))
    }
    let documents = try documents(path, at: Location(directory: directory, root: directory, metadata: []))
    guard let document = documents.first else {
      throw .failed(sentence: "the openapi document is empty", place: place(path.origin))
    }
    return try MergeSchema(document: document, place: place)
  }

  /// The content of a file that an entry names.
  private mutating func file(_ entry: YAMLNode, at location: Location) throws(RenderError) -> PatchPass.Source {
    let written = entry.string ?? ""
    let place = place(entry.origin)
    guard let path = TreePath.resolve(written, from: location.directory) else {
      throw .failed(sentence: "\"\(written)\" is outside of the source", place: place)
    }
    switch tree.entry(path) {
    case .file?: break
    case .submodule?: throw .undetermined(feature: "submodule \(path)", place: place)
    case .link?: throw .failed(sentence: "\(written) is a symbolic link, which no artifact holds", place: place)
    case nil where TreePath.looksRemote(written):
      throw .undetermined(feature: "remote file \(written)", place: place)
    default: throw .failed(sentence: "no such file: \(written)", place: place)
    }
    try check(path, entry, location)
    return PatchPass.Source(bytes: try reader.read(path), path: path, file: files.index(of: path), firstLine: 1)
  }

  private func check(_ path: String, _ entry: YAMLNode, _ location: Location) throws(RenderError) {
    guard !restrictsFiles || TreePath.isWithin(path, location.directory) else {
      throw .failed(
        sentence: "security; file '\(path)' is not in or below '\(location.directory)'", place: place(entry.origin))
    }
  }

  // MARK: Generators

  private mutating func generate(
    _ file: KustomizationFile, at location: Location, _ accumulation: inout Accumulation
  ) throws(RenderError) {
    let options = file["generatorOptions"]
    for (field, kind) in [("configMapGenerator", Generator.Kind.configMap), ("secretGenerator", .secret)] {
      for (index, entry) in file.list(field).enumerated() {
        let generator = Generator(entry, kind: kind, options: options, step: index + 1, place: place)
        var resource = try generator.resource { path throws(RenderError) in
          let source = try self.file(path, at: location)
          return (source.bytes, source.file)
        }
        if location.metadata.contains("originAnnotations") {
          resource.history.origin = BuildOrigin(
            configuredIn: configuredIn(location), kind: kind == .configMap ? "ConfigMapGenerator" : "SecretGenerator")
        }
        try accumulation.list.absorb(resource, place: place)
      }
    }
    for plugin in try plugins(file.list("generators"), at: location) {
      let made = try self.generated(by: plugin, at: location)
      for resource in made { try accumulation.list.absorb(resource, place: place) }
    }
  }

  /// The path of the kustomization file at a location.
  private func configuredIn(_ location: Location) -> String {
    let path = try? KustomizationFile.path(in: location.directory, of: tree)
    return TreePath.relative(
      path.flatMap { $0 } ?? TreePath.join(location.directory, "kustomization.yaml"), to: location.root)
  }

  private mutating func generated(by plugin: Plugin, at location: Location) throws(RenderError) -> [Resource] {
    let config = plugin.config
    let kinds: [String: Generator.Kind] = ["ConfigMapGenerator": .configMap, "SecretGenerator": .secret]
    if let kind = kinds[config["kind"]?.string ?? ""] {
      var entry = config
      for field in ["name", "namespace"] where entry[field] == nil { entry[field] = config["metadata"]?[field] }
      let generator = Generator(entry, kind: kind, options: nil, step: 0, place: place)
      var resource = try generator.resource { path throws(RenderError) in
        let source = try self.file(path, at: plugin.location)
        return (source.bytes, source.file)
      }
      if location.metadata.contains("originAnnotations") { resource.history.origin = plugin.origin }
      return [resource]
    }
    if config["kind"]?.string == "IAMPolicyGenerator" { return [try IAMPolicy.resource(config, place: place)] }
    throw plugin.unsupported(place)
  }

  // MARK: Transformers

  private mutating func transform(
    _ file: KustomizationFile, at location: Location, _ accumulation: inout Accumulation
  ) throws(RenderError) {
    for (pass, kind) in try passes(file, at: location, accumulation.config) {
      try run(
        pass, on: &accumulation.list, noting: BuildOrigin(configuredIn: configuredIn(location), kind: kind), location)
    }
    for plugin in try plugins(file.list("transformers"), at: location) {
      try run(try pass(of: plugin), on: &accumulation.list, noting: plugin.origin, location)
    }
  }

  private func run(
    _ pass: some Pass, on list: inout ResourceList, noting origin: BuildOrigin, _ location: Location
  ) throws(RenderError) {
    guard location.metadata.contains("transformerAnnotations") else {
      return try pass.apply(to: &list, place: place)
    }
    try pass.apply(to: &list, place: place)
    try list.transform { resource throws(RenderError) in resource.history.transformations.append(origin) }
  }

  /// The built-in passes of a kustomization, in kustomize's fixed order, with the names it gives them.
  private mutating func passes(
    _ file: KustomizationFile, at location: Location, _ config: TransformerConfig
  ) throws(RenderError) -> [(any Pass, String)] {
    var result: [(any Pass, String)] = []
    let schema = schema ?? .standard
    let place = place
    func step(_ index: Int, of field: String) -> Int { file.list(field).count > 1 ? index + 1 : 0 }
    var merges: [any Pass] = []
    for (index, entry) in file.list("patchesStrategicMerge").enumerated() {
      merges.append(
        try PatchPass(
          merge: entry, step: step(index, of: "patchesStrategicMerge"), schema: schema, place: place
        ) { path throws(RenderError) in try self.file(path, at: location) })
    }
    // One transformer for all of them, and one for all replacements below.
    if !merges.isEmpty { result.append((PassSequence(merges), "PatchStrategicMergeTransformer")) }
    for (index, entry) in file.list("patches").enumerated() {
      let pass = try PatchPass(
        entry, step: step(index, of: "patches"), schema: schema, place: place
      ) { path throws(RenderError) in try self.file(path, at: location) }
      result.append((pass, "PatchTransformer"))
    }
    if let namespace = file["namespace"] {
      result.append((NamespacePass(namespace, config: config), "NamespaceTransformer"))
    }
    if let prefix = file["namePrefix"] {
      result.append((NameAffixPass(.prefix, prefix, config: config), "PrefixTransformer"))
    }
    if let suffix = file["nameSuffix"] {
      result.append((NameAffixPass(.suffix, suffix, config: config), "SuffixTransformer"))
    }
    for (index, entry) in file.list("labels").enumerated() {
      let pass = try MetadataPass.labels(entry, step: step(index, of: "labels"), config: config, place: place)
      result.append((pass, "LabelTransformer"))
    }
    if file["commonLabels"] != nil || !file.list("labels").isEmpty {
      // There where either is, with or without something to do.
      let labels = file["commonLabels"] ?? YAMLNode(.map(YAMLMap()))
      let pass = try MetadataPass(labels, fields: config.commonLabels, layer: .labels, place: place)
      result.append((pass, "LabelTransformer"))
    }
    if let annotations = file["commonAnnotations"] {
      let pass = try MetadataPass(annotations, fields: config.commonAnnotations, layer: .annotations, place: place)
      result.append((pass, "AnnotationsTransformer"))
    }
    for (index, entry) in file.list("patchesJson6902").enumerated() {
      let pass = try PatchPass(
        json: entry, step: step(index, of: "patchesJson6902"), schema: schema, place: place
      ) { path throws(RenderError) in try self.file(path, at: location) }
      result.append((pass, "PatchJson6902Transformer"))
    }
    for (index, entry) in file.list("replicas").enumerated() {
      let pass = try ReplicasPass(entry, step: step(index, of: "replicas"), fields: config.replicas, place: place)
      result.append((pass, "ReplicaCountTransformer"))
    }
    for (index, entry) in file.list("images").enumerated() {
      let pass = try ImagesPass(entry, step: step(index, of: "images"), fields: config.images, place: place)
      result.append((pass, "ImageTagTransformer"))
    }
    var replacements: [any Pass] = []
    for (index, entry) in file.list("replacements").enumerated() {
      replacements += try self.replacements(entry, step: step(index, of: "replacements"), at: location)
    }
    if !replacements.isEmpty { result.append((PassSequence(replacements), "ReplacementTransformer")) }
    return result
  }

  /// One entry of `replacements`: itself, or those of the file that it names.
  private mutating func replacements(
    _ entry: YAMLNode, step: Int, at location: Location
  ) throws(RenderError) -> [ReplacementPass] {
    guard let path = entry["path"], path.string?.isEmpty == false else {
      return [try ReplacementPass(entry, step: step, place: place)]
    }
    guard entry["source"] == nil, entry["targets"] == nil else {
      throw .failed(sentence: "cannot specify both path and inline replacement", place: place(entry.origin))
    }
    var result: [ReplacementPass] = []
    for document in try documents(path, at: location) {
      for entry in document.list ?? [document] { result.append(try ReplacementPass(entry, step: step, place: place)) }
    }
    return result
  }

  // MARK: Plugins

  /// An object that configures a generator or a transformer.
  private struct Plugin {
    let config: YAMLNode
    /// Where the paths in it start.
    let location: Location
    let origin: BuildOrigin

    func unsupported(_ place: Place) -> RenderError {
      let kind = config["kind"]?.string ?? ""
      let annotation = "config.kubernetes.io/function"
      let isFunction = config["metadata"]?["annotations"]?[annotation] != nil
      if kind == "HelmChartInflationGenerator" {
        return .undetermined(feature: "helmCharts", place: place(config.origin))
      }
      return .undetermined(
        feature: isFunction ? "the function \(kind)" : "the plugin \(config["apiVersion"]?.string ?? "")/\(kind)",
        place: place(config.origin))
    }
  }

  /// The objects that entries of `generators`, `transformers` or `validators` name: files, directories, or YAML in place.
  private mutating func plugins(_ entries: [YAMLNode], at location: Location) throws(RenderError) -> [Plugin] {
    var result: [Plugin] = []
    for entry in entries {
      let written = entry.string ?? ""
      let path = TreePath.resolve(written, from: location.directory)
      var configs = Accumulation()
      var isInline = false
      if let path, case .file? = tree.entry(path) {
        try addResources(entry, at: location, to: &configs)
      } else if written.utf8.contains(0x0A) || written.contains(": ") {
        isInline = true
        let source = PatchPass.inline(entry, place: place)
        let manifest = Manifest(path: source.path, file: source.file, rules: .kustomize)
        configs.list = ResourceList(
          try manifest.resources(in: source.bytes).map {
            Resource($0.root.relabelled { Origin(file: source.file, line: source.firstLine + max($0.line, 1) - 1) })
          })
      } else {
        var inner = location
        inner.metadata = []
        try addResources(entry, at: inner, to: &configs)
        try NameReferencePass(configs.config.nameReferences).apply(to: &configs.list, place: place)
      }
      for config in configs.list.resources {
        let file =
          config.root.origin.hasFile
          ? files.path(config.root.origin.file).map { TreePath.relative($0, to: location.root) } : nil
        let origin = BuildOrigin(
          configuredIn: isInline ? configuredIn(location) : file ?? configuredIn(location), configuredBy: config.id,
          apiVersion: config.root["apiVersion"]?.string ?? "")
        // Paths are seen from the kustomization that lists it.
        result.append(Plugin(config: ConfigKeys.canonical(config.root), location: location, origin: origin))
      }
    }
    return result
  }

  private mutating func pass(of plugin: Plugin) throws(RenderError) -> any Pass {
    let config = plugin.config
    guard config["apiVersion"]?.string == "builtin",
      config["metadata"]?["annotations"]?["config.kubernetes.io/function"] == nil
    else { throw plugin.unsupported(place) }
    let schema = schema ?? .standard
    let place = place
    switch config["kind"]?.string {
    case "NamespaceTransformer": return try NamespacePass(plugin: config, place: place)
    case "PrefixTransformer": return try NameAffixPass(.prefix, plugin: config, place: place)
    case "SuffixTransformer": return try NameAffixPass(.suffix, plugin: config, place: place)
    case "PrefixSuffixTransformer":
      return PassSequence([
        try NameAffixPass(.prefix, plugin: config, place: place),
        try NameAffixPass(.suffix, plugin: config, place: place),
      ])
    case "LabelTransformer": return try MetadataPass("labels", plugin: config, layer: .labels, place: place)
    case "AnnotationsTransformer":
      return try MetadataPass("annotations", plugin: config, layer: .annotations, place: place)
    case "ImageTagTransformer": return try ImagesPass(plugin: config, place: place)
    case "ReplicaCountTransformer": return try ReplicasPass(plugin: config, place: place)
    case "HashTransformer": return NameHashPass()
    case "ValueAddTransformer":
      var targets: [YAMLNode] = []
      if let path = config["targetFilePath"] { targets = try documents(path, at: plugin.location) }
      return try ValueAddPass(plugin: config, documents: targets, place: place)
    case "SortOrderTransformer": return try SortPass(config["sortOptions"] ?? config, place: place)
    case "PatchTransformer":
      return try PatchPass(config, step: 0, schema: schema, place: place) { path throws(RenderError) in
        try self.file(path, at: plugin.location)
      }
    case "PatchStrategicMergeTransformer":
      var passes: [any Pass] = []
      for path in config["paths"]?.list ?? [] {
        passes.append(
          try PatchPass(merge: path, step: 0, schema: schema, place: place) { path throws(RenderError) in
            try self.file(path, at: plugin.location)
          })
      }
      if let text = config["patches"], text.string?.isEmpty == false {
        passes.append(
          try PatchPass(merge: text, step: 0, schema: schema, place: place) { path throws(RenderError) in
            try self.file(path, at: plugin.location)
          })
      }
      guard !passes.isEmpty else {
        throw .failed(sentence: "empty file path and empty patch content", place: place(config.origin))
      }
      return PassSequence(passes)
    case "PatchJson6902Transformer":
      return try PatchPass(json: config, step: 0, schema: schema, place: place) { path throws(RenderError) in
        try self.file(path, at: plugin.location)
      }
    case "ReplacementTransformer":
      var passes: [any Pass] = []
      for (index, entry) in (config["replacements"]?.list ?? []).enumerated() {
        passes += try replacements(entry, step: index + 1, at: plugin.location)
      }
      return PassSequence(passes)
    default: throw plugin.unsupported(place)
    }
  }

  /// Validators are transformers that must not change anything.
  private mutating func validate(
    _ file: KustomizationFile, at location: Location, _ accumulation: Accumulation
  ) throws(RenderError) {
    for plugin in try plugins(file.list("validators"), at: location) {
      var list = accumulation.list
      try pass(of: plugin).apply(to: &list, place: place)
      guard list.resources.map(\.root) == accumulation.list.resources.map(\.root) else {
        throw .failed(sentence: "validator shouldn't modify the resource map", place: place(plugin.config.origin))
      }
    }
  }
}

/// Passes one after the other.
struct PassSequence: Pass {
  let passes: [any Pass]

  init(_ passes: [any Pass]) { self.passes = passes }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    for pass in passes { try pass.apply(to: &list, place: place) }
  }
}
