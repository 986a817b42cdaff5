/// What is wrong with a recipe, and where.
public struct RecipeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The recipe's file, if it comes from one.
  public var path: String?
  /// The line, from 1, if it is known.
  public var line: Int?
  /// A sentence that says what is so, and what would be right.
  public var reason: String

  /// Creates an error.
  public init(path: String? = nil, line: Int? = nil, reason: String) {
    self.path = path
    self.line = line
    self.reason = reason
  }

  public var description: String {
    let place = [path ?? "recipe", line.map { "line \($0)" }].compactMap { $0 }
    return place.joined(separator: ", ") + ": " + reason
  }
}
