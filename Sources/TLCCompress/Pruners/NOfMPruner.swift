public import TLCCore
public import TLCSystem

/// Keeps the 𝑛 greatest of each 𝑚 neighbours along an axis.
///
/// A tail of 𝑟 < 𝑚 elements keeps min(𝑛, 𝑟). Of equal scores the one that comes first is
/// dropped; a NaN is greater than any number.
public struct NOfMPruner: Pruner {
  public static let name = "n-of-m"

  /// How many of each group are kept.
  public let n: Int
  /// The size of a group.
  public let m: Int
  /// Counted from the back where it is negative.
  public let axis: Int
  /// What elements are ranked by.
  public let score: PruningScore

  /// - Precondition: 1 ≤ `n` < `m` ≤ 16.
  public init(n: Int, m: Int, axis: Int = -1, score: PruningScore = .magnitude) {
    precondition((2...16).contains(m) && (1..<m).contains(n), "\(n) of \(m)")
    self.n = n
    self.m = m
    self.axis = axis
    self.score = score
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    m = try parameters.integer("m", in: 2...16)
    n = try parameters.integer("n", in: 1...m - 1)
    axis = try parameters.integer(
      "axis", in: -Shape.maximumRank...Shape.maximumRank - 1, default: -1)
    score = try PruningScore(parameters: &parameters)
    try parameters.finish()
  }

  public var needsCalibration: Bool { score == .wanda }

  public func mask(
    for tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap {
    let axis = try tensor.shape.resolved(axis: axis)
    let scores = try score.scores(of: tensor, calibration)
    var mask = Bitmap(repeating: true, count: tensor.shape.count)
    guard tensor.shape.count > 0 else { return mask }
    let length = tensor.shape.dimensions[axis]
    let inner = tensor.shape.stride(of: axis)
    for line in 0..<tensor.shape.count / length {
      let start = line / inner * length * inner + line % inner
      for first in stride(from: 0, to: length, by: m) {
        let group = (first..<min(first + m, length)).map { start + $0 * inner }
        guard group.count > n else { continue }
        let order = group.sorted { (scores[$0], $0) < (scores[$1], $1) }
        for index in order.dropLast(n) { mask[index] = false }
      }
    }
    return mask
  }
}

extension Shape {
  /// An axis counted from the front.
  func resolved(axis: Int) throws(CompressionError) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(resolved) else { throw .axis(axis, rank: rank) }
    return resolved
  }
}

extension Tensor {
  /// The magnitudes of floating-point elements; infinite for a NaN.
  func magnitudes() throws(CompressionError) -> [Double] {
    func magnitudes<Element: FloatingTensorElement>(_: Element.Type) -> [Double] {
      withElements(of: Element.self) { elements in
        elements.indices.map {
          let magnitude = elements[$0].double.magnitude
          return magnitude.isNaN ? .infinity : magnitude
        }
      }
    }
    switch dtype {
    case .f16: return magnitudes(Float16.self)
    case .bf16: return magnitudes(BFloat16.self)
    case .f32: return magnitudes(Float.self)
    case .f64: return magnitudes(Double.self)
    default: throw .notFloatingPoint(dtype.rawValue)
    }
  }
}
