/// Reads an expression into the instructions of `Pattern`. Groups nest at most 20 deep.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var depth = 0

  init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func program() throws(Pattern.Problem) -> [Pattern.Instruction] {
    let program = try alternatives()
    guard index == scalars.count else { throw Pattern.Problem(sentence: "a ) closes nothing") }
    return program + [.match]
  }

  private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private mutating func alternatives() throws(Pattern.Problem) -> [Pattern.Instruction] {
    var left = try sequence()
    while peek == "|" {
      index += 1
      let right = try sequence()
      left =
        [.split(1, left.count + 2)] + shifted(left, by: 1) + [.jump(left.count + 2 + right.count)]
        + shifted(right, by: left.count + 2)
    }
    return left
  }

  private mutating func sequence() throws(Pattern.Problem) -> [Pattern.Instruction] {
    var program: [Pattern.Instruction] = []
    while let scalar = peek, scalar != "|", scalar != ")" {
      var part = try atom()
      while let mark = peek, mark == "*" || mark == "+" || mark == "?" {
        index += 1
        let count = part.count
        switch mark {
        case "*": part = [.split(1, count + 2)] + shifted(part, by: 1) + [.jump(0)]
        case "+": part += [.split(0, count + 1)]
        default: part = [.split(1, count + 1)] + shifted(part, by: 1)
        }
        guard part.count <= 2000 else { throw Pattern.Problem(sentence: "the expression is too large") }
      }
      program += shifted(part, by: program.count)
    }
    return program
  }

  private mutating func atom() throws(Pattern.Problem) -> [Pattern.Instruction] {
    guard let scalar = peek else { throw Pattern.Problem(sentence: "the expression ends too early") }
    index += 1
    switch scalar {
    case "(":
      depth += 1
      guard depth <= 20 else { throw Pattern.Problem(sentence: "groups nest too deep") }
      if peek == "?" { throw Pattern.Problem(sentence: "(? groups are not supported") }
      let inner = try alternatives()
      guard peek == ")" else { throw Pattern.Problem(sentence: "a ( is not closed") }
      index += 1
      depth -= 1
      return inner
    case "[": return [try set()]
    case ".": return [.any]
    case "^": return [.start]
    case "$": return [.end]
    case "\\":
      guard let escaped = peek else { throw Pattern.Problem(sentence: "a \\ ends the expression") }
      index += 1
      return [.set(ranges: ranges(escaped: escaped), negated: "DWS".unicodeScalars.contains(escaped))]
    case "*", "+", "?": throw Pattern.Problem(sentence: "\(scalar) has nothing before it to repeat")
    case "{": throw Pattern.Problem(sentence: "counted repetition { } is not supported; write \\{ for a brace")
    default: return [.set(ranges: [single(scalar)], negated: false)]
    }
  }

  private mutating func set() throws(Pattern.Problem) -> Pattern.Instruction {
    var ranges: [ClosedRange<UInt32>] = []
    let negated = peek == "^"
    if negated { index += 1 }
    var first = true
    while let scalar = peek, scalar != "]" || first {
      first = false
      index += 1
      if scalar == "\\", let escaped = peek {
        index += 1
        ranges += self.ranges(escaped: escaped)
      } else if peek == "-", index + 1 < scalars.count, scalars[index + 1] != "]" {
        let upper = scalars[index + 1]
        guard scalar.value <= upper.value else { throw Pattern.Problem(sentence: "a range in [ ] runs backwards") }
        index += 2
        ranges.append(scalar.value...upper.value)
        // Text is folded to lower case before it is compared.
        let low = max(scalar.value, 65)
        let high = min(upper.value, 90)
        if low <= high { ranges.append((low + 32)...(high + 32)) }
      } else {
        ranges.append(single(scalar))
      }
    }
    guard peek == "]" else { throw Pattern.Problem(sentence: "a [ is not closed") }
    index += 1
    return .set(ranges: ranges, negated: negated)
  }

  private func single(_ scalar: Unicode.Scalar) -> ClosedRange<UInt32> {
    let value = Pattern.fold(scalar.value)
    return value...value
  }

  private func ranges(escaped scalar: Unicode.Scalar) -> [ClosedRange<UInt32>] {
    switch scalar {
    case "d", "D": [48...57]
    case "w", "W": [48...57, 95...95, 97...122]
    case "s", "S": [9...13, 32...32]
    case "t": [9...9]
    default: [single(scalar)]
    }
  }

  private func shifted(_ program: [Pattern.Instruction], by offset: Int) -> [Pattern.Instruction] {
    program.map { instruction in
      switch instruction {
      case .split(let a, let b): .split(a + offset, b + offset)
      case .jump(let to): .jump(to + offset)
      default: instruction
      }
    }
  }
}
