import Demo
import FoundationEssentials
import GitOps
import Kube
import Structured

/// The objects of one run: written to the server by nobody else, so that every state it ever had is known.
struct FaultWorld {
  let server: APIServer
  let stream: StreamID
  private var random: SeededRandom
  /// Every state that a complete list may show.
  private(set) var history: Set<[String: String]> = []
  private var names: Set<String> = []

  private static let namespaces = ["shop", "payments"]

  init(server: APIServer, stream: StreamID, seed: UInt64) {
    self.server = server
    self.stream = stream
    random = SeededRandom(seed: seed)
  }

  /// What the stream asks for, as the server holds it.
  var served: [JSON] {
    server.objects(stream.groupKind).filter {
      stream.namespace == nil || $0["metadata"]?["namespace"]?.string == stream.namespace
    }
  }

  var contents: [String: String] { Self.rows(served) }

  static func path(_ json: JSON) -> String {
    "\(json["metadata"]?["namespace"]?.string ?? "")/\(json["metadata"]?["name"]?.string ?? "")"
  }

  private static func rows(_ objects: [JSON]) -> [String: String] {
    Dictionary(
      objects.map {
        let metadata = $0["metadata"]
        return (path($0), "\(metadata?["uid"]?.string ?? "")@\(metadata?["resourceVersion"]?.string ?? "")")
      }
    ) { _, last in last }
  }

  mutating func fill() throws {
    for _ in 0..<Int.random(in: 14...26, using: &random) { try create(free()) }
  }

  /// Creates, modifies, deletes, or deletes and creates again.
  mutating func write() throws {
    let known = names.sorted()
    switch Int.random(in: 0..<10, using: &random) {
    case 0...2: try create(free())
    case 3...6:
      guard let name = known.randomElement(using: &random) else { return try create(free()) }
      try modify(name)
    case 7, 8:
      guard known.count > 5, let name = known.randomElement(using: &random) else { return try create(free()) }
      try delete(name)
    default:
      guard let name = known.randomElement(using: &random) else { return }
      try delete(name)
      try create(name)
    }
  }

  private mutating func free() -> String {
    while true {
      let name =
        "\(Self.namespaces[Int.random(in: 0..<2, using: &random)])/app-\(Int.random(in: 0..<60, using: &random))"
      if !names.contains(name) { return name }
    }
  }

  private mutating func create(_ name: String) throws {
    try server.create(object(name))
    names.insert(name)
    remember()
  }

  private mutating func modify(_ name: String) throws {
    let parts = Self.parts(name)
    _ = try server.merge(stream.groupKind, namespace: parts.namespace, name: parts.name, [content.0: content.1])
    remember()
  }

  private mutating func delete(_ name: String) throws {
    let parts = Self.parts(name)
    try server.delete(stream.groupKind, namespace: parts.namespace, name: parts.name)
    names.remove(name)
    remember()
  }

  private mutating func remember() { history.insert(contents) }

  private static func parts(_ name: String) -> (namespace: String, name: String) {
    let parts = name.split(separator: "/").map(String.init)
    return (parts[0], parts[1])
  }

  /// With characters of several bytes, so that a stream can be cut in one.
  private var content: (String, JSON) {
    mutating get {
      let number = Int.random(in: 0..<1_000_000, using: &random)
      return stream.groupKind.kind == "ConfigMap"
        ? ("data", ["text": .string("schön ☃ \(number)")])
        : (
          "spec",
          [
            "interval": "1m", "prune": true, "path": .string("./ünï/\(number)"),
            "sourceRef": ["kind": "GitRepository", "name": "fleet"],
          ]
        )
    }
  }

  private mutating func object(_ name: String) -> JSON {
    let parts = Self.parts(name)
    let group = stream.groupKind.group
    var json: JSON = [
      "apiVersion": .string(group.isEmpty ? stream.version : "\(group)/\(stream.version)"),
      "kind": .string(stream.groupKind.kind),
      "metadata": [
        "name": .string(parts.name), "namespace": .string(parts.namespace),
        "labels": ["round": .string(String(Int.random(in: 0..<9, using: &random)))],
      ],
    ]
    let content = content
    json[content.0] = content.1
    return json
  }
}
