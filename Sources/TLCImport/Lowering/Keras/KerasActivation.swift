internal import TLCCore
internal import TLCModel

/// An activation of Keras, by its name or as a layer, in ONNX's operators.
indirect enum KerasActivation: Sendable {
  case named(String, KerasGeneration)
  case layer(KerasInstance)
  case substituted(KerasSubstitution)

  /// Reads a field; linear where it is left out.
  init(
    _ fields: KerasFields, _ keys: String..., default standard: String = "linear",
    in context: KerasContext
  ) throws(LoweringError) {
    guard let value = fields[keys] else {
      self = .named(standard, fields.generation)
      return
    }
    if !Self.isKnown(value),
      let substitution = context.substitutions[fields.name]
        ?? Self.name(value).flatMap({ context.substitutions[$0] })
    {
      self = .substituted(substitution)
    } else if let name = Self.name(value), Self.isKnown(value) {
      self = .named(name, fields.generation)
    } else if Self.isKnown(value) {
      self = .layer(
        try KerasInstance(value, name: fields.name, try context.inside(fields)))
    } else {
      let name =
        Self.name(value) ?? value["registered_name"]?.text ?? value["class_name"]?.text ?? "?"
      let short = String(name.prefix(80))
      throw .unknownLayer(
        name: fields.name, className: "\(fields.className) with the activation \"\(short)\"",
        advice: KerasSubstitution.advice(fields.name, activation: short))
    }
  }

  /// The name of a function: text, or an object that Keras 3 makes of one.
  static func name(_ value: StrictJSON) -> String? {
    // What TensorFlow's own function is called.
    if let text = value.text { return text == "softmax_v2" ? "softmax" : text }
    guard value["class_name"]?.text == "function" else { return nil }
    return value["config"]?.text ?? value["registered_name"]?.text
  }

  /// Whether a value names an activation that has a definition here, or is a layer.
  static func isKnown(_ value: StrictJSON) -> Bool {
    if let name = name(value) { return plain[name] != nil || composed.contains(name) }
    guard let className = value["class_name"]?.text, value["config"]?.members != nil else {
      return false
    }
    let isOwn = value["registered_name"]?.text?.contains(">") ?? false
    return !isOwn && KerasLayerRegistry.standard[className] != nil
  }

  /// What is one operator.
  private static let plain: [String: (operation: String, attributes: [String: Attribute])] = [
    "celu": ("Celu", [:]), "elu": ("Elu", [:]), "exponential": ("Exp", [:]),
    "gelu": ("Gelu", [:]), "hard_silu": ("HardSwish", [:]), "hard_swish": ("HardSwish", [:]),
    "leaky_relu": ("LeakyRelu", ["alpha": .float(0.2)]), "mish": ("Mish", [:]),
    "relu": ("Relu", [:]), "selu": ("Selu", [:]), "sigmoid": ("Sigmoid", [:]),
    "silu": ("Swish", [:]), "softplus": ("Softplus", [:]), "softsign": ("Softsign", [:]),
    "sparse_sigmoid": ("HardSigmoid", ["alpha": .float(0.5), "beta": .float(0.5)]),
    "swish": ("Swish", [:]), "tanh": ("Tanh", [:]),
  ]

  private static let composed: Set<String> = [
    "hard_shrink", "hard_sigmoid", "hard_tanh", "linear", "log_sigmoid", "log_softmax", "relu6",
    "soft_shrink", "softmax", "sparse_plus", "squareplus", "tanh_shrink",
  ]

  /// How ONNX's recurrent operators name it; `nil` where they have no such function.
  func recurrent() -> (name: String, alpha: Float?, beta: Float?)? {
    guard case .named(let name, let generation) = self else { return nil }
    switch name {
    case "tanh": return ("Tanh", nil, nil)
    case "sigmoid": return ("Sigmoid", nil, nil)
    case "relu": return ("Relu", nil, nil)
    case "softsign": return ("Softsign", nil, nil)
    case "softplus": return ("Softplus", nil, nil)
    case "linear": return ("Affine", 1, 0)
    case "elu": return ("Elu", 1, nil)
    case "leaky_relu": return ("LeakyRelu", 0.2, nil)
    case "hard_sigmoid": return ("HardSigmoid", Self.hardSigmoidSlope(generation), 0.5)
    case "sparse_sigmoid": return ("HardSigmoid", 0.5, 0.5)
    default: return nil
    }
  }

  private static func hardSigmoidSlope(_ generation: KerasGeneration) -> Float {
    generation < .third ? 0.2 : 1 / 6
  }

  /// Adds the nodes.
  func lower(
    _ value: GraphBuilder.Value, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    switch self {
    case .substituted(let substitution): return try substitution.lower(value, &builder)
    case .layer(let instance):
      let weights = KerasWeights(instance.weights, at: "", in: [:])
      let call = KerasCall(
        layer: instance.name, arguments: [.tensor(KerasTensor(value))], weights: weights)
      return try instance.lower(call, &builder).first?.value ?? value
    case .named("linear", _): return value
    case .named(let name, let generation):
      if let plain = Self.plain[name] {
        return try builder.pointwise(plain.operation, value, [], plain.attributes)
      }
      return try Self.lower(name, generation, value, &builder)
    }
  }

  /// What is more than one operator, or has numbers that are inputs.
  private static func lower(
    _ name: String, _ generation: KerasGeneration, _ value: GraphBuilder.Value,
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    func clip(_ low: Float, _ high: Float) throws(LoweringError) -> GraphBuilder.Value {
      let bounds = [
        try builder.constant(low, like: value), try builder.constant(high, like: value),
      ]
      return try builder.pointwise("Clip", value, bounds)
    }
    switch name {
    case "softmax": return try builder.add("Softmax", [value], ["axis": .int(-1)])
    case "log_softmax": return try builder.add("LogSoftmax", [value], ["axis": .int(-1)])
    case "hard_sigmoid":
      let slope = hardSigmoidSlope(generation)
      return try builder.pointwise(
        "HardSigmoid", value, [], ["alpha": .float(slope), "beta": .float(0.5)])
    case "relu6": return try clip(0, 6)
    case "hard_tanh": return try clip(-1, 1)
    case "soft_shrink": return try builder.pointwise("Sub", all: [value, try clip(-0.5, 0.5)])
    case "tanh_shrink":
      return try builder.pointwise("Sub", all: [value, try builder.pointwise("Tanh", value)])
    case "log_sigmoid":
      let negative = try builder.pointwise("Neg", value)
      return try builder.pointwise("Neg", try builder.pointwise("Softplus", negative))
    case "hard_shrink":
      let size = try builder.pointwise("Abs", value)
      let counts = try builder.pointwise("Greater", size, [try builder.constant(0.5, like: value)])
      return try builder.add("Where", [counts, value, try builder.constant(0, like: value)])
    case "squareplus":
      let square = try builder.pointwise("Mul", all: [value, value])
      let raised = try builder.pointwise("Add", square, [try builder.constant(4, like: value)])
      let sum = try builder.pointwise(
        "Add", all: [value, try builder.pointwise("Sqrt", raised)])
      return try builder.pointwise("Mul", sum, [try builder.constant(0.5, like: value)])
    case "sparse_plus":
      // 0 to −1, then a parabola to 1, then the number itself: max(x, (clip(x, −1, 1) + 1)² / 4).
      let shifted = try builder.pointwise(
        "Add", try clip(-1, 1), [try builder.constant(1, like: value)])
      let square = try builder.pointwise("Mul", all: [shifted, shifted])
      let parabola = try builder.pointwise("Mul", square, [try builder.constant(0.25, like: value)])
      return try builder.pointwise("Max", all: [value, parabola])
    default: return value
    }
  }
}
