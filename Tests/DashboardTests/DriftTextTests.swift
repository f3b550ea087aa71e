import GitOps
import Testing

@testable import Dashboard

@Suite struct DriftTextTests {
  @Test func aRemovedOwnerLabelIsToldInWords() {
    let row = DriftRow(
      object: World.deployment(World.eu, "shop", "cart"), version: "v1", reconciler: World.ks(World.eu, "apps"),
      path: "metadata.labels[kustomize.toolkit.fluxcd.io/name]",
      pointer: "/metadata/labels/kustomize.toolkit.fluxcd.io~1name", driftClass: .drifted, cause: .labelRemoved,
      desired: "apps", live: nil, firstSeen: World.now)
    let text = DriftText(state: World.state()).what(row, room: 90).map(\.text.string).joined()
    #expect(text.hasPrefix("label removed, first seen 12:04"))
  }
}
