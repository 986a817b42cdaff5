internal import TLCCore
internal import TLCModel

/// Arithmetic on tensors, which Keras keeps as layers: functions of TensorFlow in Keras 2,
/// operations of its own in Keras 3.
struct KerasOperation: KerasLayer {
  static let classNames = ["Operation", "SlicingOpLambda", "TFOpLambda"]
  let name: String
  let fields: KerasFields

  var castsInputs: Bool { false }

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    self.fields = fields
    if ["SlicingOpLambda", "TFOpLambda"].contains(fields.className) {
      let function = try fields.text("function")
      name = function.split(separator: ".").last.map { String($0) } ?? function
    } else {
      name = Self.words(fields.className)
    }
    guard Self.isKnown(name) else {
      throw .unknownLayer(
        name: fields.name, className: "\(fields.className) of the function \"\(name.prefix(80))\"",
        advice: KerasSubstitution.advice(fields.name))
    }
  }

  /// `NotEqual` as `not_equal`.
  private static func words(_ name: String) -> String {
    var words = ""
    for character in name {
      if character.isUppercase, !words.isEmpty { words += "_" }
      words += character.lowercased()
    }
    return words
  }

  private static let binary = [
    "add": "Add", "divide": "Div", "equal": "Equal", "greater": "Greater",
    "greater_equal": "GreaterOrEqual", "less": "Less", "less_equal": "LessOrEqual",
    "logical_and": "And", "logical_or": "Or", "matmul": "MatMul", "maximum": "Max",
    "minimum": "Min", "mul": "Mul", "multiply": "Mul", "pow": "Pow", "power": "Pow", "sub": "Sub",
    "subtract": "Sub", "true_divide": "Div", "truediv": "Div",
  ]

  private static let unary = [
    "abs": "Abs", "absolute": "Abs", "ceil": "Ceil", "cos": "Cos", "erf": "Erf", "exp": "Exp",
    "floor": "Floor", "log": "Log", "logical_not": "Not", "neg": "Neg", "negative": "Neg",
    "reciprocal": "Reciprocal", "round": "Round", "sign": "Sign", "sin": "Sin", "sqrt": "Sqrt",
  ]

  private static let activations: Set<String> = [
    "elu", "gelu", "hard_sigmoid", "leaky_relu", "log_softmax", "relu", "relu6", "selu", "sigmoid",
    "silu", "softmax", "softplus", "softsign", "swish", "tanh",
  ]

  private static let others: Set<String> = [
    "cast", "clip", "clip_by_value", "concat", "concatenate", "expand_dims", "get_item", "getitem",
    "identity", "not_equal", "ones_like", "reshape", "rsqrt", "square", "squeeze", "stop_gradient",
    "transpose",
    "zeros_like",
  ]

  /// Whether a class of Keras 3 is an operation that has a definition here.
  static func isKnown(className: String) -> Bool { isKnown(words(className)) }

  private static func isKnown(_ name: String) -> Bool {
    binary[name] != nil || unary[name] != nil || activations.contains(name)
      || others.contains(name) || reductions[reduced(name)] != nil
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    if let operation = Self.binary[name] {
      return [KerasTensor(try pair(operation, call, &builder))]
    }
    let value = try call.input().value
    if let operation = Self.unary[name] {
      return [KerasTensor(try builder.pointwise(operation, value))]
    }
    if Self.activations.contains(name) {
      return [KerasTensor(try activation(value, call, &builder))]
    }
    if let reduction = Self.reductions[Self.reduced(name)] {
      return [KerasTensor(try reduce(reduction, value, call, &builder))]
    }
    switch name {
    case "not_equal":
      return [KerasTensor(try builder.add("Not", [try pair("Equal", call, &builder)]))]
    case "square": return [KerasTensor(try builder.pointwise("Mul", all: [value, value]))]
    case "rsqrt":
      let root = try builder.pointwise("Sqrt", value)
      return [KerasTensor(try builder.pointwise("Reciprocal", root))]
    case "get_item", "getitem": return [KerasTensor(try item(value, call, &builder))]
    case "identity", "stop_gradient": return [KerasTensor(value)]
    case "ones_like", "zeros_like":
      return [KerasTensor(try filled(like: value, call, &builder))]
    default: return [KerasTensor(try moved(value, call, &builder))]
    }
  }

  /// An operator of two operands, of which one may be a number of the configuration.
  private func pair(
    _ operation: String, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let given = (call.arguments.first, call.argument(1, "y") ?? call.keywords["b"])
    guard let first = given.0, let second = given.1,
      let known = first.tensors.first ?? second.tensors.first
    else { throw call.malformed("it is not given two operands") }
    let a = try operand(first, like: known.value, call, &builder)
    let b = try operand(second, like: known.value, call, &builder)
    return builder.rank(a) == builder.rank(b)
      ? try builder.pointwise(operation, all: [a, b]) : try builder.add(operation, [a, b])
  }

  private func operand(
    _ value: KerasValue, like known: GraphBuilder.Value, _ call: KerasCall,
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    if let tensor = value.tensors.first { return tensor.value }
    guard case .plain(let json) = value else {
      throw call.malformed("an operand is neither a tensor nor a number")
    }
    if let number = json.float { return try builder.constant(number, like: known) }
    let numbers = json.elements?.compactMap { $0.float } ?? []
    guard !numbers.isEmpty, numbers.count == json.elements?.count,
      let shape = Shape([numbers.count])
    else {
      throw call.malformed("an operand is \(json.json.prefix(80)), not numbers")
    }
    return try builder.constant(numbers, shape: shape, builder.type(known).dtype)
  }

  private func activation(
    _ value: GraphBuilder.Value, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    if ["log_softmax", "softmax"].contains(name), let axis = setting("axis", call)?.integer {
      let place = try builder.axis(axis, rank: builder.rank(value))
      return try builder.add(
        name == "softmax" ? "Softmax" : "LogSoftmax", [value], ["axis": .int(place)])
    }
    if name == "leaky_relu",
      let slope = (setting("negative_slope", call) ?? setting("alpha", call))?.float
    {
      return try builder.pointwise("LeakyRelu", value, [], ["alpha": .float(slope)])
    }
    if name == "gelu", case .boolean(true)? = setting("approximate", call) {
      return try builder.pointwise("Gelu", value, [], ["approximate": .string("tanh")])
    }
    return try KerasActivation.named(name, fields.generation).lower(value, &builder)
  }

  /// Ones, or zeros, in the shape of a value: what is always so, and what never is.
  private func filled(
    like value: GraphBuilder.Value, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let flag = try builder.add("Equal", [value, value])
    let pair = [flag, try builder.add("Not", [flag])]
    let flags = try builder.add(name == "ones_like" ? "Or" : "And", pair)
    let dtype = setting("dtype", call)?.text.flatMap { KerasInput.dtypes[$0] }
    return try builder.cast(flags, to: dtype ?? builder.type(value).dtype)
  }

  /// A setting of the call or of the configuration, which is no tensor.
  func setting(_ name: String, _ call: KerasCall) -> StrictJSON? {
    if case .plain(let json)? = call.keywords[name], !json.isNull { return json }
    return fields[[name]]
  }
}
