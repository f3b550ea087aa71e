import FoundationEssentials
import GitOps
import Structured

/// Helm's own record of a release, as its storage keeps it (wire-facts 1.5).
struct HelmRecord: Sendable {
  let release: BuiltInChart.Release
  let chart: BuiltInChart
  /// Helm's revision of the release.
  let revision: Int
  /// `deployed`, `failed`, `superseded`, …
  var status: String
  let firstDeployed: Date
  let deployed: Date
  /// YAML documents.
  let manifest: String

  static func secretName(_ release: String, _ revision: Int) -> String { "sh.helm.release.v1.\(release).v\(revision)" }

  var body: JSON {
    [
      "name": .string(release.name), "namespace": .string(release.namespace), "version": .integer(revision),
      "apply_method": "ssa",
      "info": [
        "first_deployed": .string(Timestamp.format(firstDeployed)),
        "last_deployed": .string(Timestamp.format(deployed)), "deleted": "", "description": "Upgrade complete",
        "status": .string(status),
      ],
      "chart": [
        "metadata": [
          "name": .string(chart.name), "version": .string(release.version), "appVersion": .string(chart.appVersion),
          "apiVersion": "v2",
        ]
      ],
      "config": release.values, "manifest": .string(manifest), "hooks": [],
    ]
  }

  var digest: String { SHA256Digest.text(body.encoded()) }

  /// The Secret; the record is base64 twice, and not compressed, which Helm reads as well.
  var secret: JSON {
    let text = Base64.encode(Array(Base64.encode(body.encoded()).utf8))
    return [
      "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
      "metadata": [
        "name": .string(Self.secretName(release.name, revision)),
        "labels": [
          "owner": "helm", "name": .string(release.name), "version": .string(String(revision)),
          "status": .string(status), "modifiedAt": .string(String(Int(deployed.timeIntervalSince1970))),
        ],
      ],
      "data": ["release": .string(text)],
    ]
  }

  /// A line of `status.history` of a HelmRelease.
  var snapshot: JSON {
    [
      "apiVersion": "v2", "digest": .string(digest), "name": .string(release.name),
      "namespace": .string(release.namespace), "version": .integer(revision), "status": .string(status),
      "action": revision == 1 ? "install" : "upgrade", "chartName": .string(chart.name),
      "chartVersion": .string(release.version), "appVersion": .string(chart.appVersion),
      "configDigest": .string(SHA256Digest.text(release.values.encoded())),
      "firstDeployed": .string(Timestamp.format(firstDeployed)), "lastDeployed": .string(Timestamp.format(deployed)),
    ]
  }
}
