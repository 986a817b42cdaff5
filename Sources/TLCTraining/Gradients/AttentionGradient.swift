internal import TLCKernels
public import TLCModel

/// Of attention: its weights are computed again.
public struct AttentionGradient: Gradient {
  public static let operation = AttentionTraining.name
  public static let domain = TrainingOperators.domain
  private let attention: AttentionTraining

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    attention = try AttentionTraining(&attributes)
  }

  public var reads: GradientReads { GradientReads(inputs: [0, 1, 2, 3, 4]) }

  /// The mask.
  public var constants: Set<Int> { [3] }

  public func scratchByteCount(_ inputs: [TensorType?], threadCount: Int) -> Int {
    guard let q = inputs[0]?.shape, let k = inputs[1]?.shape else { return 0 }
    return AttentionHeads.scratchByteCount(q, k, matrices: 2, threadCount: threadCount)
  }

  public func propagate(_ step: GradientStep) {
    let heads = AttentionHeads(
      attention, q: step.input(0), k: step.input(1), v: step.input(2),
      mask: step.inputs.count > 3 ? step.inputs[3] : nil,
      seed: step.inputs.count > 4 ? step.inputs[4] : nil)
    let dy = step.outputGradient.floats
    let targets = (0..<3).map { step.target($0) }
    heads.share(step.context, matrices: 2) { item, scratch in
      heads.propagate(item, dy, to: targets, scratch)
    }
  }
}
