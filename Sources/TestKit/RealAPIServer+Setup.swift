import Foundation
import GitOps
import Structured

extension RealAPIServer {
  /// Creates the CustomResourceDefinitions and waits until they are served.
  /// - Parameter kinds: by default those that Flux's own worlds have: each more costs every test time.
  public func createCustomResources(_ kinds: [Kind] = CustomResources.usual) async throws {
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    let definitions = try CustomResources.definitions(of: kinds)
    for definition in definitions { try await expect(.post, path, definition) }
    for kind in kinds {
      let name = "\(kind.plural).\(kind.groupKind.group)"
      try await eventually("\(name) is established", within: .seconds(30)) { () -> Bool? in
        let served = try await self.expect(.get, "\(path)/\(name)")
        let conditions = served.value(at: "status", "conditions")?.array ?? []
        let isEstablished = conditions.contains { $0["type"] == "Established" && $0["status"] == "True" }
        guard isEstablished, let version = served.value(at: "spec", "versions")?.array?.first?["name"]?.string else {
          return nil
        }
        // Established comes before the handler is there.
        let list = try await self.request(.get, "/apis/\(kind.groupKind.group)/\(version)/\(kind.plural)")
        return list.status == 200 ? true : nil
      }
    }
  }

  /// Creates a namespace unless there is one of that name.
  public func createNamespace(_ name: String) async throws {
    if try await request(.get, "/api/v1/namespaces/\(name)").isSuccess { return }
    try await expect(.post, "/api/v1/namespaces", ["metadata": ["name": .string(name)]])
  }

  /// Reading everything that the program looks at, Secrets not among it: the rules of a role.
  public static var readingRules: JSON {
    let groups: [JSON] = [
      "", "apps", "batch", "networking.k8s.io", "apiextensions.k8s.io", "kustomize.toolkit.fluxcd.io",
      "helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io",
    ]
    let resources: [JSON] = [
      "namespaces", "pods", "pods/log", "events", "services", "configmaps", "deployments", "replicasets",
      "statefulsets", "daemonsets", "jobs", "cronjobs", "ingresses", "customresourcedefinitions", "serviceaccounts",
    ]
    let kinds = KindAdapters.kinds.map { JSON.string($0.plural) }
    return [
      ["apiGroups": .array(groups), "resources": .array(resources + kinds), "verbs": ["get", "list", "watch"]]
    ]
  }

  /// Lets the user of `readerToken` read everything but Secrets, and change nothing.
  public func grantReading() async throws {
    try await bind(
      "reader", rules: Self.readingRules,
      to: ["apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "readers"])
  }

  /// Lets a user see which namespaces there are.
  public func allowListingNamespaces(_ user: String) async throws {
    try await bind(
      "namespaces-\(user)",
      rules: [["apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "list", "watch"]]],
      to: ["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string(user)])
  }

  private func bind(_ name: String, rules: JSON, to subject: JSON) async throws {
    try await expect(
      .post, "/apis/rbac.authorization.k8s.io/v1/clusterroles",
      ["metadata": ["name": .string(name)], "rules": rules])
    try await expect(
      .post, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
      [
        "metadata": ["name": .string(name)],
        "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(name)],
        "subjects": [subject],
      ])
  }
}
