import Structured

/// Which objects of a resource a list or a watch is about.
struct Filter: Sendable {
  /// Nil: all namespaces.
  var namespace: String?
  var labels = LabelSelector()
  var fields = FieldSelector()

  func matches(_ key: ObjectKey, _ object: StoredObject) -> Bool {
    if let namespace, key.namespace != namespace { return false }
    if !labels.requirements.isEmpty, !labels.matches(object.labels) { return false }
    return fields.requirements.isEmpty || fields.matches(object.json)
  }
}

/// What a list asks for (kubernetes: API concepts, resource versions).
struct ListQuery: Sendable {
  var filter = Filter()
  var limit: Int?
  var continueToken: String?
  /// As sent; empty when not.
  var resourceVersion = ""
  var match = ""
  var fault: Fault.ListFault?
}

struct ListPage: Sendable {
  var objects: [StoredObject]
  var version: UInt64
  var continueToken: String?
  var remaining: Int?
  /// A fault: the answer does not say its version.
  var hasVersion = true
}

extension ObjectStore {
  func list(_ kind: ServedKind, _ query: ListQuery) throws(APIStatus) -> ListPage {
    var page = try wellBehavedList(kind, query)
    switch query.fault {
    case .repeatedToken: page.continueToken = query.continueToken ?? page.continueToken
    case .emptyPage where query.continueToken == nil:
      page.objects = []
      page.continueToken = PageToken(version: page.version, after: ObjectKey(namespace: "", name: "")).text
    case .stale(let events) where query.continueToken == nil:
      page = self.page(kind, query, at: max(floor, version - min(version, UInt64(max(0, events)))), after: nil)
    case .withoutVersion: page.hasVersion = false
    case .emptyPage, .stale, nil: break
    }
    return page
  }

  private func wellBehavedList(_ kind: ServedKind, _ query: ListQuery) throws(APIStatus) -> ListPage {
    var at = version
    var after: ObjectKey?
    if let token = query.continueToken {
      guard query.match.isEmpty else {
        throw .badRequest("resourceVersionMatch is forbidden for continue")
      }
      guard let page = PageToken(text: token) else { throw .badRequest("continue key is not valid") }
      guard page.version >= floor else {
        var status = APIStatus.expired(
          "The provided continue parameter is too old to display a consistent list result.")
        status.details["continue"] = .string(PageToken(version: version, after: page.after).text)
        throw status
      }
      (at, after) = (page.version, page.after)
    } else if let exact = try exactVersion(query) {
      at = exact
    }
    return page(kind, query, at: at, after: after)
  }

  /// The version that a list must show exactly; nil: the newest.
  private func exactVersion(_ query: ListQuery) throws(APIStatus) -> UInt64? {
    guard !query.resourceVersion.isEmpty, query.resourceVersion != "0" else {
      if !query.match.isEmpty, query.resourceVersion.isEmpty {
        throw .badRequest("resourceVersionMatch is forbidden unless resourceVersion is provided")
      }
      if query.match == "Exact" {
        throw .badRequest("resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"")
      }
      return nil
    }
    guard let wanted = versionForm.version(query.resourceVersion) else {
      throw .badRequest("resourceVersion: Invalid value: \"\(query.resourceVersion)\"")
    }
    if wanted > version { throw .versionTooLarge(query.resourceVersion, current: versionForm.text(version)) }
    guard query.match == "Exact" || (query.match.isEmpty && query.limit != nil) else { return nil }
    guard wanted >= floor else { throw .expired("The resourceVersion for the provided list is too old.") }
    return wanted
  }

  private func page(_ kind: ServedKind, _ query: ListQuery, at wanted: UInt64, after: ObjectKey?) -> ListPage {
    let table = wanted == version ? self.table(kind.resource) : self.table(kind.resource, at: wanted)
    var index = after.map { table.keys.lowerBound(of: $0) } ?? 0
    if let after, index < table.keys.count, table.keys[index] == after { index += 1 }
    var objects: [StoredObject] = []
    while index < table.keys.count {
      let key = table.keys[index]
      index += 1
      guard let object = table.objects[key], query.filter.matches(key, object) else { continue }
      objects.append(object)
      if let limit = query.limit, limit > 0, objects.count == limit, index < table.keys.count {
        let hasSelector = !query.filter.labels.requirements.isEmpty || !query.filter.fields.requirements.isEmpty
        return ListPage(
          objects: objects, version: wanted, continueToken: PageToken(version: wanted, after: key).text,
          remaining: hasSelector || query.filter.namespace != nil ? nil : table.keys.count - index)
      }
    }
    return ListPage(objects: objects, version: wanted, continueToken: nil, remaining: nil)
  }

  /// A resource as it was: the events since then undone, newest first.
  private func table(_ resource: GroupResource, at wanted: UInt64) -> Table {
    var table = self.table(resource)
    for event in events.reversed() {
      if event.version <= wanted { break }
      guard event.resource == resource else { continue }
      table.objects[event.key] = event.previous
    }
    table.keys = table.objects.keys.sorted()
    return table
  }

  /// The events after `version`, or 410 when they are no longer all known.
  func events(after wanted: UInt64) throws(APIStatus) -> ArraySlice<StoreEvent> {
    guard wanted >= floor else {
      throw .expired("too old resource version: \(versionForm.text(wanted)) (\(versionForm.text(floor)))")
    }
    var low = events.startIndex
    var high = events.endIndex
    while low < high {
      let middle = (low + high) / 2
      if events[middle].version <= wanted { low = middle + 1 } else { high = middle }
    }
    return events[low...]
  }
}

extension StoreEvent {
  /// What a filtered watch sees of this event: an object that stops matching is DELETED, one that starts is ADDED.
  func seen(by filter: Filter) -> Kind? {
    let isIn = kind != .deleted && filter.matches(key, object)
    let wasIn = previous.map { filter.matches(key, $0) } ?? false
    switch (wasIn, isIn) {
    case (false, true): return .added
    case (true, true): return .modified
    case (true, false): return .deleted
    case (false, false): return nil
    }
  }
}

/// A continue token: the version of the first page, and the last key sent.
struct PageToken: Sendable, Equatable {
  let version: UInt64
  let after: ObjectKey

  init(version: UInt64, after: ObjectKey) {
    self.version = version
    self.after = after
  }

  init?(text: String) {
    guard let bytes = Base64.decode(text), let json = try? JSON(parsing: bytes),
      let version = json["rv"]?.string.flatMap(UInt64.init), let name = json["name"]?.string
    else { return nil }
    self.init(version: version, after: ObjectKey(namespace: json["ns"]?.string ?? "", name: name))
  }

  var text: String {
    let json = JSON.object(
      JSONObject([
        ("rv", .string(String(version))), ("ns", .string(after.namespace)), ("name", .string(after.name)),
      ]))
    return Base64.encode(json.encoded())
  }
}
