/// The generations of Keras, which mean different things by the same words.
enum KerasGeneration: Int, Comparable, Sendable {
  case first = 1
  case second
  case third

  static func < (a: KerasGeneration, b: KerasGeneration) -> Bool { a.rawValue < b.rawValue }

  /// The generation of a version such as `2.2.4-tf`; the first where nothing is said, as its files
  /// do.
  init(version: String?) {
    switch version.map({ $0.prefix(2) }) {
    case "3.": self = .third
    case "2.": self = .second
    default: self = .first
    }
  }
}
