internal import TLCCore
internal import TLCModel

/// Attention of several heads, each with weights of its own, or fewer for keys and values.
struct KerasHeads: KerasLayer {
  static let classNames = [
    "GroupQueryAttention", "GroupedQueryAttention", "MultiHeadAttention",
  ]
  private let headCount: Int
  private let keyHeadCount: Int
  private let hasBias: Bool

  private static let parts = ["query", "key", "value", "output"]

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    headCount = try fields.integer("num_heads", "num_query_heads")
    keyHeadCount = try fields.integer("num_key_value_heads", default: headCount)
    guard headCount >= 1, keyHeadCount >= 1 else {
      throw fields.malformed("it has \(headCount) heads, and \(keyHeadCount) for keys")
    }
    hasBias = try fields.flag("use_bias", default: true)
    for key in ["use_gate", "sliding_window"] {
      if let value = fields[[key]], value.json != "false" {
        throw fields.malformed(
          "\"\(key)\" is \(value.json.prefix(40)), which has no definition here")
      }
    }
    if let axes = try fields.integers("attention_axes"), axes != [1] {
      throw fields.malformed("\"attention_axes\" is \(axes.prefix(8)), not [1]")
    }
  }

  var weights: KerasWeightTree {
    let tree = KerasWeightTree(["kernel"] + (hasBias ? ["bias"] : []))
    return KerasWeightTree(
      children: Self.parts.map { .init(path: "\($0)_dense", tree: tree) })
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let query = try call.input()
    guard let value = call.tensor(1, "value") else { throw call.malformed("it is given no value") }
    let key = call.tensor(2, "key") ?? value
    var inputs: [GraphBuilder.Value?] = []
    for (place, tensor) in [query, key, value].enumerated() {
      guard builder.rank(tensor.value) == 3 else {
        throw call.malformed("it is given \(builder.type(tensor.value)), not of rank 3")
      }
      inputs.append(
        try projected(
          tensor.value, call.child(place, "\(call.layer).\(Self.parts[place])", []), joins: 1,
          &builder))
    }
    let mask = try mask(call, query, key, value, &builder)
    if let mask { inputs.append(try builder.penalty(mask, like: query.value)) }
    var attributes: [String: Attribute] = [
      "q_num_heads": .int(headCount), "kv_num_heads": .int(keyHeadCount),
    ]
    if mask == nil, call.flag("use_causal_mask") { attributes["is_causal"] = .int(1) }
    let givesScores = call.flag("return_attention_scores")
    if givesScores { attributes["qk_matmul_output_mode"] = .int(3) }
    let attended = try builder.nodes(
      "Attention", inputs, attributes, outputCount: givesScores ? 4 : 1)
    let output = try projected(
      attended[0], call.child(3, "\(call.layer).output", []), joins: 2, &builder)
    return [KerasTensor(output, mask: query.mask)]
      + (givesScores ? [KerasTensor(attended[3])] : [])
  }

  /// The product with a kernel of three axes, of which the first or the last two count as one.
  private func projected(
    _ value: GraphBuilder.Value, _ call: KerasCall, joins count: Int,
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let kernel = try builder.weight("kernel", call, rank: 3)
    let lengths = builder.lengths(kernel)
    let rows = lengths.prefix(count).reduce(1, *)
    let matrix = try builder.reshape(kernel, [rows, -1])
    var result = try builder.add("MatMul", [value, matrix])
    if hasBias {
      let bias = try builder.reshape(try builder.weight("bias", call), [-1])
      result = try builder.add("Add", [result, bias])
    }
    return result
  }

  /// Which keys a query may attend to: what is given, and what the masks of the tensors leave.
  private func mask(
    _ call: KerasCall, _ query: KerasTensor, _ key: KerasTensor, _ value: KerasTensor,
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value? {
    var masks: [GraphBuilder.Value] = []
    if let mask = call.keywords["attention_mask"]?.tensors.first?.value {
      let rank = builder.rank(mask)
      guard (2...4).contains(rank) else {
        throw call.malformed("its mask is \(builder.type(mask)), not of rank 2 to 4")
      }
      let flags = try builder.cast(mask, to: .bool)
      masks.append(rank == 3 ? try builder.unsqueeze(flags, [1]) : flags)
    }
    let queryMask = call.keywords["query_mask"]?.tensors.first?.value ?? query.mask
    if let mask = queryMask { masks.append(try builder.unsqueeze(mask, [1, 3])) }
    let valueMask = call.keywords["value_mask"]?.tensors.first?.value ?? value.mask
    if let mask = valueMask { masks.append(try builder.unsqueeze(mask, [1, 2])) }
    let keyMask = call.keywords["key_mask"]?.tensors.first?.value ?? key.mask
    if let mask = keyMask, mask != valueMask {
      masks.append(try builder.unsqueeze(mask, [1, 2]))
    }
    guard var mask = masks.first else { return nil }
    // A query without a key attends to all alike, so that Keras's penalties must add up.
    if call.flag("use_causal_mask") {
      masks.append(try builder.unsqueeze(try builder.causalMask(query.value, key.value), [1]))
    }
    for other in masks.dropFirst() { mask = try builder.add("And", [mask, other]) }
    return mask
  }
}
