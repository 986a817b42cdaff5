extension ReportPage {
  /// The page's charts in order, also those that are to be opened.
  public var figures: [any Figure] { Self.figures(in: sections.flatMap { $0.blocks }) }

  private static func figures(in blocks: [Block]) -> [any Figure] {
    blocks.flatMap { block -> [any Figure] in
      switch block {
      case .figures(let figures): figures
      case .details(_, let inner): figures(in: inner)
      case .paragraph, .note, .facts, .code, .table: []
      }
    }
  }

  /// The page's charts as files that need no other, each named for its title: `Loss against bytes` is
  /// `loss-against-bytes.svg`. Of those with equal names, the second ends with `-2`.
  public var figureFiles: [(name: String, svg: String)] {
    var counts: [String: Int] = [:]
    return figures.map { figure in
      let name = Self.fileName(figure.title)
      counts[name, default: 0] += 1
      let count = counts[name, default: 1]
      return ("\(name)\(count > 1 ? "-\(count)" : "").svg", figure.svg)
    }
  }

  /// Letters and digits of ASCII, small, with one hyphen for all that stands between them.
  private static func fileName(_ title: String) -> String {
    let words = title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "figure" : words.joined(separator: "-")
  }
}
