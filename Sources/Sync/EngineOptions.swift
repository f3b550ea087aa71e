import Drift
import FoundationEssentials
import GitOps
import Journal
import Kube
import Structured

/// What an engine is built with. Decided once at start; only the clusters change while the program runs.
public struct EngineOptions: Sendable {
  /// One entry a cluster to watch, in the order of the screen. `Engine.setClusters` changes them later.
  public var clusters: [ClusterOptions] = []
  /// Seconds between looks at a repository's references, ±10 %.
  public var gitRefresh = 60.0
  /// A look at a repository that takes longer confirms nothing: until it ends HEAD is stale.
  public var gitPatience: Duration = .seconds(35)
  public var ignore: [IgnoreRule] = []
  public var journal: JournalStore?
  /// Compiled schemas from earlier runs; nil: each run reads them from the servers.
  public var schemas: SchemaCache?
  /// The wall clock, for what people read. Timers use the continuous clock.
  public var now: @Sendable () -> Date = { Date() }
  /// Whether Secrets are read at all, to compare their values as hashes (C12).
  public var readsSecrets = true
  /// Follow the controllers' pods' logs.
  public var followsLogs = true
  /// Differences are confirmed by server-side dry runs, where the cluster has a writer and the user may patch.
  public var confirmsByDryRun = false

  public init() {}
}

/// One cluster of `EngineOptions`.
public struct ClusterOptions: Sendable {
  public let id: ClusterID
  public let server: String
  /// Nil with the reason when the context cannot be used.
  public let reader: KubeReader?
  public let problem: String?
  /// Sends mutations; nil in every read-only mode: then nothing here can.
  public let writer: (any MutationWriter)?
  /// This cluster alone is read-only, by the configuration.
  public let readOnly: Bool
  /// Permanent marks, such as `TLS not verified`.
  public let marks: [String]
  /// Where to look when the user may not list a kind in the whole cluster; empty: what the server's rules reviews say.
  public let namespaces: [String]
  /// Equal for two readings of a kubeconfig in which nothing of this cluster changed: then its connections stay.
  public let fingerprint: String

  public init(
    id: ClusterID, server: String, reader: KubeReader?, problem: String? = nil, writer: (any MutationWriter)? = nil,
    readOnly: Bool = false, marks: [String] = [], namespaces: [String] = [], fingerprint: String = ""
  ) {
    self.id = id
    self.server = server
    self.reader = reader
    self.problem = problem
    self.writer = writer
    self.readOnly = readOnly
    self.marks = marks
    self.namespaces = namespaces
    self.fingerprint = fingerprint
  }
}

/// Sends one request. The only conformer lives in the executable that may write.
public protocol MutationWriter: Sendable {
  /// Patches one object with the precondition that its uid is still `uid`. Never retried.
  /// - Throws: `APIError` with the server's sentence.
  func patch(_ ref: ObjectRef, version: String, plural: String, patch: JSON, uid: String) async throws(APIError)

  /// What the API server would make of one object if `manager` applied it by force (kubernetes: server-side apply with
  /// `dryRun=All`); nothing is stored. Never retried.
  /// - Throws: `APIError` with the server's sentence.
  func predict(
    _ ref: ObjectRef, version: String, plural: String, applying desired: JSON, as manager: String
  ) async throws(APIError) -> Object
}
