/// A ``ReportPage`` as HTML.
struct PageWriter {
  private(set) var text = ""
  private var figureCount = 0

  /// Numbers of a chart are told in a table up to so many rows.
  private static let greatestRowCount = 300
  /// A table of more rows scrolls by itself.
  private static let wholeRowCount = 24

  init(_ page: ReportPage) {
    let title = Markup.escaped(page.title)
    text = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(Stylesheet.charts)\(Stylesheet.page)</style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(title)</h1>

      """
    if !page.subtitle.isEmpty {
      text += "<p class=\"subtitle\">\(Markup.escaped(page.subtitle))</p>\n"
    }
    text += "</header>\n"
    if page.sections.count > 2 {
      text += "<nav aria-label=\"Contents\"><ul>\n"
      for (place, section) in page.sections.enumerated() {
        text += "<li><a href=\"#part\(place + 1)\">\(Markup.escaped(section.title))</a></li>\n"
      }
      text += "</ul></nav>\n"
    }
    for (place, section) in page.sections.enumerated() {
      text += "<section id=\"part\(place + 1)\">\n<h2>\(Markup.escaped(section.title))</h2>\n"
      for block in section.blocks { add(block) }
      text += "</section>\n"
    }
    text += "</main>\n</body>\n</html>\n"
  }

  private mutating func add(_ block: ReportPage.Block) {
    switch block {
    case .paragraph(let words): text += "<p>\(Markup.escaped(words))</p>\n"
    case .note(let words): text += "<p class=\"note\">\(Markup.escaped(words))</p>\n"
    case .code(let words): text += "<pre>\(Self.preformatted(words))</pre>\n"
    case .facts(let facts):
      text += "<dl class=\"facts\">\n"
      for fact in facts {
        text += "<div><dt>\(Markup.escaped(fact.name))</dt>"
        text += "<dd>\(Markup.escaped(fact.value))</dd></div>\n"
      }
      text += "</dl>\n"
    case .table(let table): add(table)
    case .figures(let figures):
      text += "<div class=\"figures\">\n"
      for figure in figures { add(figure) }
      text += "</div>\n"
    case .details(let summary, let blocks):
      text += "<details><summary>\(Markup.escaped(summary))</summary>\n"
      for block in blocks { add(block) }
      text += "</details>\n"
    }
  }

  /// Lines stay lines.
  private static func preformatted(_ words: String) -> String {
    words.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Markup.escaped(String($0)) }.joined(separator: "\n")
  }

  private mutating func add(_ figure: any Figure) {
    figureCount += 1
    text += "<figure>\n<figcaption><strong>\(Markup.escaped(figure.title))</strong>"
    if !figure.description.isEmpty { text += "<br>\(Markup.escaped(figure.description))" }
    text += "</figcaption>\n\(figure.svg(id: "figure\(figureCount)"))\n"
    let numbers = figure.numbers
    if !numbers.rows.isEmpty, numbers.rows.count <= Self.greatestRowCount {
      text += "<details><summary>Numbers</summary>\n"
      add(numbers)
      text += "</details>\n"
    }
    text += "</figure>\n"
  }

  private mutating func add(_ table: ReportTable) {
    let isLong = table.rows.count > Self.wholeRowCount
    text += "<div class=\"scroll\(isLong ? " long" : "")\" tabindex=\"0\"><table>\n"
    if let caption = table.caption { text += "<caption>\(Markup.escaped(caption))</caption>\n" }
    text += "<thead><tr>"
    for column in table.columns {
      text += "<th scope=\"col\"\(Self.side(column))>\(Markup.escaped(column.title))</th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    for row in table.rows {
      text += "<tr>"
      for (column, cell) in zip(table.columns, row) {
        text += "<td\(Self.side(column))>\(Self.content(cell))</td>"
      }
      text += "</tr>\n"
    }
    text += "</tbody></table></div>\n"
  }

  private static func side(_ column: ReportTable.Column) -> String {
    switch column.alignment {
    case .left: ""
    case .right: " class=\"r\""
    case .wrapped: " class=\"w\""
    }
  }

  private static func content(_ cell: ReportTable.Cell) -> String {
    switch cell {
    case .text(let words): return Markup.escaped(words)
    case .code(let words): return "<code>\(Markup.escaped(words))</code>"
    case .number(_, let words): return Markup.escaped(words)
    case .bar(_, let words, let share):
      let width = SVGElements.number(share.isFinite ? max(0, min(1, share)) * 100 : 0)
      return "\(Markup.escaped(words))<span class=\"bar\"><i style=\"width:\(width)%\"></i></span>"
    }
  }
}
