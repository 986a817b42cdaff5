/// The words of a text as BLEU counts them: mteval's tokenization 13a, as sacrebleu has it.
///
/// White space behind the text, `<skipped>`, and line feeds behind hyphens go; four entities of HTML
/// are replaced. Signs of ASCII stand alone, but for apostrophes; periods and commas do where they are
/// not between digits, and hyphens behind digits. White space is that of Python's `str.split`.
public enum Tokenization13a {
  /// The words.
  public static func words(of text: String) -> [String] {
    var scalars = Array(text.unicodeScalars)
    while let last = scalars.last, isWhiteSpace(last) { scalars.removeLast() }
    var line = String(String.UnicodeScalarView(scalars)).unicodeScalars[...]
    for (old, new) in [("<skipped>", ""), ("-\n", ""), ("\n", " ")] {
      line = replacing(old, with: new, in: line)
    }
    if line.contains("&") {
      for (old, new) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        line = replacing(old, with: new, in: line)
      }
    }
    scalars = [" "] + line + [" "]
    scalars = scalars.flatMap { isSign($0) ? [" ", $0, " "] : [$0] }
    scalars = separated(scalars) { isDigit($0) || !isPoint($1) ? nil : [$0, " ", $1, " "] }
    scalars = separated(scalars) { !isPoint($0) || isDigit($1) ? nil : [" ", $0, " ", $1] }
    scalars = separated(scalars) { isDigit($0) && $1 == "-" ? [$0, " ", $1, " "] : nil }
    return scalars.split(whereSeparator: isWhiteSpace).map {
      String(String.UnicodeScalarView($0))
    }
  }

  private static func replacing(
    _ old: String, with new: String, in line: Substring.UnicodeScalarView
  ) -> Substring.UnicodeScalarView {
    let (pattern, all) = (Array(old.unicodeScalars), Array(line))
    var result = String.UnicodeScalarView()
    var place = 0
    while place < all.count {
      if all[place...].starts(with: pattern) {
        result.append(contentsOf: new.unicodeScalars)
        place += pattern.count
      } else {
        result.append(all[place])
        place += 1
      }
    }
    return result[...]
  }

  /// Replaces pairs of neighbours that have no scalar in common, from the start on.
  private static func separated(
    _ scalars: [Unicode.Scalar],
    _ change: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    var place = 0
    while place < scalars.count {
      if place + 1 < scalars.count, let changed = change(scalars[place], scalars[place + 1]) {
        result += changed
        place += 2
      } else {
        result.append(scalars[place])
        place += 1
      }
    }
    return result
  }

  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

  private static func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }
}
