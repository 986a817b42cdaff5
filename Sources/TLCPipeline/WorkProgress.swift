/// How far a long piece of work has come.
public struct WorkProgress: Equatable, Sendable {
  /// What is being done, in a word or two.
  public var activity: String
  /// The bytes of the source that are done.
  public var doneByteCount: Int
  /// The bytes of the source in all.
  public var totalByteCount: Int

  /// Creates a report of progress.
  public init(activity: String, doneByteCount: Int, totalByteCount: Int) {
    self.activity = activity
    self.doneByteCount = doneByteCount
    self.totalByteCount = totalByteCount
  }
}
