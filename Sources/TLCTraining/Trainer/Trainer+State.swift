public import TLCCore
internal import TLCKernels

/// All that a training needs to go on as if it had never stopped.
public struct TrainingState: Equatable, Sendable {
  /// The steps that were done.
  public var stepCount: Int
  /// The weights, by name.
  public var weights: [String: Tensor]
  /// The means of gradients, by the name of the weight.
  public var means: [String: Tensor]
  /// The means of their squares.
  public var squares: [String: Tensor]

  /// A state of these parts.
  public init(
    stepCount: Int, weights: [String: Tensor], means: [String: Tensor],
    squares: [String: Tensor]
  ) {
    self.stepCount = stepCount
    self.weights = weights
    self.means = means
    self.squares = squares
  }
}

extension Trainer {
  /// The state between two steps.
  public var state: TrainingState {
    var state = TrainingState(
      stepCount: stepCount, weights: parameters.tensors(), means: [:], squares: [:])
    for parameter in parameters.parameters {
      let (means, squares) = (optimizer.means[parameter.range], optimizer.squares[parameter.range])
      state.means[parameter.name] = Tensor(means.indices.map { means[$0] }, shape: parameter.shape)
      state.squares[parameter.name] = Tensor(
        squares.indices.map { squares[$0] }, shape: parameter.shape)
    }
    return state
  }

  /// Goes on from a state.
  ///
  /// - Throws: ``TrainingError/state(_:)`` where it is of another model, or of more steps.
  public func restore(_ state: TrainingState) throws(TrainingError) {
    guard (0...settings.stepCount).contains(state.stepCount) else {
      throw .state("it is of step \(state.stepCount), of \(settings.stepCount)")
    }
    for (what, tensors) in [
      ("weight", state.weights), ("mean", state.means), ("mean square", state.squares),
    ] {
      for parameter in parameters.parameters {
        guard let tensor = tensors[parameter.name], tensor.dtype == .f32,
          tensor.shape == parameter.shape
        else {
          throw .state("it has no \(what) \"\(parameter.name)\", f32 of shape \(parameter.shape)")
        }
      }
    }
    for parameter in parameters.parameters {
      for (tensors, elements) in [
        (state.weights, parameters.values), (state.means, optimizer.means),
        (state.squares, optimizer.squares),
      ] {
        guard let tensor = tensors[parameter.name] else { continue }
        tensor.withElements(of: Float.self) { span in
          for place in span.indices { elements[parameter.start + place] = span[place] }
        }
      }
    }
    parameters.gradients.fill(0)
    optimizer.stepCount = state.stepCount
  }
}
