/// How texts are cut that have too many tokens.
public struct Truncation: Equatable, Sendable {
  /// Which text of a pair is cut.
  public enum Strategy: String, Sendable {
    /// The longer one, and both evenly once they are as long.
    case longestFirst = "LongestFirst"
    /// The first one alone.
    case onlyFirst = "OnlyFirst"
    /// The second one alone.
    case onlySecond = "OnlySecond"
  }

  /// An end of a text.
  public enum Direction: String, Sendable {
    /// The start.
    case left = "Left"
    /// The end.
    case right = "Right"
  }

  /// The tokens that are left at most, those of the template included.
  public var greatestCount: Int
  /// Which text of a pair is cut.
  public var strategy: Strategy
  /// The tokens that a window shares with the one before it.
  public var stride: Int
  /// The end that is cut.
  public var direction: Direction

  /// Truncation to a count, template included.
  public init(
    greatestCount: Int, strategy: Strategy = .longestFirst, stride: Int = 0,
    direction: Direction = .right
  ) {
    self.greatestCount = greatestCount
    self.strategy = strategy
    self.stride = stride
    self.direction = direction
  }

  /// How many tokens to keep of texts of `first` and `second` tokens (0 where there is no pair), of
  /// which `budget` may be left.
  func counts(
    first: Int, second: Int?, budget: Int
  ) throws(TextError) -> (first: Int, second: Int) {
    let (n, m) = (first, second ?? 0)
    if budget == 0 { return (0, 0) }
    let excess = n + m - budget
    if excess <= 0 { return (n, m) }
    switch strategy {
    case .longestFirst:
      if second == nil { return (budget, 0) }
      let shorter = min(n, m)
      // The longer one gives first; if that does not do, both are cut to halves of the budget, and
      // the longer one, the second of equals, has the odd token.
      if shorter <= budget - shorter {
        return n > m ? (budget - m, m) : (n, budget - n)
      }
      let (half, rest) = (budget / 2, budget - budget / 2)
      return n > m ? (rest, half) : (half, rest)
    case .onlyFirst:
      guard n > excess else { throw tooShort("first", n, excess) }
      return (n - excess, m)
    case .onlySecond:
      guard second != nil else {
        throw .truncation("the second text is to be truncated, and there is none")
      }
      guard m > excess else { throw tooShort("second", m, excess) }
      return (n, m - excess)
    }
  }

  private func tooShort(_ which: String, _ count: Int, _ excess: Int) -> TextError {
    .truncation("the \(which) text has \(count) tokens, of which \(excess) would have to go")
  }

  /// The parts of a text of `count` tokens, each of `length` at most, that together cover it, in the
  /// order in which they are made: from the start, or from the end where the left is cut.
  func windows(count: Int, length: Int) throws(TextError) -> [Range<Int>] {
    if length >= count { return [0..<count] }
    if length == 0 { return [0..<0] }
    guard (0..<length).contains(stride) else {
      throw .truncation(
        "the stride is \(stride), and must be less than \(length), the tokens that are left")
    }
    var windows: [Range<Int>] = []
    var reached = 0
    while windows.isEmpty || reached < count {
      let start = windows.isEmpty ? 0 : reached - stride
      reached = min(start + length, count)
      windows.append(direction == .right ? start..<reached : count - reached..<count - start)
    }
    return windows
  }
}
