import GitOps
import Rendering

/// What decides the desired state of a reconciler: while this is equal nothing has to be rendered again.
struct DesiredKey: Hashable, Sendable {
  /// Where the objects live; nil while that cluster is not attached.
  let place: ClusterID?
  /// Why that is so, for people.
  let notAttached: String?
  /// The reconciler's own generation: its path, target namespace, metadata.
  let generation: Int
  /// Its source's: what that leaves out of its artifact.
  let sourceGeneration: Int
  let inEffect: InEffect
  let repo: RepoRow.ID?
  /// HEAD of the followed reference.
  let head: String?
  /// What the source holds, where that is not read from Git.
  let artifact: String?
  /// Why the repository cannot be read now.
  let problem: String?
  let release: HelmReleaseRef?
  /// The versions of the ConfigMaps and Secrets that its variables come from.
  let variables: [String]
}

/// The desired objects of one reconciler, by their identity in the target cluster.
struct DesiredSet: Sendable {
  var objects: [ObjectRef: DesiredObject] = [:]
  /// The older of two revisions while an apply is under way (`InEffect.either`).
  var alternative: [ObjectRef: DesiredObject]?
  /// What HEAD says, when it differs from the revision in effect.
  var head: [ObjectRef: DesiredObject]?
  /// What the release before the one in effect said otherwise of the same objects.
  var previous: [ObjectRef: DesiredObject] = [:]
  /// The reconciler's own rules of what it does not correct.
  var ignore: [FluxIgnore] = []
  var commit: CommitSummary?
  var headState: HeadState = .unknown

  /// The objects of which one of the revisions says something else than before.
  func differences(from before: DesiredSet) -> Set<ObjectRef> {
    func isSame(_ a: DesiredObject?, _ b: DesiredObject?) -> Bool {
      a?.version == b?.version && a?.packed == b?.packed && a?.undetermined == b?.undetermined
    }
    var touched: Set<ObjectRef> = []
    for ref in Set(objects.keys).union(before.objects.keys)
    where !isSame(objects[ref], before.objects[ref]) { touched.insert(ref) }
    for ref in Set(previous.keys).union(before.previous.keys)
    where !isSame(previous[ref], before.previous[ref]) { touched.insert(ref) }
    for part in [\DesiredSet.alternative, \DesiredSet.head] {
      let (now, then) = (self[keyPath: part], before[keyPath: part])
      guard now != nil || then != nil else { continue }
      // Where there is no other revision, it says what this one says.
      let (new, old) = (now ?? objects, then ?? before.objects)
      for ref in Set(new.keys).union(old.keys) where !isSame(new[ref], old[ref]) { touched.insert(ref) }
    }
    return touched
  }
}

/// What a reconciler's spec makes of one commit, and what of the commit it was made from.
struct RenderedCommit: Sendable {
  /// What decides the result besides the commit.
  struct Inputs: Hashable, Sendable {
    let generation: Int
    let sourceGeneration: Int
    let variables: [String]

    init(_ key: DesiredKey) {
      generation = key.generation
      sourceGeneration = key.sourceGeneration
      variables = key.variables
    }
  }

  let inputs: Inputs
  let repo: RepoRow.ID?
  var commit: String
  let footprint: TreeFootprint
  let result: Result<[DesiredObject], RenderError>
}

/// Where the desired state of one reconciler stands.
struct DesiredState: Sendable {
  enum Value: Sendable {
    case loading
    case ready(DesiredSet)
    /// The reason, for people.
    case undetermined(String)
  }

  /// The key of the newest request; a result for another key is dropped.
  var key: DesiredKey
  var value: Value = .loading
  /// A newer request is under way; `value` is that of the one before.
  var isRefreshing = true
  /// What was rendered for `value`: the next request renders only what a commit changed.
  var rendered: [RenderedCommit] = []
  var answers = 0

  var set: DesiredSet? { if case .ready(let set) = value { set } else { nil } }
}

/// A request to render, with everything the job needs: it runs off the engine.
struct RenderRequest: Sendable {
  let reconciler: ObjectRef
  /// The cluster where its objects live.
  let place: ClusterID
  let key: DesiredKey
  let object: Object
  let resource: Resource
  let source: Resource?
  /// The source's own object: what it leaves out of its artifact.
  let sourceObject: Object?
  /// What was rendered before, and what came of it.
  let rendered: [RenderedCommit]
  let previous: DesiredSet?
  /// How many requests of the reconciler were answered before this one.
  let answers: Int
}
