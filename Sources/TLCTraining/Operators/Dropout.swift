internal import TLCCore
public import TLCKernels
public import TLCModel

/// Leaves elements out by chance, and makes the others larger by as much.
///
/// Its inputs are the elements, and a seed and the number of a step, `i64` [2]: with the attribute
/// `stream`, these alone say which elements stay.
public struct Dropout: Operator {
  public static let name = "Dropout"
  public static let domain = TrainingOperators.domain
  public static let inputCounts = 2...2
  let ratio: Float
  let stream: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    ratio = try attributes.float("ratio") ?? 0.1
    stream = try attributes.int("stream") ?? 0
    guard ratio >= 0, ratio < 1 else {
      throw OperatorError("attribute \"ratio\" is \(ratio), not from 0 to below 1")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let seed = try inputs[1]
    guard try inputs[0].dtype == .f32, seed == ValueType(.i64, [2]) else {
      throw OperatorError("its inputs are \(try inputs[0]) and \(seed), not f32 and i64 [2]")
    }
    return [try inputs[0]]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let x = inputs[0], let seed = inputs[1], let out = outputs[0] else { return }
    let mask = TrainingKernels.Dropout(ratio: ratio, seed, stream: stream)
    context.team.share(x.shape.count, unit: 1024) { range in
      TrainingKernels.drop(
        mask, x.floats, from: range.lowerBound, into: out.floats, at: range.lowerBound,
        count: range.count, first: range.lowerBound, adding: false)
    }
  }
}

extension TrainingKernels.Dropout {
  /// A mask for a seed and a step that a run is given.
  init(ratio: Float, _ seed: TensorView, stream: Int) {
    let words = seed.elements(of: Int64.self)
    self.init(ratio: ratio, seed: words[0], step: words[1], stream: stream)
  }
}
