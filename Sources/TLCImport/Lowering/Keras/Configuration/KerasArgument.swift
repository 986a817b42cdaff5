internal import TLCCore

/// An argument of a call of a layer, as a configuration has it.
indirect enum KerasArgument: Sendable {
  /// An output of a call: the layer's name, which of its calls, and which output.
  struct Reference: Hashable, Sendable {
    var layer: String
    var call: Int
    var output: Int
  }

  case tensor(Reference)
  case list([KerasArgument])
  /// Anything that is no tensor.
  case plain(StrictJSON)

  /// Reads an argument of Keras 3, where a tensor is an object of a class of its own.
  init(third json: StrictJSON) {
    if json["class_name"]?.text == "__keras_tensor__",
      let reference = Reference(json["config"]?["keras_history"])
    {
      self = .tensor(reference)
    } else if let elements = json.elements, json.mentionsTensor {
      self = .list(elements.map { KerasArgument(third: $0) })
    } else if let members = json.members, json["class_name"] == nil, json.mentionsTensor {
      self = .list(
        members.sorted { $0.key.precedesInUTF8($1.key) }.map { KerasArgument(third: $0.value) })
    } else {
      self = .plain(json)
    }
  }

  /// Reads an argument of Keras 2, where a tensor is a list that starts with the name of a layer.
  init(second json: StrictJSON, layers: Set<String>) {
    if let elements = json.elements, let name = elements.first?.text {
      if name == "_CONSTANT_VALUE", elements.count >= 3 {
        self = .plain(elements[2])
        return
      }
      if let reference = Reference(json), layers.contains(name) {
        self = .tensor(reference)
        return
      }
    }
    if let elements = json.elements {
      let arguments = elements.map { KerasArgument(second: $0, layers: layers) }
      self = arguments.contains { $0.hasTensor } ? .list(arguments) : .plain(json)
    } else if let members = json.members {
      let arguments = members.sorted { $0.key.precedesInUTF8($1.key) }
        .map { KerasArgument(second: $0.value, layers: layers) }
      self = arguments.contains { $0.hasTensor } ? .list(arguments) : .plain(json)
    } else {
      self = .plain(json)
    }
  }

  private var hasTensor: Bool { !references.isEmpty }

  /// The tensors in it, in order.
  var references: [Reference] {
    switch self {
    case .tensor(let reference): [reference]
    case .list(let arguments): arguments.flatMap { $0.references }
    case .plain: []
    }
  }
}

extension KerasArgument.Reference {
  /// Reads `[name, call, output, …]`.
  init?(_ json: StrictJSON?) {
    guard let elements = json?.elements, elements.count >= 3, let layer = elements[0].text,
      let call = elements[1].count, let output = elements[2].count
    else { return nil }
    self.init(layer: layer, call: call, output: output)
  }
}

extension StrictJSON {
  /// Whether there is a tensor of Keras 3 somewhere in it.
  fileprivate var mentionsTensor: Bool {
    if let elements { return elements.contains { $0.mentionsTensor } }
    guard let members else { return false }
    return self["class_name"]?.text == "__keras_tensor__"
      || members.contains { $0.value.mentionsTensor }
  }
}
