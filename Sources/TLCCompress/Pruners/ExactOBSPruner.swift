public import TLCCore
internal import TLCKernels
public import TLCSystem

/// Drops weights one by one, each time the one of a row that the others make good best, and changes
/// those accordingly: optimal brain surgery without approximation (Frantar and Alistarh, 2022).
///
/// With the inverse of the damped moments of what is left of a row, 𝐺, dropping 𝑤ₚ leaves 𝑤ₚ² / 𝐺ₚₚ more
/// error. How many each row drops is decided for the whole matrix: of all rows' sequences of such errors,
/// each at least the one before, the ⌊sparsity × count⌋ least, of equal ones those of the first row. Work
/// grows with the cube of the inputs: beyond ``greatestWidth`` of them, matrices are pruned as
/// ``SparseGPTPruner`` does, and without known inputs by magnitude.
public struct ExactOBSPruner: Pruner {
  public static let name = "exact-obs"

  /// The most inputs of a matrix.
  public static let greatestWidth = 1_024

  /// The share of weights to drop, in 0...1.
  public let sparsity: Double
  /// What is added to the diagonal of the moments, in units of its mean.
  public let damping: Double

  /// - Precondition: `sparsity` is in 0...1, `damping` in 2⁻⁴⁰...1.
  public init(sparsity: Double, damping: Double = 0.01) {
    precondition((0...1).contains(sparsity), "sparsity \(sparsity) is not in 0...1")
    precondition(FeedbackOptions.dampings.contains(damping), "a damping of \(damping)")
    self.sparsity = sparsity
    self.damping = damping
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    sparsity = try parameters.number("sparsity", in: 0...1)
    damping = try parameters.number("damping", in: FeedbackOptions.dampings, default: 0.01)
    try parameters.finish()
  }

  public var needsCalibration: Bool { true }

  public func mask(
    for tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap {
    try removal(tensor, calibration, parallelism).mask
  }

  public func prune(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Tensor {
    try removal(tensor, calibration, parallelism).tensor
  }

  private func removal(
    _ tensor: Tensor, _ calibration: TensorCalibration?, _ parallelism: Parallelism
  ) throws(CompressionError) -> (tensor: Tensor, mask: Bitmap) {
    guard let inputs = calibration?.inputs, inputs.moments.width <= Self.greatestWidth,
      tensor.shape.count > 0
    else {
      let sweep = SparseGPTPruner(.share(sparsity), damping: damping)
      let mask = try sweep.mask(for: tensor, calibration: calibration, parallelism: parallelism)
      return (
        try sweep.prune(tensor, calibration: calibration, parallelism: parallelism), mask
      )
    }
    func remove<Element: FloatingTensorElement>(_: Element.Type) -> (Tensor, Bitmap) {
      self.remove(tensor, Element.self, inputs, parallelism)
    }
    return try tensor.withFiniteElements { type throws(CompressionError) in
      type == Float.self ? remove(Float.self) : remove(type)
    }
  }

  private func remove<Element: FloatingTensorElement>(
    _ tensor: Tensor, _: Element.Type, _ inputs: (axes: InputAxes, moments: InputMoments),
    _ parallelism: Parallelism
  ) -> (Tensor, Bitmap) {
    let width = inputs.moments.width
    let count = tensor.shape.count / width
    let (rowStride, stride) = inputs.axes == .trailing ? (width, 1) : (1, count)
    var elements = tensor.elements(of: Element.self)
    let rows = (0..<count).map { row in
      (0..<width).map { elements[row * rowStride + $0 * stride].double }
    }
    let surgery = BrainSurgery(inputs.moments, damping: damping, parallelism)
    let traces = parallelism.map(count) { surgery.trace(of: rows[$0]) }
    var lengths = [Int](repeating: 0, count: count)
    let steps = traces.indices.flatMap { row in traces[row].map { (loss: $0.loss, row: row) } }
    // Sorting keeps a row's steps in order, since each loss is at least the one before.
    let order = steps.indices.sorted { (steps[$0].loss, $0) < (steps[$1].loss, $1) }
    for place in order.prefix(Int(sparsity * Double(tensor.shape.count))) {
      lengths[steps[place].row] += 1
    }
    let changed = parallelism.map(count) { [lengths] row in
      surgery.removing(traces[row].prefix(lengths[row]).map { $0.column }, from: rows[row])
    }
    var mask = Bitmap(repeating: true, count: elements.count)
    for row in 0..<count {
      for (column, value) in changed[row].enumerated() {
        let index = row * rowStride + column * stride
        let rounded = Element(rounding: Float(value))
        // An element that was 0 stays 0.
        if rounded.double.isFinite, elements[index].double != 0 { elements[index] = rounded }
      }
      for step in traces[row].prefix(lengths[row]) {
        let index = row * rowStride + step.column * stride
        elements[index] = Element(rounding: 0)
        mask[index] = false
      }
    }
    return (Tensor(elements, shape: tensor.shape), mask)
  }
}

/// Removes weights of rows that have the same inputs.
private struct BrainSurgery: Sendable {
  /// The inverse of the moments, damped.
  private let inverse: SymmetricMatrix

  init(_ moments: InputMoments, damping: Double, _ parallelism: Parallelism) {
    // In reverse order twice, inputs are in their own.
    inverse = FeedbackFactor.reversedFactor(
      moments, Array((0..<moments.width).reversed()), damping, parallelism
    ).inverseOfFactored()
  }

  /// One weight after the other: of those left, the one whose loss is least, of equal ones the first.
  func trace(of row: [Double]) -> [(column: Int, loss: Double)] {
    let left = SymmetricMatrix(width: inverse.width)
    left.set(inverse)
    var (weights, columns) = (row, Array(row.indices))
    var trace: [(column: Int, loss: Double)] = []
    for count in stride(from: row.count, to: 0, by: -1) {
      var (best, least) = (0, Double.infinity)
      for i in 0..<count {
        // What was 0 from the start is dropped first.
        let loss = row[columns[i]] == 0 ? -1 : weights[i] * weights[i] / left[i, i]
        if loss < least || (loss == least && columns[i] < columns[best]) {
          (best, least) = (i, loss)
        }
      }
      let share = weights[best] / left[best, best]
      trace.append((columns[best], max(least, trace.last?.loss ?? least)))
      for i in 0..<count where i != best { weights[i] -= share * left[best, i] }
      left.eliminate(best, of: count)
      (weights[best], columns[best]) = (weights[count - 1], columns[count - 1])
    }
    return trace
  }

  /// The row without some columns, and what is left so that the loss is least.
  func removing(_ columns: [Int], from row: [Double]) -> [Double] {
    guard !columns.isEmpty, columns.count < row.count else { return row }
    // 𝑤 − 𝐺·(𝐺 of the columns)⁻¹·(𝑤 of the columns).
    let part = SymmetricMatrix(width: columns.count)
    for i in columns.indices {
      for j in 0...i { part[i, j] = inverse[columns[i], columns[j]] }
    }
    guard part.factor() else { return row }
    var shares = columns.map { row[$0] }
    for i in shares.indices {
      for k in 0..<i { shares[i] -= part[i, k] * shares[k] }
      shares[i] /= part[i, i]
    }
    for i in shares.indices.reversed() {
      for k in i + 1..<shares.count { shares[i] -= part[k, i] * shares[k] }
      shares[i] /= part[i, i]
    }
    var changed = row
    for (column, share) in zip(columns, shares) {
      for i in changed.indices { changed[i] -= share * inverse[column, i] }
    }
    return changed
  }
}
