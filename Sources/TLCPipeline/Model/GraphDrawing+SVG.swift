internal import TLCReport

extension GraphDrawing {
  /// A picture that needs no other file.
  public var svg: String { SVGDrawing(self).text }
}

/// A ``GraphDrawing`` in pixels.
private struct SVGDrawing {
  private static let width = 320
  private static let gap = (across: 32, down: 44)
  private static let lineHeight = 14
  private static let margin = 16
  /// How many characters of a line there is room for, and of a type beside a title.
  private static let room = (line: 46, type: 30)
  /// How far lines are apart that run down beside boxes, and how many there are room for between two
  /// columns; more run on each other.
  private static let lane = (width: 8, count: 64)

  private let drawing: GraphDrawing
  private var tops: [Int] = []
  private var heights: [Int] = []
  private var parts: [String] = []
  private var greatest = (x: 0, y: 0)

  init(_ drawing: GraphDrawing) {
    self.drawing = drawing
    let rows = (drawing.boxes.map { $0.row }.max() ?? 0) + 1
    heights = Array(repeating: 0, count: rows)
    for box in drawing.boxes { heights[box.row] = max(heights[box.row], Self.height(box)) }
    var top = Self.margin
    for height in heights {
      tops.append(top)
      top += height + Self.gap.down
    }
    greatest.y = top - Self.gap.down
    addEdges()
    for box in drawing.boxes { add(box) }
  }

  var text: String {
    let size = (greatest.x + Self.margin, greatest.y + Self.margin)
    let head = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size.0) \(size.1)" \
      width="\(size.0)" height="\(size.1)" font-family="system-ui, sans-serif" font-size="11">
      <style>
      svg { background: #fff } text { fill: #22303c } .title { font-weight: 600 } .type { fill: #66788a }
      rect { fill: #fff; stroke: #5b6b7b } .input rect, .output rect { fill: #eef4fb; rx: 8px }
      path { fill: none; stroke: #9aa7b4 } path:hover { stroke: #1769c0; stroke-width: 2 }
      marker path { fill: #9aa7b4; stroke: none }
      </style>
      <marker id="end" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6" markerHeight="6" \
      orient="auto"><path d="M0 0 L6 3 L0 6 z"/></marker>
      """
    return ([head] + parts + ["</svg>", ""]).joined(separator: "\n")
  }

  private static func left(_ column: Int) -> Int { margin + column * (width + gap.across) }
  private static func height(_ box: GraphDrawing.Box) -> Int {
    10 + (1 + box.lines.count) * lineHeight
  }

  /// Neighbouring rows are joined by curves; all other edges of a box run down beside the boxes that
  /// they pass, as one line that branches.
  private mutating func addEdges() {
    var trunks: [Int: Int] = [:]
    for edge in drawing.edges {
      let (a, b) = (drawing.boxes[edge.from], drawing.boxes[edge.to])
      if b.row > a.row + 1 { trunks[edge.from] = max(trunks[edge.from] ?? 0, b.row) }
    }
    let lanes = lanes(trunks)
    for edge in drawing.edges {
      let (a, b) = (drawing.boxes[edge.from], drawing.boxes[edge.to])
      let start = (x: Self.left(a.column) + Self.width / 2, y: tops[a.row] + Self.height(a))
      let end = (x: Self.left(b.column) + Self.width / 2, y: tops[b.row])
      if b.row > a.row + 1, let lane = lanes[edge.from] {
        let out = tops[a.row] + heights[a.row] + 10 + 4 * (a.column % 5)
        add(
          "M\(start.x + 40) \(start.y) V\(out) H\(lane) V\(end.y - 14) H\(end.x + 40) V\(end.y)",
          edge.label)
        greatest.x = max(greatest.x, lane)
      } else {
        let middle = (start.y + end.y) / 2
        add(
          "M\(start.x) \(start.y) C\(start.x) \(middle) \(end.x) \(middle) \(end.x) \(end.y)",
          edge.label)
      }
    }
  }

  /// Where each line that passes rows runs down: right of all boxes of those rows, and of lines that
  /// are there already.
  ///
  /// - Parameter trunks: the last row of the line of a box.
  private func lanes(_ trunks: [Int: Int]) -> [Int: Int] {
    let widths = RangeMaximum(
      drawing.boxes.reduce(into: Array(repeating: 0, count: heights.count)) { widths, box in
        widths[box.row] = max(widths[box.row], box.column)
      })
    // The last row of each lane, by the column that it is beside.
    var ends: [Int: [Int]] = [:]
    var lanes: [Int: Int] = [:]
    for (place, box) in drawing.boxes.enumerated() {
      guard let last = trunks[place] else { continue }
      let column = widths.maximum(in: box.row...last)
      var taken = ends[column, default: []]
      let lane = taken.firstIndex { $0 <= box.row } ?? min(taken.count, Self.lane.count - 1)
      if lane < taken.count { taken[lane] = max(taken[lane], last) } else { taken.append(last) }
      ends[column] = taken
      lanes[place] = Self.left(column) + Self.width + 8 + lane * Self.lane.width
    }
    return lanes
  }

  private mutating func add(_ path: String, _ label: String) {
    parts.append(
      "<path d=\"\(path)\" marker-end=\"url(#end)\"><title>\(Markup.escaped(label))</title></path>")
  }

  private mutating func add(_ box: GraphDrawing.Box) {
    let (x, y) = (Self.left(box.column), tops[box.row])
    greatest.x = max(greatest.x, x + Self.width)
    parts.append(
      "<g class=\"\(box.kind)\"><rect x=\"\(x)\" y=\"\(y)\" width=\"\(Self.width)\""
        + " height=\"\(Self.height(box))\"/>")
    add(box.title, "class=\"title\" x=\"\(x + 8)\" y=\"\(y + 15)\"", Self.room.line)
    add(
      box.type, "class=\"type\" text-anchor=\"end\" x=\"\(x + Self.width - 8)\" y=\"\(y + 15)\"",
      max(0, min(Self.room.type, Self.room.line - 2 - box.title.count)))
    for (line, text) in box.lines.enumerated() {
      add(text, "x=\"\(x + 8)\" y=\"\(y + 15 + (line + 1) * Self.lineHeight)\"", Self.room.line)
    }
    parts.append("</g>")
  }

  /// A text, whose end is shown where there is no room for all; and all where it is pointed at.
  private mutating func add(_ text: String, _ attributes: String, _ room: Int) {
    guard room > 0, !text.isEmpty else { return }
    let shown = text.count > room ? "…" + text.suffix(max(0, room - 1)) : text
    parts.append(
      "<text \(attributes)>\(Markup.escaped(shown))<title>\(Markup.escaped(text))</title></text>")
  }
}

/// The greatest of any range of numbers, each found at once.
private struct RangeMaximum {
  /// At level *n*, the greatest of 2ⁿ neighbours.
  private var levels: [[Int]]

  init(_ numbers: [Int]) {
    levels = [numbers]
    var width = 1
    while 2 * width <= numbers.count {
      let last = levels[levels.count - 1]
      let next = (0...numbers.count - 2 * width).map { max(last[$0], last[$0 + width]) }
      levels.append(next)
      width *= 2
    }
  }

  /// - Precondition: the range is of numbers that there are.
  func maximum(in range: ClosedRange<Int>) -> Int {
    let level = Int.bitWidth - 1 - range.count.leadingZeroBitCount
    return max(levels[level][range.lowerBound], levels[level][range.upperBound + 1 - (1 << level)])
  }
}
