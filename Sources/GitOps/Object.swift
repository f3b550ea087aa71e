import FoundationEssentials
import Structured

/// A live object: its identity and metadata read once, its body kept as the compact bytes that the API server sent and
/// parsed only when somebody looks at it.
public struct Object: Sendable {
  public let ref: ObjectRef
  /// The API version it was read in, without the group: `v1`, `v1beta2`.
  public let version: String
  /// Empty when the server sent none.
  public let uid: String
  /// Opaque; compared for equality only (kubernetes: API concepts, resource versions).
  public let resourceVersion: String
  public let generation: Int?
  public let labels: [String: String]
  public let created: Date?
  /// Set when the object is being deleted and a finalizer holds it.
  public let deleted: Date?
  /// The whole object as JSON.
  public let bytes: [UInt8]

  public init(
    ref: ObjectRef, version: String, uid: String, resourceVersion: String, generation: Int?, labels: [String: String],
    created: Date?, deleted: Date?, bytes: [UInt8]
  ) {
    self.ref = ref
    self.version = version
    self.uid = uid
    self.resourceVersion = resourceVersion
    self.generation = generation
    self.labels = labels
    self.created = created
    self.deleted = deleted
    self.bytes = bytes
  }

  /// Reads an object from its JSON bytes. `kind` and `version` are those of the list it came from: items of typed lists
  /// carry neither (kubernetes: list semantics).
  /// - Throws: `ParseError` when the bytes are not a JSON object with a name, or are beyond the limits.
  public init(bytes: [UInt8], cluster: ClusterID, groupKind: GroupKind, version: String) throws(ParseError) {
    try self.init(
      JSONDocument(parsing: bytes, limits: .object), cluster: cluster, groupKind: groupKind, version: version)
  }

  /// The same from a document.
  /// - Parameter keepsOwnership: false drops what says who wrote which field of an object that no reconciler manages
  ///   (A20): nobody asks, and it is half of an object's size.
  /// - Throws: `ParseError` when it has no name.
  public init(
    _ document: JSONDocument, cluster: ClusterID, groupKind: GroupKind, version: String, keepsOwnership: Bool = true
  ) throws(ParseError) {
    let metadata = document.root["metadata"]
    guard let metadata, let name = metadata["name"]?.string, !name.isEmpty else {
      throw ParseError(reason: .shape("not a Kubernetes object: metadata.name is missing"))
    }
    var labels: [String: String] = [:]
    if let node = metadata["labels"], let members = node.members {
      labels.reserveCapacity(node.count)
      for (key, value) in members { if let text = value.string { labels[key] = text } }
    }
    self.init(
      ref: ObjectRef(
        cluster: cluster, groupKind: groupKind, namespace: metadata["namespace"]?.string ?? "", name: name),
      version: version, uid: metadata["uid"]?.string ?? "",
      resourceVersion: metadata["resourceVersion"]?.string ?? "", generation: metadata["generation"]?.int,
      labels: labels, created: metadata["creationTimestamp"]?.string.flatMap(Timestamp.parse),
      deleted: metadata["deletionTimestamp"]?.string.flatMap(Timestamp.parse),
      bytes: keepsOwnership || OwnerLabels.all.contains { labels[$0.name] != nil }
        ? document.bytes : Object.withoutOwnership(document, metadata))
  }

  /// Whether nothing is different from an earlier state of the same object but its status, and what the server notes of that
  /// (kubernetes: API conventions, status; a write of the status alone leaves the generation).
  public func differsInStatusOnly(from earlier: Object) -> Bool {
    guard uid == earlier.uid, version == earlier.version, generation == earlier.generation, deleted == earlier.deleted,
      labels == earlier.labels, let new = try? document().root, let old = try? earlier.document().root
    else { return false }
    return Self.isSame(new, old, besides: ["status", "metadata"])
      && Self.isSame(new["metadata"], old["metadata"], besides: ["resourceVersion", "managedFields"])
      && Self.writes(new["metadata"]) == Self.writes(old["metadata"])
  }

  private static func isSame(_ a: JSONNode?, _ b: JSONNode?, besides left: Set<String>) -> Bool {
    func members(_ node: JSONNode?) -> [String: [UInt8]] {
      var result: [String: [UInt8]] = [:]
      if let members = node?.members {
        for (key, value) in members where !left.contains(key) { result[key] = value.bytes() }
      }
      return result
    }
    return members(a) == members(b)
  }

  /// The entries of `managedFields` that speak of more than the status.
  private static func writes(_ metadata: JSONNode?) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    if let elements = metadata?["managedFields"]?.elements {
      for entry in elements where entry["subresource"]?.string != "status" { entries.append(entry.bytes()) }
    }
    return entries
  }

  /// Without the fields that `managedFields` lists and without what `kubectl apply` remembers. That a status was written,
  /// by whom and when stays: the kinds' adapters read it.
  private static func withoutOwnership(_ document: JSONDocument, _ metadata: JSONNode) -> [UInt8] {
    var edits: [JSONEdit] = []
    if let entries = metadata["managedFields"]?.elements {
      for entry in entries {
        guard let fields = entry["fieldsV1"], fields.count > 0 else { continue }
        edits.append(.replace(fields, with: fields["f:status"] == nil ? "{}" : #"{"f:status":{}}"#))
      }
    }
    let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    if let text = metadata["annotations"]?[lastApplied] { edits.append(.remove(text)) }
    return document.bytes(edits)
  }

  /// The body as a document to navigate.
  /// - Throws: `ParseError`; it parsed once when it arrived, so this happens only for objects built by hand.
  public func document() throws(ParseError) -> JSONDocument { try JSONDocument(parsing: bytes, limits: .object) }

  public var apiVersion: String { ref.group.isEmpty ? version : "\(ref.group)/\(version)" }
}
