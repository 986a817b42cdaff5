internal import TLCCore

/// How a tensor is cut into groups of 𝑚 neighbours, and the ranks of the patterns in them.
struct NOfMGroups: Equatable, Sendable {
  static let allowedM = 2...16

  let n: Int
  let m: Int
  private let length: Int
  private let inner: Int
  private let groupsPerLine: Int
  /// The number of groups.
  let count: Int
  /// The number of elements kept.
  let keptCount: Int

  /// - Precondition: `axis` is one of the shape's, and `n` and `m` are allowed.
  init(n: Int, m: Int, axis: Int, shape: Shape) {
    precondition(Self.allowedM.contains(m) && (1..<m).contains(n), "\(n) of \(m)")
    self.n = n
    self.m = m
    length = shape.dimensions[axis]
    inner = shape.stride(of: axis)
    groupsPerLine = (length + m - 1) / m
    let lines = shape.count == 0 ? 0 : shape.count / length
    count = lines * groupsPerLine
    keptCount = lines * (length / m * n + min(n, length % m))
  }

  /// The bits of a rank.
  var width: Int { UInt(greatestRank).bitCount }
  /// The greatest rank of a full group.
  var greatestRank: UInt32 { Self.binomial[m][n] - 1 }

  /// The elements of a group, and how many of them are kept.
  private func size(ofGroup group: Int) -> (elements: Int, kept: Int) {
    let position = group / inner % groupsPerLine
    let elements = min(m, length - position * m)
    return (elements, min(n, elements))
  }

  /// The greatest rank of a group, which a tail's is less than others'.
  func greatestRank(ofGroup group: Int) -> UInt32 {
    let (elements, kept) = size(ofGroup: group)
    return Self.binomial[elements][kept] - 1
  }

  /// The index of a group's first element; neighbours are `inner` apart.
  private func start(ofGroup group: Int) -> Int {
    let (line, column) = group.quotientAndRemainder(dividingBy: inner)
    let (outer, position) = line.quotientAndRemainder(dividingBy: groupsPerLine)
    return (outer * length + position * m) * inner + column
  }

  /// Calls `body` with the index of each element that a pattern keeps, descending.
  ///
  /// - Precondition: the rank is one of the group's.
  func forEachKept(inGroup group: Int, rank: UInt32, _ body: (Int) -> Void) {
    let start = start(ofGroup: group)
    let (elements, kept) = size(ofGroup: group)
    var rest = rank
    var position = elements - 1
    for place in stride(from: kept, to: 0, by: -1) {
      while Self.binomial[position][place] > rest { position -= 1 }
      rest -= Self.binomial[position][place]
      body(start + position * inner)
      position -= 1
    }
  }

  /// The rank of a group's pattern, or `nil` where more than 𝑛 elements are needed.
  ///
  /// Where fewer are, the first others are kept too.
  func rank(ofGroup group: Int, needed: (Int) -> Bool) -> UInt32? {
    let start = start(ofGroup: group)
    let (elements, kept) = size(ofGroup: group)
    var pattern: UInt32 = 0
    for position in 0..<elements where needed(start + position * inner) {
      pattern |= 1 << UInt32(position)
    }
    guard pattern.nonzeroBitCount <= kept else { return nil }
    var position: UInt32 = 0
    while pattern.nonzeroBitCount < kept {
      pattern |= 1 << position
      position += 1
    }
    var rank: UInt32 = 0
    var place = 1
    for position in 0..<elements where pattern >> UInt32(position) & 1 == 1 {
      rank += Self.binomial[position][place]
      place += 1
    }
    return rank
  }

  /// `binomial[a][b]` is the number of ways to choose `b` of `a`, for both up to 16.
  private static let binomial: [[UInt32]] = {
    var rows = [[UInt32]](repeating: Array(repeating: 0, count: 18), count: 18)
    for a in 0..<18 {
      rows[a][0] = 1
      for b in 1..<18 where a > 0 { rows[a][b] = rows[a - 1][b - 1] + rows[a - 1][b] }
    }
    return rows
  }()
}
