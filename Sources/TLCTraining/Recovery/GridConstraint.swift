import TLCCore
import TLCKernels

/// Weights that the model is run with as they will be stored: rounded to a grid of integers times a
/// step of each row, its greatest magnitude over the greatest code.
///
/// Gradients pass through the rounding as if it were not there (Bengio et al., 2013), to weights that
/// are not rounded.
public final class GridConstraint: WeightConstraint {
  /// The bits of a code.
  public let bits: Int
  private let rounded: [ParameterStore.Parameter]
  private let latent: Elements<Float>

  /// A grid for some weights.
  ///
  /// - Precondition: `bits` is 2 to 16.
  public init(_ weights: PrunableWeights, of store: ParameterStore, bits: Int) {
    precondition((2...16).contains(bits), "\(bits) bits")
    self.bits = bits
    rounded = weights.parameters(of: store)
    latent = TensorView(zeros: .f32, .vector(store.values.count)).floats
  }

  public func willRun(_ parameters: ParameterStore) {
    let greatest = Float((1 << (bits - 1)) - 1)
    let values = parameters.values
    for parameter in rounded {
      let length = parameter.shape.dimensions[1]
      for start in stride(
        from: parameter.range.lowerBound, to: parameter.range.upperBound, by: length)
      {
        var most: Float = 0
        for place in start..<start + length {
          latent[place] = values[place]
          most = max(most, abs(values[place]))
        }
        let step = most / greatest
        guard step > 0 else { continue }
        for place in start..<start + length {
          values[place] = (values[place] / step).rounded(.toNearestOrEven) * step
        }
      }
    }
  }

  public func didRun(_ parameters: ParameterStore) {
    for parameter in rounded {
      parameters.values.copy(
        parameter.shape.count, from: latent, at: parameter.start, to: parameter.start)
    }
  }

  public func didStep(_ parameters: ParameterStore, number: Int) throws(TrainingError) {}
}

/// Several constraints, each held to after those before it.
public final class ConstraintList: WeightConstraint {
  private let all: [any WeightConstraint]

  /// These constraints.
  public init(_ all: [any WeightConstraint]) { self.all = all }

  public func willRun(_ parameters: ParameterStore) {
    for constraint in all { constraint.willRun(parameters) }
  }

  public func didRun(_ parameters: ParameterStore) {
    for constraint in all.reversed() { constraint.didRun(parameters) }
  }

  public func didStep(_ parameters: ParameterStore, number: Int) throws(TrainingError) {
    for constraint in all { try constraint.didStep(parameters, number: number) }
  }
}
