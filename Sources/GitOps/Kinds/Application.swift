import FoundationEssentials
import Structured

/// Argo CD's Application (argo-cd: pkg/apis/application/v1alpha1/types.go; wire-facts 4.1 to 4.4).
public enum ApplicationAdapter: KindAdapter {
  public static let kind = Kind(
    group: ArgoStatus.group, kind: "Application", plural: "applications", shortNames: ["app", "apps"],
    role: .reconciler, versions: ["v1alpha1"])

  public static let columns = ["sync", "health", "project", "auto-sync"]

  public static func describe(_ object: Object) -> Resource {
    var resource = Resource(object, as: kind)
    guard let root = try? object.document().root else { return resource }
    let annotations = root["metadata"]?["annotations"]
    let (spec, status) = (root["spec"], root["status"])
    resource.conditions = ArgoStatus.conditions(of: status)
    resource.parent = ArgoStatus.parent(of: object, root["metadata"])
    resource.requestedToken = annotations?[ArgoStatus.refresh]?.string
    resource.lastRun = (status?["reconciledAt"] ?? status?["observedAt"])?.string.flatMap(Timestamp.parse)
    resource.inventory = entries(status, where: { _ in true })
    resource.target = target(spec?["destination"])
    let mode = AutoSync(spec?["syncPolicy"]?["automated"])
    resource.corrects = mode == .heals
    resource.prunes = mode != .manual && spec?["syncPolicy"]?["automated"]?["prune"]?.bool == true
    source(&resource, spec)
    revisions(&resource, status)
    resource.isFrozen = annotations?[ArgoStatus.skip]?.string == "true"
    if resource.isFrozen || mode == .off
      || annotations?[ArgoStatus.automated] != nil && mode == .manual
    {
      resource.suspension = Suspension(annotations: annotations)
    }
    let phase = status?["operationState"]?["phase"]?.string
    resource.isOperating = root["operation"] != nil || phase == "Running" || phase == "Terminating"
    resource.operationStarted = status?["operationState"]?["startedAt"]?.string.flatMap(Timestamp.parse)
    judge(&resource, object, root)
    resource.outOfSync = entries(status) { $0["status"]?.string == "OutOfSync" }
    facts(&resource, spec, status, mode)
    return resource
  }

  /// How far an Application follows Git by itself.
  private enum AutoSync: String {
    case manual, off
    case on
    /// It also undoes what others change in the cluster.
    case heals = "on, heals"

    init(_ automated: JSONNode?) {
      guard let automated, automated.kind == .object else {
        self = .manual
        return
      }
      self =
        automated["enabled"]?.bool == false ? .off : automated["selfHeal"]?.bool == true ? .heals : .on
    }
  }

  private static func entries(_ status: JSONNode?, where isWanted: (JSONNode) -> Bool) -> [InventoryEntry] {
    guard let elements = status?["resources"]?.elements else { return [] }
    var entries: [InventoryEntry] = []
    for element in elements where element["hook"]?.bool != true && isWanted(element) {
      guard let kind = element["kind"]?.string, let name = element["name"]?.string, !name.isEmpty else { continue }
      entries.append(
        InventoryEntry(
          groupKind: GroupKind(group: element["group"]?.string ?? "", kind: kind),
          version: element["version"]?.string ?? "", namespace: element["namespace"]?.string ?? "", name: name))
    }
    return entries
  }

  /// Its own cluster by either of its two names, else another one.
  private static func target(_ destination: JSONNode?) -> TargetCluster? {
    func text(_ key: String) -> String? { destination?[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    if let server = text("server") {
      return server.hasPrefix("https://kubernetes.default.svc") ? nil : TargetCluster(server: server)
    }
    return text("name").flatMap { $0 == "in-cluster" ? nil : TargetCluster(name: $0) }
  }

  private static func source(_ resource: inout Resource, _ spec: JSONNode?) {
    guard let source = spec?["source"] ?? spec?["sources"]?[0] ?? spec?["sourceHydrator"]?["drySource"] else { return }
    resource.url = source["repoURL"]?.string.map(withoutUser)
    resource.path = source["path"]?.string
    let revision = source["targetRevision"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "HEAD"
    resource.follows = source["chart"]?.string.map { "\($0) \(revision)" } ?? revision
  }

  /// User names and tokens in addresses are never shown (wire-facts 7.5).
  static func withoutUser(_ url: String) -> String {
    // What follows a question mark may be a token.
    String(Masking.withoutUser(url).prefix { $0 != "?" && $0 != "#" })
  }

  /// In effect is what the last good sync sent, never what was compared (`drift.md` R8).
  private static func revisions(_ resource: inout Resource, _ status: JSONNode?) {
    func revision(_ node: JSONNode?) -> Revision? {
      let text = node?["revision"]?.string ?? node?["revisions"]?[0]?.string
      return text.flatMap { $0.isEmpty ? nil : Revision($0) }
    }
    let operation = status?["operationState"]
    let phase = operation?["phase"]?.string
    let isDryRun = operation?["operation"]?["sync"]?["dryRun"]?.bool == true
    let sent = revision(operation?["syncResult"])
    var last: JSONNode?
    if let history = status?["history"]?.elements { for entry in history { last = entry } }
    let before = revision(last)
    resource.attempted = isDryRun ? before : sent ?? revision(operation?["operation"]?["sync"])
    resource.applied = phase == "Succeeded" && !isDryRun ? sent ?? before : before
    switch (resource.applied, phase, sent) {
    case (let applied?, "Running", let sent?) where applied != sent && !isDryRun:
      resource.inEffect = .either(applied, sent)
    case (let applied?, _, _): resource.inEffect = .revision(applied)
    case (nil, _, _): resource.inEffect = .nothing
    }
    resource.compared = revision(status?["sync"])
  }

  /// Trouble first (wire-facts 10.4): errors, a failed operation, degraded objects, then what is under way.
  private static func judge(_ resource: inout Resource, _ object: Object, _ root: JSONNode) {
    let status = root["status"]
    let operation = status?["operationState"]
    let phase = operation?["phase"]?.string
    let sync = status?["sync"]?["status"]?.string
    let health = status?["health"]?["status"]?.string
    let healthSince = status?["health"]?["lastTransitionTime"]?.string.flatMap(Timestamp.parse)
    let finished = operation?["finishedAt"]?.string.flatMap(Timestamp.parse)
    func say(_ state: Health, _ reason: String?, _ message: String?, _ since: Date?) {
      resource.health = state
      resource.reason = reason ?? ""
      resource.message = Masking.text(message ?? "")
      resource.since = since
    }
    let error = resource.conditions.first { $0.type.hasSuffix("Error") }
    if let deleted = object.deleted {
      say(.deleting, error?.type, error?.message ?? "", deleted)
    } else if let suspension = resource.suspension {
      say(.suspended, sync, status?["health"]?["message"]?.string, suspension.since)
    } else if phase == "Running", finished != nil {
      say(.waiting, "Retrying", operation?["message"]?.string, finished)
    } else if let error {
      say(.failed, error.type, failure(operation) ?? error.message, error.since)
    } else if phase == "Failed" || phase == "Error", sync != "Synced" {
      say(.failed, phase, failure(operation) ?? operation?["message"]?.string, finished)
    } else if health == "Degraded" {
      let (worst, text) = degraded(status)
      say(
        .failed, "Degraded",
        [worst, text ?? status?["health"]?["message"]?.string]
          .compactMap { $0 }.joined(separator: ": "), healthSince)
    } else if phase == "Running" || phase == "Terminating" || root["operation"] != nil {
      say(
        .progressing, phase ?? "Requested", operation?["message"]?.string,
        operation?["startedAt"]?.string.flatMap(Timestamp.parse))
    } else if resource.requestedToken != nil, status?["reconciledAt"] == nil {
      say(.progressing, "Refreshing", "not reconciled yet", object.created)
    } else {
      switch (health, sync) {
      case ("Progressing", _): say(.progressing, "Progressing", status?["health"]?["message"]?.string, healthSince)
      case ("Suspended", _): say(.waiting, "Suspended", "a part of it is paused and waits to be continued", healthSince)
      case ("Missing", _): say(.waiting, "Missing", "its objects are not there: it waits for a sync", healthSince)
      case ("Healthy", "Synced"): say(.ready, "Synced", "Healthy", healthSince)
      case ("Healthy", "OutOfSync"): say(.ready, "OutOfSync", "healthy, but not as Git says", healthSince)
      default:
        guard object.generation != nil else { return }
        say(
          .progressing, sync ?? "", status == nil ? "not reconciled yet" : "Argo CD has not compared it", object.created
        )
      }
    }
  }

  /// The first object that a sync failed at, and why.
  private static func failure(_ operation: JSONNode?) -> String? {
    guard let elements = operation?["syncResult"]?["resources"]?.elements else { return nil }
    for element in elements where element["status"]?.string == "SyncFailed" {
      return "\(name(element)): \(element["message"]?.string ?? "failed")"
    }
    return nil
  }

  private static func degraded(_ status: JSONNode?) -> (String?, String?) {
    guard let elements = status?["resources"]?.elements else { return (nil, nil) }
    for element in elements where element["health"]?["status"]?.string == "Degraded" {
      return (name(element), element["health"]?["message"]?.string)
    }
    return (nil, nil)
  }

  private static func name(_ element: JSONNode) -> String {
    let path = [element["namespace"]?.string, element["name"]?.string].compactMap { $0 }.joined(separator: "/")
    return "\(element["kind"]?.string ?? "object") \(path)"
  }

  private static func facts(_ resource: inout Resource, _ spec: JSONNode?, _ status: JSONNode?, _ mode: AutoSync) {
    resource.add("sync", status?["sync"]?["status"]?.string)
    resource.add("health", status?["health"]?["status"]?.string)
    resource.add("project", spec?["project"]?.string)
    if spec?.kind == .object { resource.add("auto-sync", mode.rawValue) }
  }

  // MARK: Verbs

  /// A refresh compares again and never changes the cluster unless auto-sync is on; with its source it also forgets what
  /// it rendered before.
  public static let verbs: [Verb] = [
    .reconcile, .reconcileWithSource, .suspend, .resume, .sync, .syncAndPrune, .previewSync,
  ]

  public static func patch(_ verb: Verb, request: PatchRequest) -> JSON? {
    func annotate(_ members: [(String, JSON)]) -> JSON { ["annotations": .object(JSONObject(members))] }
    let automated = try? request.object?.document().root["spec"]?["syncPolicy"]?["automated"]
    switch verb {
    case .reconcile: return ["metadata": annotate([(ArgoStatus.refresh, "normal")])]
    case .reconcileWithSource: return ["metadata": annotate([(ArgoStatus.refresh, "hard")])]
    case .suspend:
      // The whole old value waits in an annotation: an older definition of the kind would drop `enabled: false`, and leave
      // `automated: {}`, which turns auto-sync on.
      var annotations = (request.suspension ?? Suspension()).annotations
      annotations[ArgoStatus.automated] =
        automated.map { JSON.string(String(decoding: $0.bytes(), as: UTF8.self)) } ?? JSON.null
      return [
        "metadata": ["annotations": .object(annotations)], "spec": ["syncPolicy": ["automated": .null]],
      ]
    case .resume:
      var annotations = Suspension().annotations
      annotations[ArgoStatus.automated] = .null
      let saved = try? request.object?.document().root["metadata"]?["annotations"]?[ArgoStatus.automated]?.string
      let value = saved.flatMap { try? JSON(parsing: Array($0.utf8)) }
      return [
        "metadata": ["annotations": .object(annotations)],
        "spec": ["syncPolicy": ["automated": value ?? ["enabled": true]]],
      ]
    case .sync, .syncAndPrune, .previewSync: return operation(verb, request)
    case .force, .reset: return nil
    }
  }

  /// The operation that Argo CD's own API server would write (wire-facts 4.4). The version makes sure that nobody else's
  /// request, which may have come since the object was read, is overwritten.
  private static func operation(_ verb: Verb, _ request: PatchRequest) -> JSON {
    var sync: JSON = ["syncStrategy": ["hook": [:]], "prune": .bool(verb == .syncAndPrune)]
    if verb == .previewSync { sync["dryRun"] = true }
    let policy = try? request.object?.document().root["spec"]?["syncPolicy"]
    if let options = policy?["syncOptions"] { sync["syncOptions"] = JSON(options) }
    var operation: JSON = ["initiatedBy": ["username": "driftglass"], "sync": sync]
    if let retry = policy?["retry"] { operation["retry"] = JSON(retry) }
    var patch: JSON = ["operation": operation]
    if let version = request.object?.resourceVersion, !version.isEmpty {
      patch["metadata"] = ["resourceVersion": .string(version)]
    }
    return patch
  }

  public static let fetchesItself = true

  public static func command(_ verb: Verb, _ ref: ObjectRef) -> String? {
    let name = "\(ref.namespace)/\(ref.name)"
    switch verb {
    case .reconcile: return "argocd app get \(name) --refresh"
    case .reconcileWithSource: return "argocd app get \(name) --hard-refresh"
    case .suspend: return "argocd app set \(name) --sync-policy none"
    // What was set with it differs from Application to Application.
    case .resume: return nil
    case .sync: return "argocd app sync \(name)"
    case .syncAndPrune: return "argocd app sync \(name) --prune"
    case .previewSync: return "argocd app sync \(name) --dry-run"
    case .force, .reset: return nil
    }
  }

  public static func refusal(of verb: Verb, on resource: Resource) -> String? {
    switch verb {
    case .reconcile, .reconcileWithSource:
      return resource.isFrozen ? "argocd.argoproj.io/skip-reconcile freezes it: remove that first" : nil
    case .sync, .syncAndPrune, .previewSync:
      if resource.isFrozen { return "argocd.argoproj.io/skip-reconcile freezes it: remove that first" }
      return resource.isOperating ? "an operation is under way: it would be overwritten" : nil
    case .force, .reset: return nil
    case .suspend, .resume:
      if let parent = resource.parent {
        return "\(parent.kind) \(parent.path) made it and would undo that: change it there"
      }
      if resource.isFrozen { return "argocd.argoproj.io/skip-reconcile freezes it: remove that first" }
      if let refusal = resource.refusal(ofPausing: verb) { return refusal }
      let isManual = verb == .suspend && resource.facts.contains(Fact("auto-sync", "manual"))
      return isManual ? "auto-sync is not on: it is synced by hand" : nil
    }
  }

  /// Handled when the annotation is gone and it was reconciled since, or the operation is gone and one began since: Argo CD
  /// gives no token back.
  public static func isHandled(_ verb: Verb, _ resource: Resource, token: String, since begun: Date) -> Bool {
    if [.sync, .syncAndPrune, .previewSync].contains(verb) {
      return !resource.isOperating && resource.operationStarted?.isNotBefore(begun) == true
    }
    return resource.requestedToken == nil && resource.lastRun?.isNotBefore(begun) == true
  }
}
