/// What put a value where it is: the kind of step in a rendering.
public enum Layer: UInt8, Sendable, Hashable, CaseIterable {
  /// A resource's own file.
  case resource
  case generator, patch, namespace, nameAffix, labels, annotations, images, replicas, replacement, nameReference
  case variable, nameHash, managedBy, buildMetadata
  /// The stages of Flux around the build.
  case targetNamespace, substitution, commonMetadata, ownerLabel
  /// The manifest of a Helm release.
  case release
  /// A variable from a Secret: the value is not to be shown.
  case secret
  /// Something that is not known here: what stands in the value is not what is wanted.
  case undetermined

  /// As a reader of a kustomization would say it.
  public var title: String {
    switch self {
    case .resource: "resource"
    case .generator: "generator"
    case .patch: "patch"
    case .namespace: "namespace"
    case .nameAffix: "name prefix or suffix"
    case .labels: "labels"
    case .annotations: "annotations"
    case .images: "image"
    case .replicas: "replicas"
    case .replacement: "replacement"
    case .nameReference: "name reference"
    case .variable: "variable"
    case .nameHash: "name hash"
    case .managedBy: "managed-by label"
    case .buildMetadata: "build metadata"
    case .targetNamespace: "targetNamespace"
    case .substitution: "substitution"
    case .commonMetadata: "commonMetadata"
    case .ownerLabel: "owner label"
    case .release: "release"
    case .secret: "substitution from a Secret"
    case .undetermined: "not known"
    }
  }
}

/// Where a value was written, and what put it where it is. Eight bytes, since every scalar of a desired object has one.
public struct Origin: Hashable, Sendable {
  /// From the top: 24 bits of file, 22 of line, 6 of layer, 12 of step.
  private var bits: UInt64

  private static let fileLimit: UInt64 = (1 << 24) - 1
  private static let lineLimit: UInt64 = (1 << 22) - 1
  private static let stepLimit: UInt64 = (1 << 12) - 1

  /// Not from a file: added by rendering.
  public static let none = Origin(file: .max, line: 0)

  /// A line of a file. Files beyond 16 million count as none, lines beyond 4 million as the last.
  /// - Parameters:
  ///   - file: index into the list of files that the reader's caller keeps.
  ///   - line: one-based; 0 when there is no such place.
  public init(file: UInt32, line: UInt32, layer: Layer = .resource, step: Int = 0) {
    bits = min(UInt64(file), Self.fileLimit) << 40 | min(UInt64(line), Self.lineLimit) << 18
    bits |= UInt64(layer.rawValue) << 12 | min(UInt64(step.magnitude), Self.stepLimit)
  }

  /// Index into the list of files that the reader's caller keeps; the largest possible when there is no file.
  public var file: UInt32 { bits >> 40 == Self.fileLimit ? .max : UInt32(bits >> 40) }
  /// One-based; 0 when there is no such place.
  public var line: UInt32 { UInt32(bits >> 18 & Self.lineLimit) }
  /// What put the value where it is.
  public var layer: Layer { Layer(rawValue: UInt8(bits >> 12 & 63)) ?? .resource }
  /// Which one of several steps of its layer, one-based; 0 when there is only one.
  public var step: Int { Int(bits & Self.stepLimit) }
  /// It names a file.
  public var hasFile: Bool { bits >> 40 != Self.fileLimit }

  /// The same in eight bytes without alignment.
  var packed: UInt64 { bits }
  init(packed: UInt64) { bits = packed }

  /// The same place, as a value that another step put where it is.
  public func layered(_ layer: Layer, step: Int = 0) -> Origin {
    Origin(file: file, line: line, layer: layer, step: step)
  }
}
