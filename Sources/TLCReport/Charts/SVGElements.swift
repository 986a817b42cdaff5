/// Elements of SVG, in the order in which they are drawn.
struct SVGElements {
  private(set) var text = ""

  /// Where a text's position is on it.
  enum Anchor: String {
    case start, middle, end
  }

  /// A pixel's coordinate, to a tenth.
  static func number(_ value: Double) -> String {
    NumberText.trimmed(NumberText.fixed(max(-1e5, min(1e5, value)), 1))
  }

  /// Adds a text; its baseline is at `y`.
  mutating func add(
    _ content: String, at x: Double, _ y: Double, anchor: Anchor = .start, class name: String = "",
    full: String? = nil
  ) {
    guard !content.isEmpty else { return }
    let anchor = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let name = name.isEmpty ? "" : " class=\"\(name)\""
    text += "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(anchor)\(name)>"
    text += Markup.escaped(content) + Self.title(full == content ? nil : full) + "</text>\n"
  }

  /// Adds a rectangle.
  mutating func addRectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, class name: String,
    title: String? = nil, attributes: String = ""
  ) {
    text += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    text += " width=\"\(Self.number(max(0, width)))\" height=\"\(Self.number(max(0, height)))\""
    text += " class=\"\(name)\"\(attributes)" + Self.closing("rect", title)
  }

  /// Adds a path.
  mutating func addPath(_ path: String, class name: String, title: String? = nil) {
    guard !path.isEmpty else { return }
    text += "<path d=\"\(path)\" class=\"\(name)\"" + Self.closing("path", title)
  }

  /// Adds elements that are shown within a rectangle only.
  mutating func add(
    _ inner: SVGElements, within x: ClosedRange<Double>, _ y: ClosedRange<Double>
  ) {
    let (left, top) = (Self.number(x.lowerBound), Self.number(y.lowerBound))
    let width = Self.number(x.upperBound - x.lowerBound)
    let height = Self.number(y.upperBound - y.lowerBound)
    text += "<svg x=\"\(left)\" y=\"\(top)\" width=\"\(width)\" height=\"\(height)\""
    text += " viewBox=\"\(left) \(top) \(width) \(height)\">\n\(inner.text)</svg>\n"
  }

  private static func closing(_ element: String, _ title: String?) -> String {
    title == nil ? "/>\n" : ">\(Self.title(title))</\(element)>\n"
  }

  private static func title(_ text: String?) -> String {
    text.map { "<title>\(Markup.escaped($0))</title>" } ?? ""
  }

  /// A path through points.
  static func path(_ points: [(x: Double, y: Double)]) -> String {
    points.enumerated().map { place, point in
      "\(place == 0 ? "M" : "L")\(number(point.x)) \(number(point.y))"
    }.joined()
  }

  /// The path of a marker: one shape a place in a list of series, so that colour is not all that
  /// tells them apart.
  static func marker(_ series: Int, at x: Double, _ y: Double, radius r: Double = 3.6) -> String {
    func closed(_ points: [(Double, Double)]) -> String {
      path(points.map { (x + $0.0 * r, y + $0.1 * r) }) + "z"
    }
    switch series % 6 {
    case 0:
      let (n, d) = (number(r), number(2 * r))
      return "M\(number(x - r)) \(number(y))a\(n) \(n) 0 1 0 \(d) 0a\(n) \(n) 0 1 0 -\(d) 0z"
    case 1: return closed([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 2: return closed([(0, -1.15), (1.1, 0.85), (-1.1, 0.85)])
    case 3: return closed([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)])
    case 4: return closed([(0, 1.15), (1.1, -0.85), (-1.1, -0.85)])
    default:
      return closed([
        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2),
        (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
      ])
    }
  }
}
