/// A regular expression that takes time in proportion to the text, whatever a user types: `(a+)+$` cannot hang a frame.
/// Literals, `.`, `[a-z]`, `\d \w \s`, `* + ?`, `|`, groups, `^` and `$`; letters match in either case.
struct Pattern: Sendable, Equatable {
  enum Instruction: Sendable, Equatable {
    case any
    case set(ranges: [ClosedRange<UInt32>], negated: Bool)
    case split(Int, Int)
    case jump(Int)
    case start, end, match
  }

  /// What is wrong with an expression, as a person would say it.
  struct Problem: Error, Equatable { let sentence: String }

  let program: [Instruction]

  init(_ text: String) throws(Problem) {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count <= 200 else { throw Problem(sentence: "the expression is longer than 200 characters") }
    var parser = PatternParser(scalars)
    program = try parser.program()
  }

  /// Whether it matches anywhere in the first 1,000 scalars. Every step is taken off `budget`; at nought it gives up and
  /// says yes, so that nothing is hidden for want of time.
  func matches(_ text: String, budget: inout Int) -> Bool {
    var current = Threads(program.count)
    var next = Threads(program.count)
    var position = 0
    var iterator = text.unicodeScalars.makeIterator()
    var scalar = iterator.next()
    while position <= 1000 {
      if add(0, to: &current, atStart: position == 0, atEnd: scalar == nil, budget: &budget) { return true }
      guard let taken = scalar else { return false }
      if budget <= 0 { return true }
      scalar = iterator.next()
      position += 1
      next.clear()
      let value = Self.fold(taken.value)
      for state in current.states {
        let takes: Bool
        switch program[state] {
        case .any: takes = true
        case .set(let ranges, let negated): takes = ranges.contains { $0.contains(value) } != negated
        default: takes = false
        }
        if takes, add(state + 1, to: &next, atStart: false, atEnd: scalar == nil, budget: &budget) { return true }
      }
      swap(&current, &next)
    }
    return false
  }

  /// Follows jumps and assertions from one state; true when that reaches the match.
  private func add(_ state: Int, to threads: inout Threads, atStart: Bool, atEnd: Bool, budget: inout Int) -> Bool {
    var open = [state]
    while let state = open.popLast() {
      budget -= 1
      guard threads.insert(state) else { continue }
      switch program[state] {
      case .match: return true
      case .jump(let to): open.append(to)
      case .split(let a, let b):
        open.append(b)
        open.append(a)
      case .start: if atStart { open.append(state + 1) }
      case .end: if atEnd { open.append(state + 1) }
      case .any, .set: break
      }
    }
    return false
  }

  static func fold(_ value: UInt32) -> UInt32 { value >= 65 && value <= 90 ? value + 32 : value }

  /// The states reached so far: a list without repetitions.
  private struct Threads {
    var states: [Int] = []
    var seen: [Bool]

    init(_ count: Int) { seen = Array(repeating: false, count: count) }

    mutating func insert(_ state: Int) -> Bool {
      if seen[state] { return false }
      seen[state] = true
      states.append(state)
      return true
    }

    mutating func clear() {
      for state in states { seen[state] = false }
      states.removeAll(keepingCapacity: true)
    }
  }
}
