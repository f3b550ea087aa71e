import Foundation
import Git
import GitOps
import HTTP
import Kube
import Rendering
import Structured
import Sync

/// `driftglass render`: what Git says, as YAML.
struct Render {
  let command: RenderCommand
  let parts: Parts
  let environment: [String: String]

  func run() async -> Int32 {
    if let selector = RenderCommand.Selector(command.what) { return await render(selector) }
    return renderPath()
  }

  // MARK: A directory

  private func renderPath() -> Int32 {
    let place = TreePlace(command.what)
    do {
      let rendered = try place.withTree(at: command.revision) { tree throws(RenderError) in
        try Renderer().build(place.directory, in: tree)
      }
      return show(try rendered.get())
    } catch let problem as TreePlace.Problem {
      return refuse(problem.sentence)
    } catch let error as RenderError {
      return refuse(error)
    } catch {
      return refuse("\(error)")
    }
  }

  // MARK: A reconciler

  private func render(_ selector: RenderCommand.Selector) async -> Int32 {
    let setup = Setup(common: command.common, environment: environment)
    guard !selector.kind.isEmpty else {
      let answer = await renderRelease(selector, setup)
      await parts.endHelpers?()
      return answer
    }
    let world: Wiring
    do throws(SetupError) {
      world = try setup.wire(parts, journal: false)
    } catch {
      return refuse(error.sentence)
    }
    let engine = world.engine
    let running = Task { await engine.run() }
    let snapshot = await OneShot.newest(of: await engine.snapshots(), within: 30) { $0.isComplete }
    let found = snapshot.reconcilers.map(\.ref).filter(selector.matches)
    defer { running.cancel() }
    let answer: Int32
    switch found.count {
    case 0 where selector.kind == "HelmRelease":
      answer = await renderRelease(selector, setup, sawAll: snapshot.isComplete)
    case 0: answer = refuse(nothing(sawAll: snapshot.isComplete))
    case 1:
      switch await engine.wanted(by: found[0], ahead: command.revision != nil) {
      case .success(let objects): answer = show(objects)
      case .failure(let reason): answer = refuse("undetermined: \(reason.text)")
      }
    default:
      answer = refuse(
        "\(command.what) is in several clusters; name one with --context: "
          + found.map(\.cluster.name).sorted().joined(separator: ", "))
    }
    await parts.endHelpers?()
    return answer
  }

  // MARK: A release of Helm itself, or of the Helm Operator

  private func nothing(sawAll: Bool) -> String {
    "there is no \(command.what)\(sawAll ? "" : " yet: not everything was seen within 30 s")"
  }

  private func renderRelease(
    _ selector: RenderCommand.Selector, _ setup: Setup, sawAll: Bool = true
  ) async -> Int32 {
    var warnings: [String] = []
    let contexts: [Setup.NamedContext]
    do throws(SetupError) {
      contexts = try setup.contexts(parts, &warnings)
    } catch {
      return refuse(error.sentence)
    }
    let network = Network()
    defer { network.shutdown() }
    var found: [(cluster: String, objects: [DesiredObject])] = []
    var problems: [String] = []
    for context in contexts {
      let access: ClusterAccess
      do throws(ContextProblem) {
        access = try context.context.access.get()
      } catch {
        problems.append("\(context.id.name): \(error)")
        continue
      }
      let reader = KubeReader(access: access, cluster: context.id, network: network, gate: .readOnly())
      do throws(HelmReleases.Problem) {
        guard let objects = try await release(selector, reader) else { continue }
        found.append((context.id.name, objects))
      } catch {
        problems.append("\(context.id.name): \(error.text)")
      }
    }
    switch found.count {
    case 1: return show(found[0].objects)
    case 0 where problems.isEmpty: return refuse(nothing(sawAll: sawAll))
    case 0: return refuse("undetermined: \(problems.joined(separator: "; "))")
    default:
      return refuse(
        "\(command.what) is in several clusters; name one with --context: "
          + found.map(\.cluster).sorted().joined(separator: ", "))
    }
  }

  /// The objects of the newest release; nil when the cluster has none of that name.
  private func release(
    _ selector: RenderCommand.Selector, _ reader: KubeReader
  ) async throws(HelmReleases.Problem) -> [DesiredObject]? {
    let releases = HelmReleases(reader)
    var place: (name: String, namespace: String)?
    if selector.kind.isEmpty {
      place = (selector.name, selector.namespace)
    } else {
      for (groupKind, version) in HelmReleases.operatorKinds {
        let ref = ObjectRef(
          cluster: reader.cluster, groupKind: groupKind, namespace: selector.namespace, name: selector.name)
        do throws(APIError) {
          let object = try await reader.get(ref, version: version, plural: "helmreleases")
          place = (try? object.document()).flatMap(HelmReleases.release(ofOperator:))
          break
        } catch {
          guard error.isNotFound else { throw HelmReleases.Problem(text: error.description) }
        }
      }
    }
    guard let place, let release = try await releases.newest(place.name, in: place.namespace) else { return nil }
    return try await releases.objects(of: release, release.version)
  }

  // MARK: Output

  private func show(_ objects: [DesiredObject]) -> Int32 {
    for (index, object) in objects.enumerated() {
      if index > 0 { Output.line("---") }
      let lines = YAMLPrinter.lines(object.root.sortedKeys) { node in
        command.origins ? Self.note(node, of: object) : nil
      }
      Output.raw(Array(lines.map { $0 + "\n" }.joined().utf8))
      for field in object.undetermined {
        Output.message(
          "undetermined: \(object.groupKind.kind) \(object.namespace)/\(object.name): "
            + "\(field.path.joined(separator: ".")): \(field.reason)")
      }
    }
    return Program.Exit.fine
  }

  /// `apps/web.yaml:14`, and what put the value there when that was not the object's own file.
  private static func note(_ node: YAMLNode, of object: DesiredObject) -> String? {
    let origin = node.origin
    let place = object.place(of: origin)
    guard origin.layer != .resource else { return place }
    let step = origin.step > 0 ? " \(origin.step)" : ""
    return [place, "\(origin.layer.title)\(step)"].compactMap(\.self).joined(separator: " ")
  }

  private func refuse(_ error: RenderError) -> Int32 {
    switch error {
    case .undetermined: return refuse("undetermined: \(error.description)")
    case .failed: return refuse("failed: \(error.description)")
    }
  }

  private func refuse(_ sentence: String) -> Int32 {
    Output.message(sentence)
    return Program.Exit.couldNot
  }
}
