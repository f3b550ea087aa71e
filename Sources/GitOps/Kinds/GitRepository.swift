import Structured

/// Flux's GitRepository (flux: fluxcd/source-controller api/v1; wire-facts 1.3).
public enum GitRepositoryAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxReference.sourceGroup, kind: "GitRepository", plural: "gitrepositories", shortNames: ["gitrepo"],
    role: .source, versions: ["v1", "v1beta2", "v1beta1"])

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let spec = root["spec"]
    resource.url = spec?["url"]?.string
    follow(&resource, spec?["ref"])
    resource.addVerification(spec)
  }

  public static let columns = ["verify", "verified"]

  /// Precedence: commit, name, semver, tag, branch; `master` when nothing is set.
  private static func follow(_ resource: inout Resource, _ ref: JSONNode?) {
    func text(_ key: String) -> String? { ref?[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    if let commit = text("commit") {
      resource.follows = "commit \(Revision(commit).short)"
    } else if let name = text("name") {
      resource.follows = name
      if name.hasPrefix("refs/heads/") { resource.branch = String(name.dropFirst("refs/heads/".count)) }
    } else if let range = text("semver") {
      resource.follows = "semver \(range)"
    } else if let tag = text("tag") {
      resource.follows = "tag \(tag)"
    } else {
      let branch = text("branch") ?? "master"
      resource.follows = branch
      resource.branch = branch
    }
  }
}
