internal import TLCCore
public import TLCKernels

/// (𝑥 − mean) · (scale / √(variance + 𝜀)) + bias, with an element a channel, which is axis 1.
///
/// Input 1 is the scale, 2 the bias, 3 the mean and 4 the variance, as training left them.
public struct BatchNormalization: Operator {
  public static let name = "BatchNormalization"
  public static let inputCounts = 5...5
  private let epsilon: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    epsilon = try attributes.float("epsilon") ?? 1e-5
    // Of training alone.
    _ = try attributes.float("momentum")
    guard try attributes.int("training_mode") ?? 0 == 0 else {
      throw OperatorError("attribute \"training_mode\" is not 0: there is no training here")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    try input.requireComputedAsFloat()
    guard input.rank >= 2 else { throw OperatorError("input 0 is \(input), without channels") }
    for place in 1..<5 {
      let factor = try inputs[place]
      try factor.requireComputedAsFloat()
      guard factor.dimensions == [input.dimensions[1]] else {
        throw OperatorError("input \(place) is \(factor), not [\(input.dimensions[1])]")
      }
    }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let input = inputs[0], let out = outputs[0], input.shape.count > 0 else { return }
      let factors = inputs[1...].compactMap { $0?.elements(of: Float.self) }
      guard factors.count == 4 else { return }
      let (scale, bias, mean, variance) = (factors[0], factors[1], factors[2], factors[3])
      let channels = scale.count
      let slope = TensorView(zeros: .f32, inputs[1]?.shape ?? .scalar).elements(of: Float.self)
      for c in slope.indices { slope[c] = scale[c] / (variance[c] + epsilon).squareRoot() }
      let (x, y) = (input.elements(of: Float.self), out.elements(of: Float.self))
      let length = input.shape.stride(of: 1)
      if length == 1 {
        // Channels lie side by side: a line of them at a time.
        context.team.share(x.count / channels, unit: max(1, Walk.unit / channels)) { lines in
          for start in lines.lazy.map({ $0 * channels }) {
            func step(
              _ z: Elements<Float>, _ factor: Elements<Float>, _ body: (Float, Float) -> Float
            ) {
              Lines.map(
                channels, z, from: start, step: 1, factor, from: 0, step: 1, into: y, at: start,
                body)
            }
            step(x, mean) { $0 - $1 }
            step(y, slope) { $0 * $1 }
            step(y, bias) { $0 + $1 }
          }
        }
      } else {
        context.team.share(x.count / length, unit: max(1, Walk.unit / length)) { lines in
          for line in lines {
            let c = line % channels
            let (mean, slope, bias) = (mean[c], slope[c], bias[c])
            Lines.map(length, x, from: line * length, into: y, at: line * length) {
              ($0 - mean) * slope + bias
            }
          }
        }
      }
    }
  }
}
