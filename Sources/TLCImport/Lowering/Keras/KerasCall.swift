internal import TLCCore
internal import TLCModel

/// A tensor of a model, with the mask that Keras carries along.
struct KerasTensor: Sendable {
  var value: GraphBuilder.Value
  /// True where a step counts; `bool` `[batch, steps]`, mostly.
  var mask: GraphBuilder.Value?

  init(_ value: GraphBuilder.Value, mask: GraphBuilder.Value? = nil) {
    self.value = value
    self.mask = mask
  }
}

/// An argument of a call.
indirect enum KerasValue: Sendable {
  case tensor(KerasTensor)
  case list([KerasValue])
  case plain(StrictJSON)

  /// The tensors in it, in order.
  var tensors: [KerasTensor] {
    switch self {
    case .tensor(let tensor): [tensor]
    case .list(let values): values.flatMap { $0.tensors }
    case .plain: []
    }
  }

  func map(
    _ change: (KerasTensor) throws(LoweringError) -> KerasTensor
  ) throws(LoweringError) -> KerasValue {
    switch self {
    case .tensor(let tensor): return .tensor(try change(tensor))
    case .list(let values):
      var changed: [KerasValue] = []
      for value in values { changed.append(try value.map(change)) }
      return .list(changed)
    case .plain: return self
    }
  }
}

/// A call of a layer: what it is given, and its weights.
struct KerasCall: Sendable {
  var layer: String
  var arguments: [KerasValue]
  var keywords: [String: KerasValue] = [:]
  var weights: KerasWeights

  /// The tensors of the first argument.
  var inputs: [KerasTensor] { arguments.first?.tensors ?? [] }

  func malformed(_ what: String) -> LoweringError {
    .malformed(place: "layer \"\(layer)\"", what)
  }

  /// The first tensor.
  func input() throws(LoweringError) -> KerasTensor {
    guard let input = inputs.first else { throw malformed("it is called without a tensor") }
    return input
  }

  /// An argument by its place among those that have one, or by its name; `nil` where it is left
  /// out or null.
  func argument(_ place: Int, _ name: String) -> KerasValue? {
    let found = arguments.indices.contains(place) ? arguments[place] : keywords[name]
    if case .plain(.null)? = found { return nil }
    return found
  }

  /// The tensor of an argument.
  func tensor(_ place: Int, _ name: String) -> KerasTensor? {
    argument(place, name)?.tensors.first
  }

  /// Whether a keyword is true.
  func flag(_ name: String) -> Bool {
    if case .plain(.boolean(true))? = keywords[name] { true } else { false }
  }

  /// The mask that is given, or that the first tensor carries.
  var mask: GraphBuilder.Value? {
    keywords["mask"]?.tensors.first?.value ?? inputs.first?.mask
  }

  /// The same inputs for a layer in this one.
  func child(_ place: Int, _ layer: String, _ arguments: [KerasValue]) -> KerasCall {
    KerasCall(layer: layer, arguments: arguments, weights: weights.children[place])
  }
}
