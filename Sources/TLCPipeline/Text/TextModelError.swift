/// Why a model cannot be given text.
public enum TextModelError: Error, Equatable, Sendable {
  /// An asset is wrong: its name, and what is so.
  case asset(String, String)
  /// An input is none that text gives.
  case input(String, String)
  /// The model has no output of a name; those that it has.
  case output(String, there: [String])
  /// An output is of a type that a task does not know.
  case shape(String, String)
  /// A text is not what a task asks for.
  case text(String)
}

extension TextModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .asset(let name, let what): "\(name): \(what)"
    case .input(let name, let what): "input \"\(name)\": \(what)"
    case .output(let name, let there):
      "the model has no output \"\(name)\", but \(there.joined(separator: ", "))"
    case .shape(let name, let type): "output \"\(name)\": it is \(type), which is no row a text"
    case .text(let what): what
    }
  }
}
