import Structured

/// The patch that makes one field of a live object what Git says (RFC 6902), for people to copy.
enum FieldPatch {
  /// Beyond this nobody pastes it.
  private static let limit = 2048

  /// - Parameters:
  ///   - steps: to the field; nothing is patched where live lacks a list's element on the way.
  ///   - desired: nil takes the field away.
  /// - Returns: the operations as compact JSON, the first of which tests that the field is still as it was.
  static func text(_ pointer: String, _ steps: [PathStep], desired: PackedNode?, live: JSONNode?) -> String? {
    guard !pointer.isEmpty, steps.allSatisfy({ $0.index ?? 0 >= 0 }) else { return nil }
    var operations: [JSON] = []
    if let live { operations.append(["op": "test", "path": .string(pointer), "value": JSON(live)]) }
    if let desired {
      let operation: JSON = live == nil ? "add" : "replace"
      operations.append(["op": operation, "path": .string(pointer), "value": desired.json])
    } else {
      operations.append(["op": "remove", "path": .string(pointer)])
    }
    let bytes = JSON.array(operations).encoded()
    return bytes.count > limit ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

extension PathStep {
  /// Of an element of a list.
  fileprivate var index: Int? {
    switch self {
    case .key: nil
    case .item(let index, _), .member(let index), .element(let index): index
    }
  }
}
