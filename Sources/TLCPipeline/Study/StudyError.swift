/// Why a study cannot be run: where, what is so, and what would be right.
public struct StudyError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  /// - Parameters:
  ///   - path: of the file that is wrong.
  ///   - line: in it, from 1, if it is known.
  ///   - reason: what is so.
  init(path: String, line: Int? = nil, _ reason: String) {
    description = path + (line.map { ", line \($0)" } ?? "") + ": " + reason
  }
}
