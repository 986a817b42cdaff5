/// Why training cannot start, or cannot go on.
public enum TrainingError: Error, Equatable, Sendable {
  /// There is no model of a shape.
  case shape(String)
  /// The settings do not fit each other.
  case settings(String)
  /// The data do not serve.
  case data(String)
  /// A number is none any more: the step, and the tensor that it is first seen in.
  case notFinite(step: Int, tensor: String)
  /// A state does not belong to the training that would go on with it.
  case state(String)

  /// Whether a training began, and came to numbers that are none.
  public var isDivergence: Bool {
    if case .notFinite = self { true } else { false }
  }
}

extension TrainingError: CustomStringConvertible {
  /// One sentence: what is so, against what is asked.
  public var description: String {
    switch self {
    case .shape(let what): "model: \(what)"
    case .settings(let what): "settings: \(what)"
    case .data(let what): "data: \(what)"
    case .notFinite(let step, let tensor):
      "step \(step): \"\(tensor)\" has an element that is no finite number; training stops"
    case .state(let what): "state: \(what)"
    }
  }
}
