import GitOps
import Kube
import Rendering
import Structured

/// Reads what Helm installed from the records that it keeps of its releases: each by its name, when it is needed.
public struct HelmReleases: Sendable {
  /// One line, for people.
  public struct Problem: Error {
    public let text: String

    public init(text: String) { self.text = text }
  }

  private let reader: KubeReader

  public init(_ reader: KubeReader) { self.reader = reader }

  /// The objects of one revision of a release.
  public func objects(of release: HelmReleaseRef, _ version: Int) async throws(Problem) -> [DesiredObject] {
    let record = try await record(of: release, version)
    do throws(RenderError) {
      return try HelmManifest.decode(record: record).objects
    } catch {
      throw Problem(text: error.description)
    }
  }

  /// A Secret, or where Helm keeps its records in them a ConfigMap.
  private func record(of release: HelmReleaseRef, _ version: Int) async throws(Problem) -> JSONDocument {
    let name = release.record(version)
    var problem: Problem?
    for (kind, plural) in [("Secret", "secrets"), ("ConfigMap", "configmaps")] {
      let ref = ObjectRef(
        cluster: reader.cluster, group: "", kind: kind, namespace: release.storageNamespace, name: name)
      let object: Object
      do throws(APIError) {
        object = try await reader.get(ref, version: "v1", plural: plural)
      } catch {
        let why = error.isForbidden ? "no permission to get \(plural)" : error.description
        // That the other kind is not there says nothing more.
        if problem == nil {
          problem = Problem(
            text: error.isNotFound
              ? "release \(kind) \(ref.path) does not exist" : "release \(kind) not readable: \(why)")
        }
        guard error.isNotFound || error.isForbidden else { break }
        continue
      }
      do throws(ParseError) { return try object.document() } catch { throw Problem(text: error.description) }
    }
    throw problem ?? Problem(text: "release record \(name) does not exist")
  }

  /// A release by the labels of its records, whoever installed it; nil when there is none of that name.
  public func newest(_ name: String, in namespace: String) async throws(Problem) -> HelmReleaseRef? {
    var problem: Problem?
    for plural in ["secrets", "configmaps"] {
      let records: [HelmRecordLabels]
      do throws(APIError) {
        records = try await reader.helmRecords(of: name, in: namespace, plural: plural)
      } catch {
        problem =
          problem
          ?? Problem(
            text: error.isForbidden ? "no permission to list \(plural) in \(namespace)" : error.description)
        continue
      }
      guard let newest = records.first else { continue }
      return HelmReleaseRef(
        name: name, namespace: namespace, storageNamespace: namespace, version: newest.version, status: newest.status,
        chart: "", previous: records.dropFirst().first { $0.status == "deployed" || $0.status == "superseded" }?.version
      )
    }
    if let problem { throw problem }
    return nil
  }

  /// The release of a HelmRelease of the Helm Operator (helm-operator: pkg/apis/helm.fluxcd.io/v1, GetReleaseName): Helm 3
  /// keeps its records beside what it installs. Nil when the operator knows none.
  public static func release(ofOperator document: JSONDocument) -> (name: String, namespace: String)? {
    let root = document.root
    guard let own = root["metadata"]?["namespace"]?.string, let name = root["metadata"]?["name"]?.string else {
      return nil
    }
    func text(_ node: JSONNode?) -> String? { node?.string.flatMap { $0.isEmpty ? nil : $0 } }
    let target = text(root["spec"]?["targetNamespace"]) ?? own
    let release =
      text(root["status"]?["releaseName"]) ?? text(root["spec"]?["releaseName"])
      ?? (target == own ? "\(own)-\(name)" : "\(own)-\(target)-\(name)")
    return (release, target)
  }

  /// The kinds of the Helm Operator, newest first.
  public static let operatorKinds = [
    (groupKind: GroupKind(group: "helm.fluxcd.io", kind: "HelmRelease"), version: "v1"),
    (groupKind: GroupKind(group: "flux.weave.works", kind: "HelmRelease"), version: "v1beta1"),
  ]
}
