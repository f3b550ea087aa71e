/// Plain columns for standard output, as kubectl prints them: upper-case headings, two spaces between columns.
struct TextTable {
  let headings: [String]
  var rows: [[String]] = []

  init(_ headings: [String]) { self.headings = headings }

  /// Lines without trailing blanks. Cells must have gone through the sanitiser.
  func lines() -> [String] {
    var widths = headings.map(\.count)
    for row in rows { for (i, cell) in row.enumerated() { widths[i] = max(widths[i], cell.count) } }
    return ([headings] + rows).map { row in
      var line = ""
      for (i, cell) in row.enumerated() {
        line += cell
        if i < row.count - 1 { line += String(repeating: " ", count: widths[i] - cell.count + 2) }
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
