import Drift
import Foundation
import GitOps
import HTTP
import Kube
import Rendering
import Structured
import Sync

/// `driftglass lint`: what in a tree of files will not do what was meant.
@MainActor struct Lint {
  let command: LintCommand
  let parts: Parts
  let environment: [String: String]

  /// - Returns: the process's exit code.
  func run() async -> Int32 {
    let place = TreePlace(command.path)
    let begin = ContinuousClock.now
    var report: LintReport
    do {
      let schemas = try await schemas()
      let lint = try place.withTree(at: command.revision) { tree throws(RenderError) in
        guard place.directory.isEmpty || tree.entry(place.directory) == .directory else {
          throw .failed(sentence: "there is no directory \(command.path)", place: nil)
        }
        return TreeLint(tree, below: place.directory)
      }
      report = LintReport(try lint.get(), schemas)
    } catch let problem as TreePlace.Problem {
      return refuse(problem.sentence)
    } catch let problem as LintSchemas.Problem {
      return refuse(problem.sentence)
    } catch {
      return refuse("\(error)")
    }
    report.seconds = (ContinuousClock.now - begin) / .seconds(1)
    switch command.output {
    case .json: Output.raw(report.json.encoded(pretty: true) + [10])
    case .table:
      Output.untrusted(report.lines { Self.shown($0, of: place, isRevision: command.revision != nil) })
      Output.untrusted([report.sentence])
    }
    return report.errors > 0 ? Program.Exit.findings : Program.Exit.fine
  }

  /// A file as it can be opened from here; of a revision as it is in the tree.
  private static func shown(_ file: String, of place: TreePlace, isRevision: Bool) -> String {
    if isRevision { return file }
    let path = file.isEmpty ? place.top : "\(place.top)/\(file)"
    let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).standardizedFileURL.path
    return TreePlace.relative(path, to: here).map { $0.isEmpty ? "." : $0 } ?? path
  }

  private func refuse(_ sentence: String) -> Int32 {
    Output.untrusted(errors: [sentence])
    return Program.Exit.couldNot
  }

  private func schemas() async throws(LintSchemas.Problem) -> LintSchemas {
    guard let name = command.cluster else { return .builtin }
    var common = command.common
    common.context = [name]
    let setup = Setup(common: common, environment: environment)
    var warnings: [String] = []
    let context: Setup.NamedContext
    do throws(SetupError) {
      guard let found = try setup.contexts(parts, &warnings).first else {
        throw SetupError.sentence("there is no context \(name) in the kubeconfig")
      }
      context = found
    } catch {
      throw LintSchemas.Problem(sentence: error.sentence)
    }
    let result: Result<LintSchemas, LintSchemas.Problem>
    do throws(LintSchemas.Problem) {
      result = .success(try await LintSchemas.read(context))
    } catch {
      result = .failure(error)
    }
    await parts.endHelpers?()
    return try result.get()
  }
}

/// The types that objects are held against: a cluster's, or those built in.
struct LintSchemas: Sendable {
  struct Problem: Error { let sentence: String }

  /// `Kubernetes 1.36`, `cluster prod`.
  let name: String
  var table: SchemaTable
  /// What the cluster serves; nil where there is none.
  let discovery: Discovery?

  static let builtin = LintSchemas(
    name: "Kubernetes \(BuiltinSchema.version) and Flux", table: BuiltinSchema.schema, discovery: nil)

  /// Reads the schemas of a cluster. Only reads, behind a read-only gate.
  static func read(_ context: Setup.NamedContext) async throws(Problem) -> LintSchemas {
    let access: ClusterAccess
    do throws(ContextProblem) {
      access = try context.context.access.get()
    } catch {
      throw Problem(sentence: "\(context.id.name): \(error)")
    }
    let network = Network()
    defer { network.shutdown() }
    let reader = KubeReader(access: access, cluster: context.id, network: network, gate: .readOnly())
    do throws(APIError) {
      let discovery = try await reader.discover()
      var table = SchemaTable()
      _ = try await table.add(from: reader)
      return LintSchemas(name: "cluster \(context.id.name)", table: table, discovery: discovery)
    } catch {
      throw Problem(sentence: "\(context.id.name): \(error.description)")
    }
  }
}

/// What `lint` found, with what was looked at.
struct LintReport {
  private let lint: TreeLint
  private let schemas: String
  private let objects: Int
  private let unchecked: Int
  var seconds = 0.0

  var errors: Int { lint.findings.count { $0.severity == .error } }
  private var warnings: Int { lint.findings.count - errors }

  init(_ lint: TreeLint, _ schemas: LintSchemas) {
    var lint = lint
    var table = schemas.table
    // A kind that the tree defines itself.
    var defined: Set<GroupKind> = []
    for rendered in lint.objects where rendered.object.groupKind.kind == "CustomResourceDefinition" {
      let spec = rendered.object.packed["spec"]
      try? table.add(customResourceDefinition: rendered.object.packed.json.encoded())
      defined.insert(
        GroupKind(group: spec?["group"]?.string ?? "", kind: spec?["names"]?["kind"]?.string ?? ""))
    }
    var found: [LintFinding] = []
    var seen: Set<String> = []
    var unchecked: Set<String> = []
    for rendered in lint.objects {
      let object = rendered.object
      let place = object.place(of: object.packed.origin) ?? ""
      let title = "\(object.groupKind.kind) \(object.namespace.isEmpty ? "" : "\(object.namespace)/")\(object.name)"
      seen.insert("\(place) \(title)")
      if let discovery = schemas.discovery, discovery.resource(for: object.groupKind, version: object.version) == nil,
        !defined.contains(object.groupKind)
      {
        found.append(
          LintFinding(
            .error, .schema, at: place, object: title,
            "the cluster does not serve \(object.apiVersion) \(object.groupKind.kind)"))
        continue
      }
      guard let problems = table.problems(in: object, isOpen: { rendered.isOpen && $0.contains("${") }) else {
        unchecked.insert("\(place) \(title)")
        continue
      }
      for problem in problems {
        let path = Self.shown(problem.path)
        let sentence = path.isEmpty ? problem.sentence : "\(path): \(problem.sentence)"
        let written = object.place(of: problem.origin) ?? place
        // What a Flux Kustomization's own spec put in is in no file of the object's.
        let isOfSpec = written.hasPrefix("Kustomization ")
        found.append(
          LintFinding(
            .error, .schema, at: isOfSpec ? place : written, object: title,
            isOfSpec ? "\(sentence), put in by \(written.prefix { $0 != ":" })" : sentence))
      }
    }
    lint.add(found)
    self.lint = lint
    self.schemas = schemas.name
    objects = seen.count
    self.unchecked = unchecked.count
  }

  /// `spec.template.spec.containers[0].image`.
  private static func shown(_ path: [String]) -> String {
    path.reduce(into: "") { text, step in
      if Int(step) != nil {
        text += "[\(step)]"
      } else {
        text += (text.isEmpty ? "" : ".") + step
      }
    }
  }

  /// `apps/web.yaml:14: error: Deployment shop/web: spec.replcas: unknown field … [schema]`.
  func lines(_ shown: (String) -> String) -> [String] {
    lint.findings.map { finding in
      let place = shown(finding.file) + (finding.line.map { ":\($0)" } ?? "")
      let object = finding.object.map { "\($0): " } ?? ""
      return "\(place): \(finding.severity.rawValue): \(object)\(finding.sentence) [\(finding.rule.rawValue)]"
    }
  }

  var sentence: String {
    func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    let found = "\(count(errors, "error")), \(count(warnings, "warning"))"
    let others = lint.elsewhere == 0 ? "" : " (and \(lint.elsewhere) of other sources, not rendered)"
    let without = unchecked == 0 ? "" : ", \(unchecked) of them of kinds without a schema"
    return
      "\(found): \(count(lint.directories, "kustomization")) and \(count(lint.kustomizations, "Flux Kustomization"))\(others) with "
      + "\(count(objects, "object"))\(without), held against \(schemas), in \(String(format: "%.2f", seconds)) s"
  }

  var json: JSON {
    let findings = lint.findings.map { finding in
      var entry: JSONObject = [
        "severity": .string(finding.severity.rawValue), "rule": .string(finding.rule.rawValue),
        "file": .string(finding.file), "message": .string(finding.sentence),
      ]
      if let line = finding.line { entry["line"] = .number("\(line)") }
      if let object = finding.object { entry["object"] = .string(object) }
      return JSON.object(entry)
    }
    return .object([
      "errors": .number("\(errors)"), "warnings": .number("\(warnings)"),
      "kustomizations": .number("\(lint.directories)"), "fluxKustomizations": .number("\(lint.kustomizations)"),
      "elsewhere": .number("\(lint.elsewhere)"), "objects": .number("\(objects)"),
      "withoutSchema": .number("\(unchecked)"), "schema": .string(schemas),
      "seconds": .number(String(format: "%.3f", seconds)), "findings": .array(findings),
    ])
  }
}
