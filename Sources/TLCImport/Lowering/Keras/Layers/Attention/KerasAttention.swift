internal import TLCCore
internal import TLCModel

/// Attention without weights but a scale: by products, or by sums behind a tanh.
struct KerasAttention: KerasLayer {
  static let classNames = ["AdditiveAttention", "Attention"]
  private let isAdditive: Bool
  private let hasScale: Bool
  /// Whether the scores of `Attention` are those of sums.
  private let isConcatenated: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    isAdditive = fields.className == "AdditiveAttention"
    hasScale = try fields.flag("use_scale", default: isAdditive)
    let mode = try fields.text("score_mode", default: "dot")
    guard ["concat", "dot"].contains(mode) else {
      throw fields.malformed("\"score_mode\" is \"\(mode)\", not \"dot\" or \"concat\"")
    }
    isConcatenated = mode == "concat"
  }

  var weights: KerasWeightTree {
    KerasWeightTree((hasScale ? ["scale"] : []) + (isConcatenated ? ["score weight"] : []))
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let inputs = call.inputs
    guard (2...3).contains(inputs.count) else {
      throw call.malformed("it is given \(inputs.count) tensors, not a query, a value and a key")
    }
    for input in inputs where builder.rank(input.value) != 3 {
      throw call.malformed("it is given \(builder.type(input.value)), not of rank 3")
    }
    let (query, value) = (inputs[0], inputs[1])
    let key = inputs.count > 2 ? inputs[2] : value
    let masks = masks(call, query, value)
    let isCausal = call.flag("use_causal_mask")
    // ONNX's operator has a causal mask of its own, where there is no other.
    let addsMask = masks.value != nil || (isCausal && addsScores)
    let penalty =
      addsMask ? try penalty(masks.value, query, key, isCausal: isCausal, &builder) : nil
    var outputs =
      addsScores
      ? try additive(call, query, key, value, penalty, &builder)
      : try product(call, query, key, value, penalty, isCausal: isCausal && !addsMask, &builder)
    if let mask = masks.query {
      let column = try builder.unsqueeze(mask, [2])
      let factor = try builder.cast(column, to: builder.type(outputs[0]).dtype)
      outputs[0] = try builder.add("Mul", [outputs[0], factor])
    }
    var results = [KerasTensor(outputs[0], mask: masks.query)]
    if call.flag("return_attention_scores") { results.append(KerasTensor(outputs[1])) }
    return results
  }

  /// Whether scores are sums, and not products.
  private var addsScores: Bool { isAdditive || isConcatenated }

  /// What is added to the scores of keys that do not count; `[batch, queries or 1, keys]`.
  private func penalty(
    _ mask: GraphBuilder.Value?, _ query: KerasTensor, _ key: KerasTensor, isCausal: Bool,
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    var masks: [GraphBuilder.Value] = []
    if let mask { masks.append(try builder.unsqueeze(mask, [1])) }
    if isCausal { masks.append(try builder.causalMask(query.value, key.value)) }
    let whole = masks.count > 1 ? try builder.add("And", masks) : masks[0]
    return try builder.penalty(whole, like: query.value)
  }

  private func masks(
    _ call: KerasCall, _ query: KerasTensor, _ value: KerasTensor
  ) -> (query: GraphBuilder.Value?, value: GraphBuilder.Value?) {
    guard let given = call.keywords["mask"], case .list(let masks) = given else {
      return (query.mask, value.mask)
    }
    return (masks.first?.tensors.first?.value, masks.dropFirst().first?.tensors.first?.value)
  }

  /// Scores are the products of a query and the keys.
  private func product(
    _ call: KerasCall, _ query: KerasTensor, _ key: KerasTensor, _ value: KerasTensor,
    _ penalty: GraphBuilder.Value?, isCausal: Bool, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [GraphBuilder.Value] {
    let givesScores = call.flag("return_attention_scores")
    var scaled = query.value
    if hasScale {
      scaled = try builder.add("Mul", [scaled, try builder.weight("scale", call)])
    }
    var inputs = [scaled, key.value, value.value]
    if let penalty { inputs.append(try builder.unsqueeze(penalty, [1])) }
    var attributes: [String: Attribute] = [
      "q_num_heads": .int(1), "kv_num_heads": .int(1), "scale": .float(1),
    ]
    if isCausal { attributes["is_causal"] = .int(1) }
    if givesScores { attributes["qk_matmul_output_mode"] = .int(3) }
    let outputs = try builder.nodes(
      "Attention", inputs, attributes, outputCount: givesScores ? 4 : 1)
    return givesScores ? [outputs[0], try builder.squeeze(outputs[3], [1])] : outputs
  }

  /// Scores are sums over features of the tanh of a query and a key.
  private func additive(
    _ call: KerasCall, _ query: KerasTensor, _ key: KerasTensor, _ value: KerasTensor,
    _ penalty: GraphBuilder.Value?, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [GraphBuilder.Value] {
    let sum = try builder.add(
      "Add",
      [try builder.unsqueeze(query.value, [2]), try builder.unsqueeze(key.value, [1])])
    let scale = hasScale ? try builder.weight("scale", call) : nil
    var terms = sum
    if isConcatenated, let scale { terms = try builder.add("Mul", [terms, scale]) }
    terms = try builder.add("Tanh", [terms])
    if isAdditive, let scale { terms = try builder.add("Mul", [terms, scale]) }
    var scores = try builder.reduce("ReduceSum", terms, [3], keepsAxes: false)
    if isConcatenated {
      scores = try builder.add("Mul", [scores, try builder.weight("score weight", call)])
    }
    if let penalty { scores = try builder.add("Add", [scores, penalty]) }
    let weights = try builder.add("Softmax", [scores], ["axis": .int(-1)])
    return [try builder.add("MatMul", [weights, value.value]), weights]
  }
}
