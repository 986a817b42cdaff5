/// Text made safe to put into markup and on terminals.
public enum Markup {
  /// Text for an element or a quoted attribute of HTML or SVG.
  ///
  /// What neither may contain, and what turns the direction of text, is written out.
  public static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in harmless(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Text with escapes for what would drive a terminal, as a name out of a hostile file may: control
  /// characters, what turns the direction of text, and what is no character.
  public static func harmless(_ text: String) -> String {
    var harmless = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}",
        "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
        harmless += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: harmless.unicodeScalars.append(scalar)
      }
    }
    return harmless
  }
}
