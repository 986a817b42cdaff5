/// What weights are held to while they are trained.
public protocol WeightConstraint: AnyObject {
  /// Makes the weights those that the model is run with; before the gradients of a step.
  func willRun(_ parameters: ParameterStore)

  /// Makes the weights those that the optimizer moves; after the gradients of a step.
  func didRun(_ parameters: ParameterStore)

  /// Holds the weights to the constraint, and checks that they are; after the optimizer.
  ///
  /// - Throws: where they are not.
  func didStep(_ parameters: ParameterStore, number: Int) throws(TrainingError)
}

extension WeightConstraint {
  public func willRun(_ parameters: ParameterStore) {}
  public func didRun(_ parameters: ParameterStore) {}
}
