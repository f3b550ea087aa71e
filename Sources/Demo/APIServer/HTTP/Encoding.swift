import FoundationEssentials
import Structured

/// Which form of an object a request accepts (kubernetes: API concepts, alternate representations).
enum Representation: Sendable, Equatable {
  case full
  case metadata
  /// With the objects' metadata in the rows, or nothing, or all (`includeObject`).
  case table(include: String)

  init(accept: String, include: String) throws(APIStatus) {
    for part in accept.split(separator: ",") {
      let fields = part.split(separator: ";").map { trimmed(String($0)) }
      guard let type = fields.first, ["application/json", "application/*", "*/*"].contains(type) else { continue }
      guard let wanted = fields.first(where: { $0.hasPrefix("as=") })?.dropFirst(3) else {
        self = .full
        return
      }
      guard fields.contains("g=meta.k8s.io"), fields.contains("v=v1") else { continue }
      if wanted == "Table" {
        self = .table(include: include.isEmpty ? "Metadata" : include)
        return
      }
      if wanted == "PartialObjectMetadata" || wanted == "PartialObjectMetadataList" {
        self = .metadata
        return
      }
    }
    guard accept.isEmpty || accept.contains("application/json") || accept.contains("*/*") else {
      throw APIStatus(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json, application/json;as=Table, "
          + "application/json;as=PartialObjectMetadata")
    }
    self = .full
  }
}

/// Builds answers from stored bytes, without making trees again.
struct ObjectEncoder: Sendable {
  let kind: ServedKind
  let representation: Representation
  let now: Date
  var versionForm = VersionForm.number

  func object(_ object: StoredObject) -> [UInt8] {
    switch representation {
    case .full: return object.bytes
    case .metadata: return partial(object).encoded()
    case .table: return table([object], listMetadata: object.json["metadata"], withColumns: true).encoded()
    }
  }

  func list(_ page: ListPage) -> [UInt8] {
    var metadata = JSONObject()
    if page.hasVersion { metadata["resourceVersion"] = .string(versionForm.text(page.version)) }
    if let token = page.continueToken { metadata["continue"] = .string(token) }
    if let remaining = page.remaining { metadata["remainingItemCount"] = .integer(remaining) }
    switch representation {
    case .table: return table(page.objects, listMetadata: .object(metadata), withColumns: true).encoded()
    case .metadata:
      let list: JSON = [
        "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": .object(metadata),
        "items": .array(page.objects.map(partial)),
      ]
      return list.encoded()
    case .full:
      let head: JSON = [
        "kind": .string(kind.kind + "List"), "apiVersion": .string(kind.apiVersion), "metadata": .object(metadata),
      ]
      var bytes = head.encoded()
      bytes.removeLast()
      bytes += Array(",\"items\":[".utf8)
      for (index, object) in page.objects.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes += item(object)
      }
      bytes += Array("]}".utf8)
      return bytes
    }
  }

  /// Items of typed lists carry neither kind nor apiVersion; those of custom resources do.
  private func item(_ object: StoredObject) -> ArraySlice<UInt8> {
    if kind.isCustom { return object.bytes[...] }
    let head = Array("{\"kind\":\"\(kind.kind)\",\"apiVersion\":\"\(kind.apiVersion)\",".utf8)
    guard object.bytes.starts(with: head) else { return object.bytes[...] }
    var rest = object.bytes[(head.count - 1)...]
    rest[rest.startIndex] = UInt8(ascii: "{")
    return rest
  }

  func watchLine(_ type: StoreEvent.Kind, _ object: StoredObject, isFirst: Bool) -> [UInt8] {
    let body: [UInt8]
    if case .table = representation {
      body = table(
        [object], listMetadata: ["resourceVersion": .string(versionForm.text(object.version))], withColumns: isFirst
      )
      .encoded()
    } else {
      body = self.object(object)
    }
    return line(type.rawValue, body)
  }

  func bookmark(_ version: UInt64, endsInitialEvents: Bool) -> [UInt8] {
    var metadata: JSON = ["resourceVersion": .string(versionForm.text(version)), "creationTimestamp": .null]
    if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
    let object: JSON
    switch representation {
    case .full:
      object = ["kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion), "metadata": metadata]
    case .metadata:
      object = ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata]
    case .table:
      object = [
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "columnDefinitions": .null, "rows": [],
      ]
    }
    return line("BOOKMARK", object.encoded())
  }

  static func errorLine(_ status: APIStatus) -> [UInt8] {
    Array("{\"type\":\"ERROR\",\"object\":".utf8) + status.json.encoded() + Array("}\n".utf8)
  }

  private func line(_ type: String, _ body: [UInt8]) -> [UInt8] {
    Array("{\"type\":\"\(type)\",\"object\":".utf8) + body + Array("}\n".utf8)
  }

  private func partial(_ object: StoredObject) -> JSON {
    [
      "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
      "metadata": object.json["metadata"] ?? [:],
    ]
  }

  private func table(_ objects: [StoredObject], listMetadata: JSON?, withColumns: Bool) -> JSON {
    guard case .table(let include) = representation else { return .null }
    let columns =
      [TableColumn("Name") { $0["metadata"]?["name"] ?? "" }] + kind.columns + [TableColumn.age(now)]
    let definitions = columns.map { column -> JSON in
      [
        "name": .string(column.name), "type": .string(column.type),
        "format": .string(column.name == "Name" ? "name" : ""), "description": "",
        "priority": .integer(column.priority),
      ]
    }
    let rows = objects.map { object -> JSON in
      var row = JSONObject([("cells", .array(columns.map { $0.cell(object.json) }))])
      switch include {
      case "Object": row["object"] = object.json
      case "None": break
      default: row["object"] = partial(object)
      }
      return .object(row)
    }
    return [
      "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": listMetadata ?? [:],
      "columnDefinitions": withColumns ? .array(definitions) : .null, "rows": .array(rows),
    ]
  }
}
