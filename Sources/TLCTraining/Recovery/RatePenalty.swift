import TLCCore
import TLCKernels

/// Makes codes of weights cheaper to store while they are trained: adds to the gradients that of a
/// rate of log₂(1 + |code|) bits a weight, with the steps that weights are rounded with.
///
/// The rate stands for what an entropy coder takes: codes near 0 are frequent, and cost little. It is
/// an approximation; files are measured in bytes.
public final class RatePenalty: WeightConstraint {
  /// What a bit of the mean weight counts, in nats of the loss.
  public let strength: Float
  /// The bits of a code.
  public let bits: Int
  private let penalized: [ParameterStore.Parameter]
  private let count: Int

  /// A penalty on some weights.
  ///
  /// - Precondition: `bits` is 2 to 16.
  public init(_ weights: PrunableWeights, of store: ParameterStore, bits: Int, strength: Float) {
    precondition((2...16).contains(bits), "\(bits) bits")
    self.bits = bits
    self.strength = strength
    penalized = weights.parameters(of: store)
    count = max(1, penalized.reduce(0) { $0 + $1.shape.count })
  }

  /// The mean rate of a weight, in bits.
  public func rate(_ parameters: ParameterStore) -> Double {
    var sum = 0.0
    forEachRow(parameters) { range, step in
      for place in range {
        sum += DoubleFunctions.log(1 + Double(abs(parameters.values[place]) / step))
      }
    }
    return sum / DoubleFunctions.log(2) / Double(count)
  }

  public func didRun(_ parameters: ParameterStore) {
    let factor = strength / Float(count) / Float(DoubleFunctions.log(2))
    forEachRow(parameters) { range, step in
      for place in range {
        let value = parameters.values[place]
        guard value != 0 else { continue }
        let slope = factor / (step + abs(value))
        parameters.gradients[place] += value > 0 ? slope : -slope
      }
    }
  }

  private func forEachRow(_ parameters: ParameterStore, _ body: (Range<Int>, Float) -> Void) {
    let greatest = Float((1 << (bits - 1)) - 1)
    for parameter in penalized {
      let length = parameter.shape.dimensions[1]
      for start in stride(
        from: parameter.range.lowerBound, to: parameter.range.upperBound, by: length)
      {
        let row = start..<start + length
        let step = row.reduce(Float(0)) { max($0, abs(parameters.values[$1])) } / greatest
        if step > 0 { body(row, step) }
      }
    }
  }

  public func didStep(_ parameters: ParameterStore, number: Int) throws(TrainingError) {}
}
