/// Regular expressions as Go's `regexp` reads them (RE2 syntax), matched in time linear in the text: patterns come from
/// repositories. What is not read here (named classes of Unicode, flags in the middle) is undetermined by name.
struct GoRegex: Sendable {
  enum Instruction: Sendable {
    case scalar(CharacterSet)
    /// Both ways, the first preferred.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case assertion(Assertion)
    case match
  }

  enum Assertion: Sendable { case start, end, lineStart, lineEnd, wordBoundary, noWordBoundary }

  /// Ranges of scalars.
  struct CharacterSet: Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
      ranges.contains { $0.contains(scalar.value) } != isNegated
    }
  }

  private let program: [Instruction]
  /// How many groups there are, the whole match among them.
  let groups: Int

  /// - Throws: `.failed` when Go refuses the pattern, `.undetermined` when it is not read here.
  init(_ pattern: String, place: String?) throws(RenderError) {
    var parser = GoRegexParser(pattern, place: place)
    program = try parser.program()
    groups = parser.groups
  }

  /// It matches somewhere.
  func matches(_ text: String) -> Bool { firstMatch(in: text) != nil }

  /// The leftmost match: for every group the part of the text, nil where the group took no part.
  func firstMatch(in text: String) -> [Range<String.Index>?]? {
    var matcher = Matcher(program, slots: groups * 2)
    return matcher.run(text).map { slots in
      (0..<groups).map { group in
        guard let start = slots[group * 2], let end = slots[group * 2 + 1] else { return nil }
        return start..<end
      }
    }
  }

  /// Replaces every match as Go's `ReplaceAllString` does: `$1` and `${1}` name groups, `$$` is a dollar.
  func replacingAll(in text: String, with template: String) -> String {
    var result = ""
    var position = text.startIndex
    while position <= text.endIndex {
      let rest = String(text[position...])
      guard let match = firstMatch(in: rest), let whole = match[0] else { break }
      result += rest[..<whole.lowerBound]
      result += Self.expand(template) { group in
        match.indices.contains(group) ? match[group].map { String(rest[$0]) } ?? "" : ""
      }
      let consumed = rest.utf8.distance(from: rest.startIndex, to: whole.upperBound)
      position = text.utf8.index(position, offsetBy: consumed)
      if whole.isEmpty {
        guard position < text.endIndex else { return result }
        result.append(text[position])
        position = text.index(after: position)
      }
    }
    return result + text[position...]
  }

  /// Go's `Expand`: the longest name of letters, digits and underscores; names that are no number stand for nothing.
  static func expand(_ template: String, _ group: (Int) -> String) -> String {
    var result = ""
    var rest = Substring(template)
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        result += "$"
        rest = rest.dropFirst()
      } else if rest.first == "{", let end = rest.firstIndex(of: "}") {
        if let number = Int(rest[rest.index(after: rest.startIndex)..<end]) { result += group(number) }
        rest = rest[rest.index(after: end)...]
      } else {
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        if name.isEmpty { result += "$" } else if let number = Int(name) { result += group(number) }
        rest = rest.dropFirst(name.count)
      }
    }
    return result + rest
  }
}

/// A Pike machine: all threads step over the text together, in the order of their preference.
private struct Matcher {
  private struct Thread {
    let counter: Int
    let slots: [String.Index?]
  }

  private let program: [GoRegex.Instruction]
  private let slots: Int
  private var visited: [Int]
  private var round = 0

  init(_ program: [GoRegex.Instruction], slots: Int) {
    self.program = program
    self.slots = slots
    visited = Array(repeating: -1, count: program.count)
  }

  mutating func run(_ text: String) -> [String.Index?]? {
    let scalars = text.unicodeScalars
    var threads: [Thread] = []
    var best: [String.Index?]?
    var index = scalars.startIndex
    var before: Unicode.Scalar?
    while true {
      let here = index < scalars.endIndex ? scalars[index] : nil
      round += 1
      var next: [Thread] = []
      var current: [Thread] = []
      for thread in threads { add(thread.counter, thread.slots, index, before, here, to: &current) }
      if best == nil { add(0, Array(repeating: nil, count: slots), index, before, here, to: &current) }
      stepping: for thread in current {
        switch program[thread.counter] {
        case .match:
          best = thread.slots
          break stepping
        case .scalar(let set):
          if let here, set.contains(here) { next.append(Thread(counter: thread.counter + 1, slots: thread.slots)) }
        default: break
        }
      }
      threads = next
      guard let here, !(threads.isEmpty && best != nil) else { return best }
      before = here
      index = scalars.index(after: index)
    }
  }

  /// Follows everything that takes no scalar.
  private mutating func add(
    _ counter: Int, _ slots: [String.Index?], _ index: String.Index, _ before: Unicode.Scalar?,
    _ here: Unicode.Scalar?, to list: inout [Thread]
  ) {
    var stack = [(counter, slots)]
    while let (counter, slots) = stack.popLast() {
      guard visited[counter] != round else { continue }
      visited[counter] = round
      switch program[counter] {
      case .jump(let target): stack.append((target, slots))
      case .split(let first, let second):
        stack.append((second, slots))
        stack.append((first, slots))
      case .save(let slot):
        var changed = slots
        changed[slot] = index
        stack.append((counter + 1, changed))
      case .assertion(let assertion):
        if Self.holds(assertion, before, here) { stack.append((counter + 1, slots)) }
      case .scalar, .match: list.append(Thread(counter: counter, slots: slots))
      }
    }
  }

  private static func holds(
    _ assertion: GoRegex.Assertion, _ before: Unicode.Scalar?, _ here: Unicode.Scalar?
  ) -> Bool {
    func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { GoRegexParser.word.contains($0) } ?? false }
    return switch assertion {
    case .start: before == nil
    case .end: here == nil
    case .lineStart: before == nil || before == "\n"
    case .lineEnd: here == nil || here == "\n"
    case .wordBoundary: isWord(before) != isWord(here)
    case .noWordBoundary: isWord(before) == isWord(here)
    }
  }
}
