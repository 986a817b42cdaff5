internal import TLCCore
internal import TLCModel

/// A layer of a configuration, read.
struct KerasInstance: Sendable {
  let name: String
  let className: String
  let layer: any KerasLayer
  /// The type that it computes in.
  let dtype: DType
  let weights: KerasWeightTree

  /// Reads an object of a class name and a configuration.
  ///
  /// - Parameter name: that of an object that does not say one itself.
  init(
    _ json: StrictJSON, name fallback: String = "", _ context: KerasContext
  ) throws(LoweringError) {
    guard let className = json["class_name"]?.text, let config = json["config"] else {
      throw .malformed(
        place: "layer \"\(fallback)\"", "it has no \"class_name\" and \"config\" of a layer")
    }
    // A class of someone's own may have the name of one of Keras.
    let registered = json["registered_name"]?.text.flatMap { $0.contains(">") ? $0 : nil }
    let isOperation =
      json["module"]?.text?.contains(".ops.")
      ?? (context.generation == .third && config["trainable"] == nil
        && KerasOperation.isKnown(className: className))
    let name = config["name"]?.text ?? json["name"]?.text ?? fallback
    let fields = KerasFields(
      name: name, className: registered ?? className, generation: context.generation, json: config)
    self.name = name
    self.className = fields.className
    dtype = try Self.dtype(of: fields)
    var tree: KerasWeightTree
    if let substitution = context.substitutions[name], !substitution.replacesActivation(of: fields)
    {
      layer = KerasSubstitutedLayer(substitution)
      tree = KerasWeightTree()
    } else if let type = context.registry[isOperation ? "Operation" : fields.className] {
      layer = try type.init(fields, context)
      tree = layer.weights
    } else {
      throw .unknownLayer(
        name: name, className: fields.className, advice: KerasSubstitution.advice(name))
    }
    tree.isFrozen = try !fields.flag("trainable", default: true)
    weights = tree
  }

  /// The type that a layer computes in, which its policy names.
  private static func dtype(of fields: KerasFields) throws(LoweringError) -> DType {
    guard let value = fields[["dtype"]] else { return .f32 }
    let policy = value.text ?? value["config"]?["name"]?.text ?? value["name"]?.text ?? ""
    switch policy {
    case "mixed_float16": return .f16
    case "mixed_bfloat16": return .bf16
    case "float16", "half": return .f16
    case "bfloat16": return .bf16
    case "float64", "double": return .f64
    // Types of layers that move elements only say nothing of what floating-point layers do.
    case "float32", "int32", "int64", "int8", "int16", "uint8", "uint16", "bool", "string":
      return .f32
    default:
      throw fields.malformed(
        "\"dtype\" is \(value.json.prefix(120)), not a type of floating-point numbers")
    }
  }

  /// Adds the nodes of a call.
  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    var call = call
    call.layer = name
    let outer = try builder.enter(name, dtype)
    defer { builder.leave(outer) }
    if layer.castsInputs {
      func cast(_ tensor: KerasTensor) throws(LoweringError) -> KerasTensor {
        guard builder.type(tensor.value).dtype.isFloatingPoint else { return tensor }
        return KerasTensor(try builder.cast(tensor.value, to: dtype), mask: tensor.mask)
      }
      for place in call.arguments.indices {
        call.arguments[place] = try call.arguments[place].map(cast)
      }
      for name in call.keywords.keys.sorted() {
        call.keywords[name] = try call.keywords[name]?.map(cast)
      }
    }
    return try layer.lower(call, &builder)
  }
}
