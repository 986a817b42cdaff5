internal import TLCCore

/// What a model is made of, as its configuration says.
struct KerasModelParts {
  private(set) var layers: [KerasInstance] = []
  private(set) var inputs: [KerasInput] = []
  private(set) var steps: [KerasStep] = []
  private(set) var outputs: [KerasArgument.Reference] = []
  private let fields: KerasFields

  private func malformed(_ what: String) -> LoweringError {
    .malformed(place: "model \"\(fields.name)\"", what)
  }

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    self.fields = fields
    // The first versions of Keras have the list of layers alone.
    guard let list = fields.json.elements ?? fields.json["layers"]?.elements else {
      throw malformed("it has no list of layers")
    }
    if fields.className == "Sequential" {
      try readSequence(list, context)
    } else {
      try readFunctional(list, context)
    }
    let names = layers.map { $0.name } + inputs.map { $0.name }
    var seen: Set<String> = []
    for name in names {
      guard seen.insert(name).inserted else {
        throw malformed("two of its layers have the name \"\(name)\"")
      }
      guard (1...256).contains(name.utf8.count),
        name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else {
        throw malformed(
          "a layer's name is not 1 to 256 bytes of UTF-8 without control characters")
      }
    }
  }

  private static func isInput(_ json: StrictJSON) -> Bool {
    json["class_name"]?.text == "InputLayer"
  }

  private func fields(of json: StrictJSON) -> KerasFields {
    KerasFields(
      name: json["config"]?["name"]?.text ?? json["name"]?.text ?? "",
      className: json["class_name"]?.text ?? "", generation: fields.generation,
      json: json["config"] ?? .null)
  }

  private mutating func readInput(_ json: StrictJSON) throws(LoweringError) {
    let inner = fields(of: json)
    guard let input = try KerasInput(inner, name: inner.name) else {
      throw malformed("its input \"\(inner.name)\" has no shape")
    }
    inputs.append(input)
  }

  private mutating func readSequence(
    _ list: [StrictJSON], _ context: KerasContext
  ) throws(LoweringError) {
    guard let first = list.first else { throw malformed("it has no layer") }
    if Self.isInput(first) {
      try readInput(first)
    } else {
      inputs = [try impliedInput(first)]
    }
    var last = KerasArgument.Reference(layer: inputs[0].name, call: 0, output: 0)
    for json in Self.isInput(first) ? list.dropFirst() : list[...] {
      let layer = try KerasInstance(json, context)
      let record = KerasCallRecord(arguments: [.tensor(last)], keywords: [])
      steps.append(KerasStep(layer: layers.count, call: 0, record: record))
      layers.append(layer)
      last = .init(layer: layer.name, call: 0, output: 0)
    }
    outputs = [last]
  }

  /// The input of a sequence that does not begin with one: its first layer, or the sequence itself,
  /// says the shape.
  private func impliedInput(_ first: StrictJSON) throws(LoweringError) -> KerasInput {
    var json = first
    var name = fields(of: first).name
    for _ in 0..<KerasContext.greatestDepth {
      let inner = fields(of: json)
      if let input = try KerasInput(inner, name: "\(name)_input") { return input }
      guard let next = inner.json.elements?.first ?? inner.json["layers"]?.elements?.first else {
        break
      }
      json = next
      if name.isEmpty { name = inner.name }
    }
    guard let input = try KerasInput(fields, name: "\(name)_input") else {
      throw malformed("neither it nor its first layer has the shape of its input")
    }
    return input
  }

  private mutating func readFunctional(
    _ list: [StrictJSON], _ context: KerasContext
  ) throws(LoweringError) {
    let names = Set(list.map { $0["name"]?.text ?? fields(of: $0).name })
    var pending: [(layer: Int, calls: [StrictJSON])] = []
    for json in list {
      if Self.isInput(json) {
        try readInput(json)
        continue
      }
      pending.append((layers.count, json["inbound_nodes"]?.elements ?? []))
      layers.append(try KerasInstance(json, context))
    }
    for (layer, calls) in pending {
      for (call, json) in calls.enumerated() {
        guard let record = KerasCallRecord(json, layers: names) else {
          throw malformed("call \(call) of \"\(layers[layer].name)\" has no form that is known")
        }
        steps.append(KerasStep(layer: layer, call: call, record: record))
      }
    }
    outputs = references("output_layers", names)
    guard !outputs.isEmpty, outputs.count <= KerasBuilder.greatestCount else {
      throw malformed("it has \(outputs.count) outputs, not 1 to \(KerasBuilder.greatestCount)")
    }
    try orderInputs(references("input_layers", names))
    countFromModelsOwnCall()
    let known = Set(inputs.map { $0.name })
    guard
      let ordered = KerasStep.inOrder(steps, names: layers.map { $0.name }, known: known)
    else {
      throw malformed("some of its layers need each other's outputs, or ones that are not there")
    }
    steps = ordered
  }

  private func references(_ key: String, _ names: Set<String>) -> [KerasArgument.Reference] {
    fields.json[key].map { KerasArgument(second: $0, layers: names).references } ?? []
  }

  /// Puts inputs in the model's order.
  private mutating func orderInputs(
    _ references: [KerasArgument.Reference]
  ) throws(LoweringError) {
    let known = Dictionary(inputs.map { ($0.name, $0) }) { first, _ in first }
    var ordered: [KerasInput] = []
    for reference in references {
      guard let input = known[reference.layer] else {
        throw malformed("its input \"\(reference.layer)\" is no input layer")
      }
      ordered.append(input)
    }
    guard ordered.count == inputs.count else {
      throw malformed("it has \(inputs.count) input layers, and names \(ordered.count)")
    }
    inputs = ordered
  }

  /// Keras counts the calls of a model from 1 where the first is the one that made it: in version 2
  /// wherever a call is named, in version 3 in the list of outputs alone. Here all count from 0.
  private mutating func countFromModelsOwnCall() {
    var counts: [String: Int] = [:]
    for step in steps { counts[layers[step.layer].name, default: 0] += 1 }
    var greatest: [String: Int] = [:]
    let inner = fields.generation < .third ? steps.flatMap { $0.record.references } : []
    for reference in inner + outputs {
      greatest[reference.layer] = max(greatest[reference.layer] ?? 0, reference.call)
    }
    let fromOne = Set(
      layers.filter { $0.layer is KerasModel && greatest[$0.name] == counts[$0.name] }
        .map { $0.name })
    if fields.generation < .third {
      for place in steps.indices where fromOne.contains(layers[steps[place].layer].name) {
        steps[place].call += 1
      }
      return
    }
    let functional = Set(layers.filter { $0.className == "Functional" }.map { $0.name })
    let fromZero = Set(outputs.filter { $0.call == 0 }.map { $0.layer })
    for place in outputs.indices where !fromZero.contains(outputs[place].layer) {
      let name = outputs[place].layer
      if fromOne.contains(name) || functional.contains(name) { outputs[place].call -= 1 }
    }
  }
}

extension KerasCallRecord {
  init(arguments: [KerasArgument], keywords: [(name: String, value: KerasArgument)]) {
    self.arguments = arguments
    self.keywords = keywords
  }
}
