public import TLCCore
public import TLCSystem

/// Drops whole blocks of the last two axes, of least mean square.
///
/// Blocks tile each matrix from its start; those at an end are as short as they must be. Drops
/// exactly ⌊sparsity × blocks⌋; of equal blocks the one that comes first is dropped.
public struct BlockPruner: Pruner {
  public static let name = "block"

  /// The share of blocks to drop, from 0 to 1.
  public let sparsity: Double
  /// The length of a block along the last axis but one.
  public let rows: Int
  /// The length of a block along the last axis.
  public let columns: Int
  /// What elements are ranked by: blocks by the mean of its square.
  public let score: PruningScore

  /// - Precondition: `sparsity` is in 0...1, and a block has at least one row and column.
  public init(sparsity: Double, rows: Int, columns: Int, score: PruningScore = .magnitude) {
    precondition((0...1).contains(sparsity) && rows > 0 && columns > 0, "\(rows) × \(columns)")
    self.sparsity = sparsity
    self.rows = rows
    self.columns = columns
    self.score = score
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    sparsity = try parameters.number("sparsity", in: 0...1)
    rows = try parameters.integer("rows", in: 1...65_536)
    columns = try parameters.integer("columns", in: 1...65_536)
    score = try PruningScore(parameters: &parameters)
    try parameters.finish()
  }

  public var needsCalibration: Bool { score == .wanda }

  public func mask(
    for tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap {
    let shape = tensor.shape
    guard shape.rank >= 2 else { throw .axis(-2, rank: shape.rank) }
    let scores = try score.scores(of: tensor, calibration)
    var mask = Bitmap(repeating: true, count: shape.count)
    guard shape.count > 0 else { return mask }
    let height = shape.dimensions[shape.rank - 2]
    let width = shape.dimensions[shape.rank - 1]
    let across = (width + columns - 1) / columns
    let blocksPerMatrix = (height + rows - 1) / rows * across
    func block(of index: Int) -> Int {
      let (line, column) = index.quotientAndRemainder(dividingBy: width)
      let (matrix, row) = line.quotientAndRemainder(dividingBy: height)
      return matrix * blocksPerMatrix + row / rows * across + column / columns
    }
    let count = shape.count / (height * width) * blocksPerMatrix
    var sums = [Double](repeating: 0, count: count)
    var sizes = [Int](repeating: 0, count: count)
    for index in 0..<shape.count {
      let block = block(of: index)
      sums[block] += scores[index] * scores[index]
      sizes[block] += 1
    }
    let means = zip(sums, sizes).map { $0 / Double($1) }
    var isDropped = [Bool](repeating: false, count: count)
    for block in means.leastPlaces(Int(sparsity * Double(count))) { isDropped[block] = true }
    for index in 0..<shape.count where isDropped[block(of: index)] { mask[index] = false }
    return mask
  }
}
