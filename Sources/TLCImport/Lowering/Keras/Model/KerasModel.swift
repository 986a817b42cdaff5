internal import TLCCore
internal import TLCModel

/// A model: the whole of a configuration, or a layer in another model.
struct KerasModel: KerasLayer {
  static let classNames = ["Functional", "Model", "Sequential"]

  let name: String
  let layers: [KerasInstance]
  let inputs: [KerasInput]
  let steps: [KerasStep]
  private(set) var outputs: [KerasArgument.Reference]
  let weights: KerasWeightTree

  var castsInputs: Bool { false }

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    let parts = try KerasModelParts(fields, try context.inside(fields))
    name = fields.name
    layers = parts.layers
    inputs = parts.inputs
    steps = parts.steps
    outputs = parts.outputs
    var counts: [String: Int] = [:]
    weights = KerasWeightTree(
      children: layers.map { layer in
        let snake = layer.storedName
        let number = counts[snake, default: 0]
        counts[snake] = number + 1
        return .init(
          path: "layers/\(snake)\(number == 0 ? "" : "_\(number)")", tree: layer.weights)
      })
  }

  /// Takes weights as files of Keras 1 and 2 list them: by the names of the layers of the model.
  func weights(listed names: [String: [String]]) throws(LoweringError) -> KerasWeights {
    var weights = KerasWeights(weights, at: "", in: [:])
    for (place, layer) in layers.enumerated() where !(layer.layer is KerasSubstitutedLayer) {
      let listed = names[layer.name] ?? []
      guard let own = KerasWeights(layer.weights, listed: listed) else {
        throw .malformed(
          place: "layer \"\(layer.name)\"",
          "the file lists \(listed.count) weights for it, and its configuration has"
            + " \(layer.weights.slots.count)")
      }
      weights.children[place] = own
    }
    return weights
  }

  /// Makes what the first call of a layer gives an output too, where it is none yet.
  mutating func addOutput(_ name: String) throws(LoweringError) {
    guard !outputs.contains(where: { $0.layer == name }) else { return }
    guard let step = steps.first(where: { layers[$0.layer].name == name }) else {
      throw .malformed(
        place: "output \"\(name)\"",
        "there is none of the name; to be asked for are the names of layers")
    }
    outputs.append(.init(layer: name, call: step.call, output: 0))
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let given = call.inputs
    guard given.count == inputs.count else {
      throw call.malformed("it is given \(given.count) tensors, not \(inputs.count)")
    }
    var values: [KerasArgument.Reference: KerasTensor] = [:]
    for (input, tensor) in zip(inputs, given) {
      values[.init(layer: input.name, call: 0, output: 0)] = tensor
    }
    for step in steps {
      let layer = layers[step.layer]
      var inner = KerasCall(
        layer: layer.name, arguments: [], weights: call.weights.children[step.layer])
      for argument in step.record.arguments {
        inner.arguments.append(try value(of: argument, in: values, layer.name))
      }
      for (name, argument) in step.record.keywords {
        inner.keywords[name] = try value(of: argument, in: values, layer.name)
      }
      for (output, tensor) in try layer.lower(inner, &builder).enumerated() {
        values[.init(layer: layer.name, call: step.call, output: output)] = tensor
      }
    }
    var results: [KerasTensor] = []
    for output in outputs {
      guard let tensor = values[output] else {
        throw .malformed(
          place: "model \"\(name)\"",
          "its output \(output.output) of call \(output.call) of \"\(output.layer)\" is not there")
      }
      results.append(tensor)
    }
    return results
  }

  private func value(
    of argument: KerasArgument, in values: [KerasArgument.Reference: KerasTensor], _ layer: String
  ) throws(LoweringError) -> KerasValue {
    switch argument {
    case .plain(let json): return .plain(json)
    case .list(let arguments):
      var list: [KerasValue] = []
      for argument in arguments { list.append(try value(of: argument, in: values, layer)) }
      return .list(list)
    case .tensor(let reference):
      guard let tensor = values[reference] else {
        throw .malformed(
          place: "layer \"\(layer)\"",
          "it is given output \(reference.output) of call \(reference.call) of"
            + " \"\(reference.layer)\", which is not there")
      }
      return .tensor(tensor)
    }
  }

  /// The graph of this model as a whole.
  func graph(
    _ builder: inout KerasBuilder, _ weights: KerasWeights
  ) throws(LoweringError) -> Graph {
    let freeCount = inputs.reduce(0) { $0 + $1.lengths.count { $0 == nil } }
    var values: [KerasValue] = []
    for input in inputs {
      let type = input.type(isOnlyFreeLength: freeCount == 1)
      values.append(.tensor(KerasTensor(try builder.input(input.name, type))))
    }
    let call = KerasCall(layer: name, arguments: [.list(values)], weights: weights)
    let results = try lower(call, &builder)
    var graph = builder.graph
    graph.outputs = results.map { $0.value.name }
    graph.removeUnused()
    graph.nameOutputs(outputNames)
    guard graph.nodes.count <= KerasBuilder.greatestCount else {
      throw builder.malformed(
        "the graph would have \(graph.nodes.count) nodes, more than \(KerasBuilder.greatestCount)")
    }
    return graph
  }

  /// The names of the layers that give the outputs, with a number where one gives several.
  private var outputNames: [String] {
    var counts: [String: Int] = [:]
    return outputs.map { output in
      let number = counts[output.layer, default: 0]
      counts[output.layer] = number + 1
      return number == 0 ? output.layer : "\(output.layer)_\(number)"
    }
  }
}

extension KerasInstance {
  /// How Keras 3 names the class where it stores weights.
  fileprivate var storedName: String {
    switch className {
    case "Model": "functional"
    case "GroupQueryAttention": "grouped_query_attention"
    default: Self.snakeCase(className)
    }
  }

  /// `Conv1D` is `conv1d`, `BatchNormalization` is `batch_normalization`, `PReLU` is `p_re_lu`.
  private static func snakeCase(_ name: String) -> String {
    var letters = Array(name.unicodeScalars.filter { $0.properties.isAlphabetic || $0.isDigit })
    func isUpper(_ scalar: Unicode.Scalar) -> Bool { ("A"..."Z").contains(scalar) }
    func isLower(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) }
    var i = 0
    while i + 2 < letters.count {
      guard isUpper(letters[i + 1]), isLower(letters[i + 2]) else {
        i += 1
        continue
      }
      letters.insert("_", at: i + 1)
      i += 3
      while i < letters.count, isLower(letters[i]) { i += 1 }
    }
    i = 0
    while i + 1 < letters.count {
      if isLower(letters[i]), isUpper(letters[i + 1]) {
        letters.insert("_", at: i + 1)
        i += 2
      }
      i += 1
    }
    var snake = String.UnicodeScalarView()
    snake.append(contentsOf: letters)
    return String(snake).lowercased()
  }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
