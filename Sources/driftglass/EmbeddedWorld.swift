import App
import Demo

/// The demo's world behind the program's idea of one.
struct EmbeddedWorld: DemoWorld {
  private let world: World

  init(_ request: DemoRequest) async throws {
    var options = World.Options()
    options.story = Story.Kind(rawValue: request.story) ?? .incident
    options.seed = request.seed
    options.speed = request.speed
    world = try await World.start(options)
  }

  var kubeconfigPath: String { world.kubeconfigPath }
  var repositories: [(match: String, path: String)] { world.repos.map { ($0.match, $0.url) } }

  func stop() async { await world.stop() }
}
