/// A table of a page; a wide one scrolls within the page.
public struct ReportTable: Equatable, Sendable {
  /// To which side a column's cells are moved.
  public enum Alignment: Equatable, Sendable {
    /// Texts.
    case left
    /// Numbers.
    case right
    /// Sentences, which are broken into lines.
    case wrapped
  }

  /// A column.
  public struct Column: Equatable, Sendable {
    /// Its head.
    public var title: String
    /// To which side its cells are moved.
    public var alignment: Alignment

    /// Names a column.
    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// What is in a place of the table.
  public enum Cell: Equatable, Sendable {
    /// A text.
    case text(String)
    /// A name of the program's world, in letters of equal width.
    case code(String)
    /// A number, as it is written.
    case number(Double, String)
    /// A number, as it is written, over a bar of so large a share of the cell.
    case bar(Double, String, share: Double)
  }

  /// What it shows, above it; `nil` for nothing.
  public var caption: String?
  /// The columns.
  public var columns: [Column]
  /// The rows, each of a cell a column.
  public private(set) var rows: [[Cell]] = []

  /// A table without rows.
  public init(_ columns: [Column], caption: String? = nil) {
    self.columns = columns
    self.caption = caption
  }

  /// Adds a row.
  ///
  /// - Precondition: it has a cell for each column.
  public mutating func append(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "\(cells.count) cells in \(columns.count) columns")
    rows.append(cells)
  }
}
