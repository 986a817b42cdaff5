internal import TLCCore
public import TLCKernels

/// The matrices of the last two axes with 0 below the diagonal of input 1, or above it.
public struct Trilu: Operator {
  public static let name = "Trilu"
  public static let inputCounts = 1...2
  private let isUpper: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    isUpper = try attributes.flag("upper", default: true)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.rank >= 2 else { throw OperatorError("input 0 is \(input), not of matrices") }
    if let diagonal = inputs.optional(1)?.type {
      guard diagonal.dtype == .i64, diagonal.dimensions.product == 1 else {
        throw OperatorError("input 1 is \(diagonal), not one i64")
      }
    }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0], out.shape.count > 0 else { return }
    let given = inputs.count > 1 ? inputs[1]?.integers[0] : nil
    let lengths = out.shape.dimensions
    let (rowCount, columnCount) = (lengths[lengths.count - 2], lengths[lengths.count - 1])
    // Beyond these there is nothing.
    let diagonal = min(max(given ?? 0, -rowCount - columnCount), rowCount + columnCount)
    let byteCount = out.dtype.byteCount
    let (source, target) = (input.bytes, out.bytes)
    target.fill(0)
    for row in 0..<out.shape.count / columnCount {
      let place = min(max(0, row % rowCount + diagonal + (isUpper ? 0 : 1)), columnCount)
      let kept = isUpper ? place..<columnCount : 0..<place
      let start = (row * columnCount + kept.lowerBound) * byteCount
      target.copy(kept.count * byteCount, from: source, at: start, to: start)
    }
  }
}
