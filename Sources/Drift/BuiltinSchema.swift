/// The types of Kubernetes' and Flux's own kinds where no API server can be asked.
public enum BuiltinSchema {
  /// The table as other schemas are: fields, types, required fields, keys of lists.
  public static let schema = SchemaTable(builtin: table)

  /// The Kubernetes release that the types are from: `1.36`.
  public static var version: String { release }
}

extension SchemaTable {
  /// From the lines that `.ci/generate-schema.py` writes.
  fileprivate init(builtin text: String) {
    self.init()
    let lines = text.split(separator: "\n")
    // A type's number is its line.
    for _ in lines { _ = append() }
    for (index, line) in lines.enumerated() {
      var words = line.split(separator: " ")
      var head = words.removeFirst()
      var traits: Traits = [.builtIn, .closed]
      while let mark = head.last, "~+^".contains(mark) {
        switch mark {
        case "~": traits.insert(.atomic)
        case "+": traits.remove(.closed)
        default: traits.remove(.builtIn)
        }
        head = head.dropLast()
      }
      let kind = head.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      if kind.count == 3 { roots[Kind(group: kind[0], version: kind[1], kind: kind[2])] = ID(index) }
      var children: [(name: UInt32, node: ID, isRequired: Bool)] = []
      for word in words {
        let parts = word.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { continue }
        let isRequired = parts[0].last == "!"
        let id = name(String(isRequired ? parts[0].dropLast() : parts[0]))
        children.append((id, builtinNode(parts[1]), isRequired))
      }
      shapes[index] = .object
      self.traits[index] = traits
      setChildren(children, of: index)
    }
  }

  private mutating func builtinNode(_ text: Substring) -> ID {
    switch text.first {
    case "@":
      let number = text.dropFirst().prefix { $0.isNumber }
      // Its type is atomic, and this field is not: compared field by field.
      return text.last == "-" ? append() : ID(number) ?? append()
    case "[":
      let end = text.firstIndex(of: "]") ?? text.startIndex
      let keys = text[text.index(after: text.startIndex)..<end]
      let item = builtinNode(text[text.index(after: end)...])
      let id = append()
      shapes[Int(id)] = .list
      items[Int(id)] = item
      if keys == "=" {
        listTypes[Int(id)] = .set
      } else if !keys.isEmpty {
        listTypes[Int(id)] = .map
        keySets[Int(id)] = keySet(
          keys.split(separator: ",").map { Key(name: String($0), fallback: $0 == "protocol" ? "TCP" : nil) })
      }
      return id
    case "{":
      let item = builtinNode(text.dropFirst())
      let id = append()
      shapes[Int(id)] = .map
      items[Int(id)] = item
      return id
    default:
      let classes: [Substring: ScalarClass] = [
        "s": .string, "i": .integer, "n": .number, "b": .boolean, "q": .quantity, "x": .intOrString, "t": .dateTime,
        "d": .duration, "y": .bytes,
      ]
      let id = append()
      if let scalar = classes[text] {
        shapes[Int(id)] = .scalar
        scalars[Int(id)] = scalar
        traits[Int(id)] = .builtIn
      }
      return id
    }
  }
}
