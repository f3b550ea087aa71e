/// An entry of `postBuild.substituteFrom`: a ConfigMap or a Secret beside the Kustomization.
public struct VariableReference: Sendable, Hashable {
  /// `ConfigMap` or `Secret`.
  public let kind: String
  public let name: String
  /// It may be missing.
  public let isOptional: Bool

  public init(kind: String, name: String, isOptional: Bool) {
    self.kind = kind
    self.name = name
    self.isOptional = isOptional
  }
}

/// What a ConfigMap or Secret of `substituteFrom` gives.
public enum VariableSource: Sendable, Hashable {
  /// Its data, decoded.
  case values([String: String])
  /// It does not exist.
  case missing
  /// It is not known: not readable, or not read.
  case unknown
}
