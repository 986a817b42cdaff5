/// A chart that a page can show, or that stands alone as SVG.
public protocol Figure: Sendable {
  /// What it shows, in a few words.
  var title: String { get }
  /// What is to be seen in it, for those who cannot see it too.
  var description: String { get }
  /// The numbers that are drawn.
  var numbers: ReportTable { get }
  /// Its elements of SVG, without the root, and the height of the drawing in pixels; its width is
  /// ``FigureLayout/width``.
  func drawing() -> (elements: String, height: Int)
}

/// What all charts share.
public enum FigureLayout {
  /// The width of every chart in pixels, before a page scales it.
  public static let width = 440
  /// The height of a text's line.
  static let line = 18.0
  /// About how wide a text is, at the size of charts' texts.
  static func width(_ text: String) -> Double { Double(text.count) * 7.3 }

  /// A text that fits in a width; its end is kept, as names differ at the end.
  static func fitted(_ text: String, _ width: Double) -> String {
    let room = max(2, Int(width / 7.3))
    return text.count <= room ? text : "…" + text.suffix(room - 1)
  }
}

extension Figure {
  /// The chart as an element of a page, whose styles it uses.
  ///
  /// - Parameter id: of the element; unique on the page, of letters and digits.
  public func svg(id: String) -> String {
    let (elements, height) = drawing()
    return svg(id: id, "viewBox=\"0 0 \(FigureLayout.width) \(height)\"", elements)
  }

  /// The chart as a file of SVG that needs no other. It has a ground of its own, light or dark as the
  /// reader's system is, whatever the page around it has.
  public var svg: String {
    let (elements, height) = drawing()
    let margin = 12
    let size = (width: FigureLayout.width + 2 * margin, height: height + 2 * margin)
    let ground = """
      <style>
      \(Stylesheet.charts)</style>
      <rect x="-\(margin)" y="-\(margin)" width="\(size.width)" height="\(size.height)" \
      fill="#ffffff" style="fill: var(--ground)"/>

      """
    return svg(
      id: "chart",
      "viewBox=\"-\(margin) -\(margin) \(size.width) \(size.height)\" width=\"\(size.width)\""
        + " height=\"\(size.height)\"", ground + elements) + "\n"
  }

  private func svg(id: String, _ attributes: String, _ elements: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" \
    aria-labelledby="\(id)-t \(id)-d" \(attributes)>
    <title id="\(id)-t">\(Markup.escaped(title))</title>
    <desc id="\(id)-d">\(Markup.escaped(description))</desc>
    \(elements)</svg>
    """
  }
}
