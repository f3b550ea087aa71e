import Structured
import Synchronization

/// One version of one object.
struct StoredObject: Sendable {
  let version: UInt64
  /// With kind, apiVersion and everything else.
  let json: JSON
  let entries: [ManagerEntry]
  /// `entries` as JSON, one each.
  private let managedFields: [JSON]
  private let encoding: Encoding

  /// The bytes, made when somebody asks first: many versions are never read.
  private final class Encoding: Sendable {
    let bytes = Mutex<[UInt8]?>(nil)
  }

  /// Writes version and owners into the object.
  /// - Parameters:
  ///   - text: the version as clients see it.
  ///   - previous: whose unchanged owners need not be written out again.
  init(version: UInt64, text: String, _ object: JSON, entries: [ManagerEntry], previous: StoredObject?) {
    self.version = version
    self.entries = entries
    managedFields = entries.map { entry in
      guard let previous, let index = previous.entries.firstIndex(of: entry) else { return entry.json }
      return previous.managedFields[index]
    }
    var json = object
    json["metadata"]?["resourceVersion"] = .string(text)
    json["metadata"]?["managedFields"] = entries.isEmpty ? nil : .array(managedFields)
    self.json = json
    encoding = Encoding()
  }

  /// Compact JSON.
  var bytes: [UInt8] {
    encoding.bytes.withLock { bytes in
      if let bytes { return bytes }
      let made = json.encoded()
      bytes = made
      return made
    }
  }

  var uid: String { json["metadata"]?["uid"]?.string ?? "" }
  var labels: JSON? { json["metadata"]?["labels"] }
}
