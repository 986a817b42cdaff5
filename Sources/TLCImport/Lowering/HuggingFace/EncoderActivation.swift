internal import TLCModel

/// A function between layers, by transformers' name.
enum EncoderActivation: String, CaseIterable {
  case gelu
  case geluAccurate = "gelu_accurate"
  case geluFast = "gelu_fast"
  case geluNew = "gelu_new"
  case geluPython = "gelu_python"
  case geluTanh = "gelu_pytorch_tanh"
  case linear
  case mish
  case relu
  case sigmoid
  case silu
  case swish
  case tanh

  /// The function that a configuration names.
  ///
  /// - Throws: ``LoweringError`` where it is none of these.
  init(
    _ fields: ConfigurationFields, _ key: String, default standard: EncoderActivation
  ) throws(LoweringError) {
    guard let name = try fields.text(key) else {
      self = standard
      return
    }
    guard let found = Self(rawValue: name) else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw fields.malformed(
        "\"\(key)\" is \"\(name)\", which has no definition here; there are \(known)")
    }
    self = found
  }
}

extension EncoderGraph {
  /// Applies a function.
  mutating func activate(
    _ value: Value, _ activation: EncoderActivation, name: String
  ) throws(LoweringError) -> Value {
    switch activation {
    case .linear: value
    case .gelu, .geluPython: try add("Gelu", [value], name: name)
    // The four differ in how they round, and are x · Φ(x) with the same approximation of Φ.
    case .geluAccurate, .geluFast, .geluNew, .geluTanh:
      try add("Gelu", [value], ["approximate": .string("tanh")], name: name)
    case .mish: try add("Mish", [value], name: name)
    case .relu: try add("Relu", [value], name: name)
    case .sigmoid: try add("Sigmoid", [value], name: name)
    case .silu, .swish: try add("Swish", [value], name: name)
    case .tanh: try add("Tanh", [value], name: name)
    }
  }
}
