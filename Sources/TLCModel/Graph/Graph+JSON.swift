public import TLCCore

extension Graph {
  /// The most bytes that a constant may have.
  static let largestConstantByteCount = 1 << 16
  /// The most nodes that a graph may have.
  static let greatestNodeCount = 1 << 16
  /// The most values that a graph may have.
  static let greatestValueCount = 1 << 20

  /// Reads the object of a manifest: `formats/graph.md`.
  ///
  /// - Throws: ``GraphError`` where it has not the form of that page; what nodes mean is not
  ///   looked at.
  public init(parsing json: StrictJSON) throws(GraphError) {
    let object = try GraphObject(json, "the graph")
    guard try object.integer("opset") == Self.opset else {
      throw .malformed("\"opset\" is not \(Self.opset)")
    }
    self.init()
    for element in try object.array("inputs") {
      let input = try GraphObject(element, "an input")
      var dimensions: [Dimension] = []
      for length in try input.array("shape") {
        if let name = length.text {
          dimensions.append(Dimension(named: try GraphObject.requireName(name)))
        } else if let count = length.count {
          dimensions.append(Dimension(count))
        } else {
          throw .malformed("a length of an input is neither a name nor an integer from 0")
        }
      }
      inputs.append(
        Input(name: try input.name("name"), type: ValueType(try input.dtype(), dimensions)))
    }
    for element in try object.optionalArray("initializers") {
      let initializer = try GraphObject(element, "an initializer")
      initializers.append(
        Initializer(
          value: try initializer.name("value"), tensor: try initializer.name("tensor")))
    }
    for element in try object.optionalArray("constants") {
      let constant = try GraphObject(element, "a constant")
      constants.append(
        Constant(name: try constant.name("name"), tensor: try constant.tensor()))
    }
    let nodes = try object.array("nodes")
    guard nodes.count <= Self.greatestNodeCount else {
      throw .malformed("it has \(nodes.count) nodes, above \(Self.greatestNodeCount)")
    }
    for node in nodes { self.nodes.append(try Node(parsing: GraphObject(node, "a node"))) }
    outputs = try object.names("outputs", allowingEmpty: false)
    let valueCount = self.nodes.reduce(inputs.count + initializers.count + constants.count) {
      $0 + $1.outputs.count
    }
    guard valueCount <= Self.greatestValueCount else {
      throw .malformed("it has \(valueCount) values, above \(Self.greatestValueCount)")
    }
  }

  /// The object of a manifest, in canonical form.
  public var json: StrictJSON {
    .sorted([
      ("constants", constants.isEmpty ? nil : .array(constants.map { $0.json })),
      (
        "initializers",
        initializers.isEmpty
          ? nil
          : .array(
            initializers.map {
              .sorted([("tensor", .string($0.tensor)), ("value", .string($0.value))])
            })
      ),
      ("inputs", .array(inputs.map { $0.json })),
      ("nodes", .array(nodes.map { $0.json })),
      ("opset", .number(String(Self.opset))),
      ("outputs", .array(outputs.map { .string($0) })),
    ])
  }
}

extension Graph.Input {
  fileprivate var json: StrictJSON {
    .sorted([
      ("dtype", .string(type.dtype.rawValue)), ("name", .string(name)),
      (
        "shape",
        .array(
          type.dimensions.map { dimension in
            dimension.length.map { .number(String($0)) } ?? .string("\(dimension)")
          })
      ),
    ])
  }
}

extension Graph.Constant {
  fileprivate var json: StrictJSON { .sorted([("name", .string(name))] + tensor.graphMembers) }
}

extension Node {
  fileprivate init(parsing object: GraphObject) throws(GraphError) {
    self.init(
      try object.name("operator"), domain: try object.optionalText("domain") ?? "",
      name: try object.name("name"), inputs: try object.names("inputs", allowingEmpty: true),
      outputs: try object.names("outputs", allowingEmpty: true))
    guard let members = try object.optionalObject("attributes") else { return }
    for (key, value) in members {
      attributes[key] = try Attribute(parsing: GraphObject(value, "attribute \"\(key)\""))
    }
  }

  fileprivate var json: StrictJSON {
    .sorted([
      (
        "attributes",
        attributes.isEmpty ? nil : .sorted(attributes.map { ($0.key, $0.value.json) })
      ),
      ("domain", domain.isEmpty ? nil : .string(domain)),
      ("inputs", .array(inputs.map { .string($0) })), ("name", .string(name)),
      ("operator", .string(operation)), ("outputs", .array(outputs.map { .string($0) })),
    ])
  }
}

extension Attribute {
  fileprivate init(parsing object: GraphObject) throws(GraphError) {
    guard object.members.count == 1, let (kind, value) = object.members.first else {
      throw .malformed("\(object.place) does not have one kind")
    }
    switch kind {
    case "int": self = .int(try object.integer(value))
    case "ints":
      self = .ints(try object.array(kind).map { e throws(GraphError) in try object.integer(e) })
    case "float": self = .float(try object.float(value))
    case "floats":
      self = .floats(try object.array(kind).map { e throws(GraphError) in try object.float(e) })
    case "string": self = .string(try object.text(value))
    case "strings":
      self = .strings(try object.array(kind).map { e throws(GraphError) in try object.text(e) })
    case "tensor": self = .tensor(try GraphObject(value, object.place).tensor())
    default: throw .malformed("\(object.place) is of the kind \"\(kind)\", which there is not")
    }
  }

  fileprivate var json: StrictJSON {
    func integer(_ number: Int) -> StrictJSON {
      number.magnitude < 1 << 53 ? .number(String(number)) : .string(String(number))
    }
    func float(_ number: Float) -> StrictJSON { .string(number.bitPattern.hexadecimal) }
    let value: StrictJSON =
      switch self {
      case .int(let number): integer(number)
      case .ints(let numbers): .array(numbers.map { integer($0) })
      case .float(let number): float(number)
      case .floats(let numbers): .array(numbers.map { float($0) })
      case .string(let text): .string(text)
      case .strings(let texts): .array(texts.map { .string($0) })
      case .tensor(let tensor): .sorted(tensor.graphMembers)
      }
    return .object([(kind, value)])
  }
}

extension Tensor {
  fileprivate var graphMembers: [(key: String, value: StrictJSON?)] {
    let digits = Array("0123456789abcdef".utf8)
    var data: [UInt8] = []
    for byte in bytes { data += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return [
      ("data", .string(String(decoding: data, as: UTF8.self))),
      ("dtype", .string(dtype.rawValue)),
      ("shape", .array(shape.dimensions.map { .number(String($0)) })),
    ]
  }
}

extension StrictJSON {
  /// An object of the members whose values are not `nil`, in canonical order.
  fileprivate static func sorted(_ members: [(key: String, value: StrictJSON?)]) -> StrictJSON {
    .object(
      members.compactMap { member in member.value.map { (member.key, $0) } }
        .sorted { $0.key.precedesInUTF8($1.key) })
  }
}

extension UInt32 {
  fileprivate var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
