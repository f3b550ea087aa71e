/// Rows under columns that share the width there is. Keeps no state: the caller says what is selected and where the window begins.
public struct Table: Sendable {
  public struct Column: Sendable {
    public var title: SafeText
    /// The column is left out rather than made narrower than this.
    public var minimum: Int
    /// The width it gets when there is room.
    public var ideal: Int
    /// Columns with the highest number are left out first; 0 stays always.
    public var priority: Int
    /// Whether it takes a share of the room that remains.
    public var isFlexible: Bool
    public var alignment: Alignment
    public var truncation: Truncation

    public init(
      _ title: SafeText, minimum: Int, ideal: Int? = nil, priority: Int = 0, isFlexible: Bool = false,
      alignment: Alignment = .left, truncation: Truncation = .end
    ) {
      self.title = title
      self.minimum = max(1, minimum)
      self.ideal = max(self.minimum, ideal ?? minimum)
      self.priority = priority
      self.isFlexible = isFlexible
      self.alignment = alignment
      self.truncation = truncation
    }
  }

  public struct Row: Sendable {
    public enum Content: Sendable {
      /// Spans for each column, in the columns' order; missing ones are empty.
      case cells([[Span]])
      /// One line over the whole width.
      case line([Span])
    }

    public var content: Content
    /// The user marked the row for a bulk action.
    public var isMarked: Bool
    /// A role for the whole row instead of its own, for instance `.stale`.
    public var role: Role?

    public init(_ content: Content, isMarked: Bool = false, role: Role? = nil) {
      self.content = content
      self.isMarked = isMarked
      self.role = role
    }
  }

  public var columns: [Column]
  public var hasHeader: Bool
  /// Blank columns between two columns.
  public var gap: Int

  public init(_ columns: [Column], hasHeader: Bool = true, gap: Int = 1) {
    self.columns = columns
    self.hasHeader = hasHeader
    self.gap = gap
  }

  /// Rows that fit into an area of the given height.
  public func visibleRows(height: Int) -> Int { max(0, height - (hasHeader ? 1 : 0)) }

  /// Draws the header and the rows from `offset` on. Only visible rows are asked for.
  ///
  /// The first column of the area is the margin: `▸` at the selected row, `✓` at marked ones. When focused, the selected row is
  /// also highlighted.
  public func draw(
    on surface: inout Surface, in area: Rect, count: Int, offset: Int = 0, selected: Int? = nil,
    isFocused: Bool = true, row: (Int) -> Row
  ) {
    guard !area.isEmpty else { return }
    let widths = self.widths(in: area.width - 1)
    var body = area
    if hasHeader {
      let (header, rest) = area.split(top: 1)
      drawCells(columns.map { [Span($0.title, .dim)] }, widths, on: &surface, in: header)
      body = rest
    }
    let offset = max(0, offset)
    for line in 0..<body.height where offset + line < count {
      let index = offset + line
      draw(row(index), widths, on: &surface, in: body.row(line), isSelected: index == selected, isFocused)
    }
  }

  private func draw(
    _ row: Row, _ widths: [Int], on surface: inout Surface, in area: Rect, isSelected: Bool, _ isFocused: Bool
  ) {
    switch row.content {
    case .cells(let cells): drawCells(cells, widths, on: &surface, in: area)
    case .line(let spans): surface.line(spans, in: area.split(left: 1).rest)
    }
    if let role = row.role { surface.restyle(area, role: role) }
    if isSelected {
      surface.text("▸", in: area, row.isMarked ? Style(.mark, .bold) : Style(.selection, .bold))
      if isFocused { surface.restyle(area, adding: .selected) }
    } else if row.isMarked {
      surface.text("✓", in: area, Style(.mark))
    }
  }

  private func drawCells(_ cells: [[Span]], _ widths: [Int], on surface: inout Surface, in area: Rect) {
    var x = area.x + 1
    for (index, column) in columns.enumerated() where widths[index] > 0 {
      if index < cells.count {
        surface.line(
          cells[index], in: Rect(x: x, y: area.y, width: min(widths[index], area.right - x), height: 1),
          truncation: column.truncation, alignment: column.alignment)
      }
      x += widths[index] + gap
    }
  }

  /// The width of each column in `width` columns of room; 0 for those left out.
  public func widths(in width: Int) -> [Int] {
    var shown = Set(columns.indices)
    func needed() -> Int { shown.reduce(0) { $0 + columns[$1].minimum } + gap * max(0, shown.count - 1) }
    while needed() > width,
      let least = shown.filter({ columns[$0].priority > 0 }).max(by: {
        (columns[$0].priority, $0) < (columns[$1].priority, $1)
      })
    {
      shown.remove(least)
    }
    var widths = columns.indices.map { shown.contains($0) ? columns[$0].minimum : 0 }
    var room = width - needed()
    for index in columns.indices.reversed() where room < 0 && widths[index] > 0 {
      let cut = min(widths[index], -room)
      widths[index] -= cut
      room += cut
    }
    for index in shown.sorted(by: { (columns[$0].priority, $0) < (columns[$1].priority, $1) }) where room > 0 {
      let extra = min(room, columns[index].ideal - widths[index])
      widths[index] += extra
      room -= extra
    }
    share(room, among: shown.filter { columns[$0].isFlexible }.sorted(), &widths)
    return widths
  }

  private func share(_ room: Int, among flexible: [Int], _ widths: inout [Int]) {
    guard room > 0, !flexible.isEmpty else { return }
    for (turn, index) in flexible.enumerated() {
      widths[index] += room / flexible.count + (turn < room % flexible.count ? 1 : 0)
    }
  }
}
