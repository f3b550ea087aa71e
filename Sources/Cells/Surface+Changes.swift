extension Surface {
  /// Neighbouring cells of one row that must be painted again.
  public struct Run: Hashable, Sendable {
    public let row: Int
    public let column: Int
    public let cells: [Cell]
  }

  /// Unchanged cells between two changes that are painted rather than jumped over: a jump costs about as many bytes.
  private static let gap = 6

  /// The runs that turn `old` into this surface, from top to bottom; everything when there is no old one or the sizes differ.
  ///
  /// A changed row is rewritten whole when it holds, or held, a glyph on whose width terminals may disagree (requirement B7).
  public func changes(since old: Surface?) -> [Run] {
    guard let old, old.size == size else {
      return (0..<size.height).map { Run(row: $0, column: 0, cells: Array(row($0))) }
    }
    var runs: [Run] = []
    for y in 0..<size.height {
      let new = row(y)
      let before = old.row(y)
      guard new != before else { continue }
      if new.allSatisfy(\.glyph.hasCertainWidth), before.allSatisfy(\.glyph.hasCertainWidth) {
        addRuns(y, new, before, to: &runs)
      } else {
        runs.append(Run(row: y, column: 0, cells: Array(new)))
      }
    }
    return runs
  }

  private func addRuns(_ y: Int, _ new: ArraySlice<Cell>, _ old: ArraySlice<Cell>, to runs: inout [Run]) {
    var start: Int?
    var end = 0
    func close(_ runs: inout [Run]) {
      guard let first = start else { return }
      let cells = Array(new[(new.startIndex + first)..<(new.startIndex + end)])
      runs.append(Run(row: y, column: first, cells: cells))
    }
    for x in 0..<size.width where new[new.startIndex + x] != old[old.startIndex + x] {
      if start != nil, x - end > Surface.gap {
        close(&runs)
        start = nil
      }
      if start == nil { start = x }
      end = x + 1
    }
    close(&runs)
  }

  /// Applies runs made by `changes(since:)`; what lies outside the grid is ignored.
  public mutating func apply(_ runs: [Run]) {
    for run in runs where run.row >= 0 && run.row < size.height {
      for (offset, cell) in run.cells.enumerated() where run.column + offset < size.width {
        cells[run.row * size.width + run.column + offset] = cell
      }
    }
  }
}
