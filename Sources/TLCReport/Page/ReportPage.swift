/// A page of HTML that needs no other file, no network and no script.
///
/// It is readable on a phone and on paper, in the dark where the reader's system is, and by ear. The
/// same page is the same bytes.
public struct ReportPage: Sendable {
  /// A part of the page.
  public struct Section: Sendable {
    /// Its heading.
    public var title: String
    /// What is in it, in order.
    public var blocks: [Block]

    /// Names a part.
    public init(_ title: String, _ blocks: [Block]) {
      self.title = title
      self.blocks = blocks
    }
  }

  /// What a part is made of.
  public enum Block: Sendable {
    /// A text.
    case paragraph(String)
    /// A text that should not be missed: something is wrong, or left out.
    case note(String)
    /// The few numbers that matter most, large, with what they are.
    case facts([(name: String, value: String)])
    /// A command, or what one printed.
    case code(String)
    /// A table.
    case table(ReportTable)
    /// Charts, side by side where there is room, each with its numbers in a table to be opened.
    case figures([any Figure])
    /// What is to be opened.
    case details(summary: String, [Block])
  }

  /// What it is about.
  public var title: String
  /// A sentence below the title.
  public var subtitle: String
  /// Its parts.
  public var sections: [Section]

  /// Begins a page.
  public init(_ title: String, subtitle: String = "", sections: [Section] = []) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
  }

  /// The page, UTF-8.
  public var html: String { PageWriter(self).text }
}
