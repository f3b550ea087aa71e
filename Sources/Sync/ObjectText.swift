import Drift
import GitOps
import Structured

/// An object as YAML for people: identity first, managed fields last, values of Secrets and what else is secret never.
enum ObjectText {
  static func lines(of object: Object) -> LoadedObject {
    let json: JSON
    do throws(ParseError) {
      json = try JSON(parsing: SecretValues.hashed(object).bytes)
    } catch {
      return .failed("the object cannot be read: \(error)")
    }
    var body = Masking.object(json, of: object.ref.groupKind)
    if body["apiVersion"] == nil { body["apiVersion"] = .string(object.apiVersion) }
    if body["kind"] == nil { body["kind"] = .string(object.ref.kind) }
    let managed = body["metadata"]?["managedFields"]
    body["metadata"]?["managedFields"] = nil
    var ordered = JSONObject()
    for key in ["apiVersion", "kind", "metadata"] { if let value = body[key] { ordered[key] = value } }
    for (key, value) in body.object ?? JSONObject() where ordered[key] == nil { ordered[key] = value }
    var lines = YAMLPrinter.lines(.object(ordered))
    var from: Int?
    if let managed {
      from = lines.count
      lines += YAMLPrinter.lines(["managedFields": managed])
    }
    return .text(lines: lines, managedFieldsFrom: from)
  }
}
