import Cells
import GitOps
import Testing

@testable import Dashboard

/// The screens above home.
@Suite struct DetailScreenTests {
  @Test(arguments: HomeScreenTests.sizes) func showsAReconciler(width: Int, height: Int) throws {
    let state = World.state(width: width, height: height, keys: "Enter")
    try expectGolden(view(state, size: state.size), named: "detail/overview-\(width)x\(height)")
  }

  @Test(arguments: [("D", "drift"), ("e", "events"), ("l", "logs")]) func showsItsTabs(key: String, tab: String) throws
  {
    for (width, height) in HomeScreenTests.sizes {
      let state = World.state(width: width, height: height, keys: key)
      try expectGolden(view(state, size: state.size), named: "detail/\(tab)-\(width)x\(height)")
    }
  }

  static let yaml = [
    "apiVersion: kustomize.toolkit.fluxcd.io/v1", "kind: Kustomization", "metadata:", "  name: apps",
    "  namespace: flux-system", "spec:", "  interval: 10m", "  path: ./apps", "  prune: true", "  suspend: false",
    "  note: \"a: quoted colon\"", "  list:", "  - 5", "  managedFields:", "  - manager: kustomize-controller",
    "    operation: Apply",
  ]

  static func withYAML(width: Int, height: Int) -> State {
    var state = World.state(width: width, height: height, keys: "y")
    let outcome = Outcome.object(World.ks(World.eu, "apps"), .text(lines: yaml, managedFieldsFrom: 13))
    _ = update(&state, .outcome(outcome), at: World.now)
    return state
  }

  @Test(arguments: HomeScreenTests.sizes) func showsYAMLWithManagedFieldsFolded(width: Int, height: Int) throws {
    let state = Self.withYAML(width: width, height: height)
    try expectGolden(view(state, size: state.size), named: "detail/yaml-\(width)x\(height)")
  }

  @Test func unfoldsManagedFields() throws {
    var state = Self.withYAML(width: 80, height: 24)
    state.press("Right / 'path' Enter")
    try expectGolden(view(state, size: state.size), named: "detail/yaml-unfolded-80x24")
  }

  @Test func saysThatYAMLIsOnItsWayOrCannotCome() throws {
    var state = World.state(width: 80, height: 24, keys: "y")
    try expectGolden(view(state, size: state.size), named: "detail/yaml-loading-80x24")
    _ = update(&state, .outcome(.object(World.ks(World.eu, "apps"), .failed("403 forbidden"))), at: World.now)
    try expectGolden(view(state, size: state.size), named: "detail/yaml-failed-80x24")
  }

  @Test(arguments: [
    ("1 j Enter", "cluster"), ("2 j Enter", "repo"), ("3 j Enter", "namespace"), ("5 j Enter", "object"),
    ("o", "coverage"), ("@", "actions"), ("k Enter", "stale-cluster"), ("j j j j j j j j d", "suspended"),
  ])
  func showsOtherThings(keys: String, name: String) throws {
    let state = World.state(keys: keys)
    try expectGolden(view(state, size: state.size), named: "detail/\(name)-120x36")
  }

  @Test(arguments: HomeScreenTests.sizes) func showsHelpFromTheTable(width: Int, height: Int) throws {
    let state = World.state(width: width, height: height, keys: "?")
    try expectGolden(view(state, size: state.size), named: "help/help-\(width)x\(height)")
  }
}
