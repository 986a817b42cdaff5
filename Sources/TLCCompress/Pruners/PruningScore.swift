import TLCCore

/// What an element is ranked by: the least are dropped.
public enum PruningScore: String, CaseIterable, Sendable {
  /// |𝑤|.
  case magnitude
  /// |𝑤|·‖𝑥‖, where 𝑥 is what the element was multiplied by on all inputs of calibration (Sun et al.,
  /// 2024); |𝑤| where inputs are not known.
  case wanda

  /// Takes `score`, which is optional.
  ///
  /// - Throws: ``CompressionError`` where it is none.
  public init(parameters: inout Parameters) throws(CompressionError) {
    let name = try parameters.choice(
      "score", Self.allCases.map { $0.rawValue }, default: Self.magnitude.rawValue)
    self = PruningScore(rawValue: name) ?? .magnitude
  }

  /// The score of each element in row-major order; infinite for a NaN.
  ///
  /// - Throws: ``CompressionError/notFloatingPoint(_:)``.
  func scores(
    of tensor: Tensor, _ calibration: TensorCalibration?
  ) throws(CompressionError) -> [Double] {
    let magnitudes = try tensor.magnitudes()
    guard self == .wanda, let inputs = calibration?.inputs, !magnitudes.isEmpty else {
      return magnitudes
    }
    let norms = inputs.moments.norms
    let rows = magnitudes.count / norms.count
    return magnitudes.indices.map {
      let column = inputs.axes == .trailing ? $0 % norms.count : $0 / rows
      // A NaN counts as infinite, and so do infinities that nothing was multiplied by.
      return magnitudes[$0] == .infinity ? .infinity : magnitudes[$0] * norms[column]
    }
  }
}

extension [Double] {
  /// The places of the least `count` elements, of equal ones those that come first.
  func leastPlaces(_ count: Int) -> ArraySlice<Int> {
    indices.sorted { (self[$0], $0) < (self[$1], $1) }.prefix(count)
  }
}
