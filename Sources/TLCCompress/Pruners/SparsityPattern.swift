/// What a sweep drops of a matrix.
public enum SparsityPattern: Equatable, Sendable {
  /// This share of the weights, one by one.
  case share(Double)
  /// All but `n` of each `m` neighbouring weights of an output; a tail of 𝑟 < 𝑚 keeps min(𝑛, 𝑟).
  case nOfM(n: Int, m: Int)
  /// This share of the blocks of so many rows and columns of the tensor's last two axes.
  case blocks(share: Double, rows: Int, columns: Int)

  /// Takes `sparsity`, `n` and `m`, or `sparsity`, `rows` and `columns`.
  ///
  /// - Throws: ``CompressionError`` where one is missing or out of range.
  public init(parameters: inout Parameters) throws(CompressionError) {
    if let m = try parameters.optionalInteger("m", in: 2...16) {
      self = .nOfM(n: try parameters.integer("n", in: 1...m - 1), m: m)
      return
    }
    let share = try parameters.number("sparsity", in: 0...1)
    guard let rows = try parameters.optionalInteger("rows", in: 1...65_536) else {
      self = .share(share)
      return
    }
    self = .blocks(
      share: share, rows: rows, columns: try parameters.integer("columns", in: 1...65_536))
  }

  /// The same, of the transposed matrix.
  var transposed: SparsityPattern {
    guard case .blocks(let share, let rows, let columns) = self else { return self }
    return .blocks(share: share, rows: columns, columns: rows)
  }

  /// What drops as much by magnitude.
  var byMagnitude: any Pruner {
    switch self {
    case .share(let share): MagnitudePruner(sparsity: share)
    case .nOfM(let n, let m): NOfMPruner(n: n, m: m)
    case .blocks(let share, let rows, let columns):
      BlockPruner(sparsity: share, rows: rows, columns: columns)
    }
  }

  /// The columns that are swept at once, whole groups and blocks: about ``Feedback/blockLength``.
  var sweepLength: Int {
    switch self {
    case .share: Feedback.blockLength
    case .nOfM(_, let m): Feedback.blockLength / m * m
    case .blocks(_, _, let columns): max(1, Feedback.blockLength / columns) * columns
    }
  }
}
