internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of normalized rows.
///
/// Means and inverses are the operator's own outputs, which training has it give. Rows are in blocks
/// whose gradients of scale and bias are added in order.
public struct LayerNormalizationGradient: Gradient {
  public static let operation = "LayerNormalization"
  private let axis: Int
  private static let greatestBlockCount = 32

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
  }

  public var reads: GradientReads { GradientReads(inputs: [0, 1], outputs: [1, 2]) }

  public func require(_ inputs: [TensorType?]) throws(OperatorError) {
    guard let x = inputs[0], let scale = inputs[1] else { return }
    guard axis == -1 || axis == x.shape.rank - 1,
      scale.shape.dimensions == x.shape.dimensions.suffix(1)
    else {
      throw OperatorError(
        "the gradient is that of the last axis with a scale of its length, not of axis \(axis) and"
          + " a scale of \(scale.shape)")
    }
  }

  public func scratchByteCount(_ inputs: [TensorType?], threadCount: Int) -> Int {
    let length = inputs[0]?.shape.dimensions.last ?? 0
    return 2 * Self.greatestBlockCount * length * MemoryLayout<Float>.stride
  }

  public func propagate(_ step: GradientStep) {
    let x = step.input(0)
    guard let length = x.shape.dimensions.last, x.shape.count > 0,
      let scratch = step.context.scratch, let size = Shape([2, Self.greatestBlockCount, length])
    else { return }
    let rowCount = x.shape.count / length
    let blockCount = min(Self.greatestBlockCount, (rowCount + 63) / 64)
    let sums = TensorView(
      dtype: .f32, shape: size, storage: scratch.storage, byteOffset: scratch.byteOffset
    ).floats
    sums.fill(0)
    let rows = TrainingKernels.NormalizedRows(
      x: x.floats, scale: step.input(1).floats, means: step.output(1).floats,
      inverses: step.output(2).floats, length: length)
    let (dy, dx) = (step.outputGradient.floats, step.target(0))
    let factors = [step.target(1), step.target(2)]
    @Sendable func part(_ factor: Int, _ block: Int) -> Elements<Float> {
      let start = (factor * Self.greatestBlockCount + block) * length
      return sums[start..<start + length]
    }
    step.context.team.share(blockCount) { blocks in
      for block in blocks {
        let range = rowCount * block / blockCount..<rowCount * (block + 1) / blockCount
        TrainingKernels.layerNormalizationGradient(
          rows, dy, into: dx?.floats, adding: dx?.isAdding ?? false,
          dscale: factors[0].map { _ in part(0, block) },
          dbias: factors[1].map { _ in part(1, block) }, rows: range)
      }
    }
    for (factor, target) in factors.enumerated() {
      guard let target else { continue }
      target.clear()
      for block in 0..<blockCount {
        TrainingKernels.scale(
          part(factor, block), by: 1, into: target.floats, adding: true, in: 0..<length)
      }
    }
  }
}
