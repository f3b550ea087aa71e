import FoundationEssentials
import GitOps
import Structured

extension APIServer {
  /// Everything below a resource's path.
  func objects(_ request: ServerRequest, _ path: ResourcePath, _ kind: ServedKind) throws(APIStatus) -> ServerResponse {
    let now = Date.now
    let representation = try Representation(accept: request.accept, include: request.query["includeObject"] ?? "")
    let encoder = ObjectEncoder(kind: kind, representation: representation, now: now, versionForm: options.versionForm)
    guard let name = path.name else { return try collection(request, path, encoder) }
    let key = ObjectKey(namespace: path.namespace ?? "", name: name)
    switch path.subresource {
    case nil, "status": break
    case "scale" where kind.hasScale: return try scale(request, key, kind, now)
    case "log" where kind.kind == "Pod": return try log(request, key, kind, now)
    default: throw .unknownPath()
    }
    var write = WriteOptions(
      manager: request.manager, subresource: path.subresource == "status" ? .status : .none,
      force: request.flag("force"), dryRun: request.query["dryRun"] == "All", now: now)
    switch request.method {
    case "GET":
      if request.isWatch { return try collection(request, path, encoder) }
      return .bytes(encoder.object(try store.read { (store) throws(APIStatus) in try store.get(kind, key) }))
    case "PUT":
      let body = try request.json()
      let options = write
      return .bytes(
        encoder.object(
          try store.write { (store) throws(APIStatus) in
            try store.replace(kind, key, with: body, options)
          }))
    case "PATCH": return try patch(request, key, encoder, write)
    case "DELETE":
      let body = request.body.isEmpty ? JSON.null : try request.json()
      write.uid = body["preconditions"]?["uid"]?.string
      let options = write
      let orphan = body["propagationPolicy"]?.string == "Orphan"
      let (object, isGone) = try store.write { (store) throws(APIStatus) in
        try store.delete(kind, key, options, orphan: orphan)
      }
      return isGone ? .json(Self.deleted(kind, object)) : .bytes(object.bytes)
    default: throw .methodNotAllowed()
    }
  }

  private static func deleted(_ kind: ServedKind, _ object: StoredObject) -> JSON {
    [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
      "details": [
        "name": object.json["metadata"]?["name"] ?? "", "group": .string(kind.group), "kind": .string(kind.plural),
        "uid": .string(object.uid),
      ],
    ]
  }

  private func patch(
    _ request: ServerRequest, _ key: ObjectKey, _ encoder: ObjectEncoder, _ options: WriteOptions
  ) throws(APIStatus) -> ServerResponse {
    let kind = encoder.kind
    let type = request.contentType.split(separator: ";").first.map(String.init) ?? ""
    let body = try request.json()
    if type == "application/apply-patch+yaml" {
      guard request.query["fieldManager"]?.isEmpty == false else {
        throw .badRequest(
          "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
      }
      let (object, isNew) = try store.write { (store) throws(APIStatus) in
        let isNew = store.object(kind, key) == nil
        return (try store.apply(kind, key, body, options), isNew)
      }
      return .bytes(encoder.object(object), status: isNew ? 201 : 200)
    }
    let patch: Patch
    switch type {
    case "application/merge-patch+json": patch = .merge(body)
    case "application/json-patch+json": patch = .json(body)
    case "application/strategic-merge-patch+json": patch = .strategic(body)
    default:
      throw .unsupportedMediaType(
        type, expected: "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml")
    }
    return .bytes(
      encoder.object(
        try store.write { (store) throws(APIStatus) in
          try store.patch(kind, key, patch, options)
        }))
  }

  private func collection(
    _ request: ServerRequest, _ path: ResourcePath, _ encoder: ObjectEncoder
  ) throws(APIStatus) -> ServerResponse {
    let kind = encoder.kind
    switch request.method {
    case "POST":
      let body = try request.json()
      let namespace = path.namespace ?? body["metadata"]?["namespace"]?.string ?? ""
      let options = WriteOptions(
        manager: request.manager, dryRun: request.query["dryRun"] == "All", now: encoder.now)
      let object = try store.write { (store) throws(APIStatus) in
        try store.create(kind, namespace: namespace, body, options)
      }
      return .bytes(encoder.object(object), status: 201)
    case "DELETE":
      let query = try listQuery(request, path, kind)
      let options = WriteOptions(manager: request.manager, now: encoder.now)
      let page = try store.write { (store) throws(APIStatus) in
        let page = try store.list(kind, query)
        for object in page.objects {
          let metadata = object.json["metadata"]
          let key = ObjectKey(
            namespace: metadata?["namespace"]?.string ?? "", name: metadata?["name"]?.string ?? "")
          _ = try store.delete(kind, key, options)
        }
        return page
      }
      return .bytes(encoder.list(page))
    case "GET":
      if request.isWatch { return try watch(request, path, encoder) }
      guard request.query["sendInitialEvents"] == nil else {
        throw .badRequest("sendInitialEvents is forbidden for list")
      }
      let query = try listQuery(request, path, kind)
      return .bytes(encoder.list(try store.read { (store) throws(APIStatus) in try store.list(kind, query) }))
    default: throw .methodNotAllowed()
    }
  }

  private func listQuery(_ request: ServerRequest, _ path: ResourcePath, _ kind: ServedKind) throws(APIStatus)
    -> ListQuery
  {
    var limit = request.query["limit"].flatMap { Int($0) }
    if let most = options.pageLimit { limit = limit.map { min($0, most) } }
    return ListQuery(
      filter: try filter(request, path, kind), limit: limit,
      continueToken: request.query["continue"].flatMap { $0.isEmpty ? nil : $0 },
      resourceVersion: request.query["resourceVersion"] ?? "", match: request.query["resourceVersionMatch"] ?? "",
      fault: request.listFault)
  }

  private func filter(_ request: ServerRequest, _ path: ResourcePath, _ kind: ServedKind) throws(APIStatus) -> Filter {
    var filter = Filter(
      namespace: path.namespace, labels: try LabelSelector(parsing: request.query["labelSelector"] ?? ""),
      fields: try FieldSelector(parsing: request.query["fieldSelector"] ?? "", for: kind))
    if let name = path.name {
      filter.fields.requirements.append(.init(path: ["metadata", "name"], value: name, isEqual: true))
    }
    return filter
  }

  private func watch(
    _ request: ServerRequest, _ path: ResourcePath, _ encoder: ObjectEncoder
  ) throws(APIStatus) -> ServerResponse {
    let match = request.query["resourceVersionMatch"] ?? ""
    let wantsInitial = request.query["sendInitialEvents"]
    if wantsInitial != nil {
      guard options.servesStreamingLists else {
        throw APIStatus(
          code: 422, reason: "Invalid",
          message: "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is "
            + "forbidden for watch unless the WatchList feature gate is enabled")
      }
      guard match == "NotOlderThan" else {
        throw .badRequest("resourceVersionMatch is required for sendInitialEvents")
      }
    } else if !match.isEmpty {
      throw .badRequest("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
    }
    let text = request.query["resourceVersion"] ?? ""
    var from: UInt64?
    if !text.isEmpty, text != "0" {
      guard let version = options.versionForm.version(text) else {
        throw .badRequest("invalid resource version \"\(text)\"")
      }
      from = version
    }
    let sendsInitial = wantsInitial.map { $0 == "true" } ?? (from == nil)
    let wanted = request.query["timeoutSeconds"].flatMap { Int($0) } ?? 0
    // Without a timeout the server takes one of its own (kubernetes: handlers/get.go).
    let seconds = wanted > 0 ? min(wanted, 86_400) : Int.random(in: 1800...3600)
    let session = WatchSession.Options(
      filter: try filter(request, path, encoder.kind), from: sendsInitial ? nil : from ?? store.read(\.version),
      sendsBookmarks: request.flag("allowWatchBookmarks"), marksInitialEnd: wantsInitial == "true",
      timeout: .seconds(seconds), bookmarkInterval: options.bookmarkInterval, time: time)
    let store = store
    return ServerResponse(
      body: .stream(ByteStream { WatchSession(store: store, encoder: encoder, options: session) }))
  }
}
