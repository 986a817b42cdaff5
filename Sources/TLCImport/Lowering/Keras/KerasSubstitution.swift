internal import TLCCore
internal import TLCModel

/// What a user names to take in the place of a layer or an activation: operators in a row, such as
/// `LeakyRelu(alpha=0.1)|Clip(max=20)`.
struct KerasSubstitution: Sendable {
  /// One operator with its numbers.
  struct Step: Sendable {
    var operation: String
    var numbers: [String: Float]
  }

  let steps: [Step]

  /// What operators take a number for.
  private static let parameters: [String: [String]] = [
    "Abs": [], "Add": ["value"], "Celu": ["alpha"], "Clip": ["max", "min"], "Div": ["value"],
    "Elu": ["alpha"], "Erf": [], "Exp": [], "Gelu": [], "HardSigmoid": ["alpha", "beta"],
    "HardSwish": [], "Identity": [], "LeakyRelu": ["alpha"], "Log": [], "Mish": [],
    "Mul": ["value"], "Neg": [], "Pow": ["value"], "Relu": [], "Selu": ["alpha", "gamma"],
    "Sigmoid": [], "Softmax": [], "LogSoftmax": [], "Softplus": [], "Softsign": [], "Sqrt": [],
    "Sub": ["value"], "Swish": ["alpha"], "Tanh": [], "ThresholdedRelu": ["alpha"],
  ]
  private static let greatestStepCount = 64

  /// What a user may do about a layer that has no definition here.
  static func advice(_ layer: String) -> String {
    "its code is never run; name operators to take instead, such as"
      + " --map \(layer)=LeakyRelu(alpha=0.1)"
  }

  /// What a user may do about an activation that has no definition here, of one layer or of all.
  static func advice(_ layer: String, activation: String) -> String {
    "\(advice(layer)), or --map '\(activation)=…' for every activation of the name"
  }

  /// Parses what is named for a layer.
  init(_ text: String, for layer: String) throws(LoweringError) {
    func malformed(_ what: String) -> LoweringError {
      .malformed(place: "what is to be taken for \"\(layer)\"", what)
    }
    var steps: [Step] = []
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      let part = part.filter { $0 != " " }
      let name = String(part.prefix { $0 != "(" })
      guard let known = Self.parameters[name] else {
        let names = Self.parameters.keys.sorted().joined(separator: ", ")
        throw malformed("\"\(name)\" is not the name of an operator; there are \(names)")
      }
      var numbers: [String: Float] = [:]
      if name.count < part.count {
        guard part.hasSuffix(")") else { throw malformed("\"\(part)\" does not end with \")\"") }
        for setting in part.dropFirst(name.count + 1).dropLast().split(separator: ",") {
          let sides = setting.split(separator: "=", omittingEmptySubsequences: false)
          guard sides.count == 2, let number = Float(String(sides[1])), number.isFinite else {
            throw malformed("\"\(setting)\" is not a name, \"=\" and a number")
          }
          let key = String(sides[0])
          guard known.contains(key), numbers.updateValue(number, forKey: key) == nil else {
            throw malformed(
              known.isEmpty
                ? "\(name) takes no number, and \"\(key)\" is given"
                : "\(name) takes \(known.joined(separator: " and ")) once, not \"\(key)\"")
          }
        }
      }
      if known == ["value"], numbers.isEmpty { throw malformed("\(name) needs a value") }
      steps.append(Step(operation: name, numbers: numbers))
    }
    guard steps.count <= Self.greatestStepCount else {
      throw malformed("there are \(steps.count) operators, more than \(Self.greatestStepCount)")
    }
    self.steps = steps
  }

  /// Whether it stands for an activation of the layer, and not for the layer.
  func replacesActivation(of fields: KerasFields) -> Bool {
    ["activation", "recurrent_activation", "inner_activation"].contains { key in
      guard let value = fields.json[key], !value.isNull, fields.className != "Activation" else {
        return false
      }
      return !KerasActivation.isKnown(value)
    }
  }

  /// Adds the operators.
  func lower(
    _ value: GraphBuilder.Value, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    var value = value
    for step in steps {
      switch step.operation {
      case "Identity": continue
      case "Clip":
        let bounds = [step.numbers["min"], step.numbers["max"]]
        var inputs: [GraphBuilder.Value?] = []
        for bound in bounds {
          inputs.append(
            try bound.map { number throws(LoweringError) in
              try builder.constant(number, like: value)
            })
        }
        value = try builder.pointwise("Clip", value, inputs)
      case "Add", "Sub", "Mul", "Div", "Pow":
        let operand = try builder.constant(step.numbers["value"] ?? 0, like: value)
        value = try builder.pointwise(step.operation, value, [operand])
      case "Softmax", "LogSoftmax":
        value = try builder.add(step.operation, [value], ["axis": .int(-1)])
      default:
        value = try builder.pointwise(
          step.operation, value, [], step.numbers.mapValues { .float($0) })
      }
    }
    return value
  }
}

/// What stands in the place of a layer.
struct KerasSubstitutedLayer: KerasLayer {
  static let classNames: [String] = []
  private let substitution: KerasSubstitution

  init(_ substitution: KerasSubstitution) { self.substitution = substitution }

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    throw fields.malformed("it is named by a user, not by a configuration")
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    return [KerasTensor(try substitution.lower(input.value, &builder), mask: input.mask)]
  }
}
