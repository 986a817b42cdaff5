public import TLCCore
public import TLCImport
public import TLCModel

/// A model of Keras, and what Keras computes with it: inputs and outputs are numbered.
public struct RecordedKerasModel {
  public let checkpoint: ImportedCheckpoint
  /// `input/<i>`, `output/<i>`, and what else is recorded.
  public let tensors: [String: Tensor]
  /// What the recording says of itself.
  public let metadata: [String: String]

  /// Opens a model and its recording.
  public init(path: String, recording: String) throws {
    checkpoint = try ImporterRegistry.standard.open(path)
    let recorded = try ImporterRegistry.standard.open(recording)
    var tensors: [String: Tensor] = [:]
    for tensor in recorded.tensors { tensors[tensor.name] = try tensor.load() }
    self.tensors = tensors
    metadata = recorded.metadata
  }

  /// What a recording says of itself.
  public static func metadata(of recording: String) throws -> [String: String] {
    try ImporterRegistry.standard.open(recording).metadata
  }

  /// A list of texts in the metadata.
  public func names(_ key: String) -> [String] {
    (metadata[key].flatMap { StrictJSON(Array($0.utf8))?.elements } ?? []).compactMap { $0.text }
  }

  /// The tensors of a kind, in order; those that are not stored are made as the metadata says.
  public func recorded(_ kind: String) -> [Tensor] {
    var found: [Tensor] = []
    while let tensor = tensors["\(kind)/\(found.count)"] ?? made("\(kind)/\(found.count)") {
      found.append(tensor)
    }
    return found
  }

  /// A tensor of a recipe: `fixtures/models/recorded/README.md`.
  private func made(_ name: String) -> Tensor? {
    guard let text = metadata[name], let recipe = StrictJSON(Array(text.utf8)),
      let lengths = recipe["shape"]?.elements?.compactMap({ $0.count }), let last = lengths.last,
      let shape = Shape(lengths), let seed = recipe["seed"]?.count
    else { return nil }
    var generator = SplitMix64(seed: UInt64(seed))
    if recipe["recipe"]?.text == "uniform" {
      return Tensor(
        (0..<shape.count).map { _ in Float(generator.next() >> 40) * 0x1p-23 - 1 }, shape: shape)
    }
    var rows = [Float](repeating: 0, count: shape.count)
    for row in 0..<(shape.count / last) {
      rows[row * last + Int((generator.next() >> 33) % UInt64(last))] = 1
    }
    return Tensor(rows, shape: shape)
  }

  /// The graph of the model.
  public func graph(_ substitutions: [String: String] = [:]) throws -> TypedGraph {
    var options = LoweringOptions()
    options.substitutions = substitutions
    guard let graph = try LoweringRegistry.standard.graph(of: checkpoint, options) else {
      throw LoweringError.malformed(place: "the checkpoint", "no lowering knows it")
    }
    return try checkpoint.typed(graph)
  }

  /// The recorded inputs by name, in the types that a graph asks for.
  public func inputs(of graph: TypedGraph) -> [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for (input, tensor) in zip(graph.graph.inputs, recorded("input")) {
      inputs[input.name] = tensor.converted(to: input.type.dtype)
    }
    return inputs
  }
}

extension ImportedCheckpoint {
  /// What a safetensors file says of itself.
  fileprivate var metadata: [String: String] {
    var metadata: [String: String] = [:]
    if let asset = assets.first(where: { $0.name == "safetensors/metadata.json" }) {
      for (key, value) in StrictJSON(asset.bytes)?.members ?? [] { metadata[key] = value.text }
    }
    return metadata
  }
}

extension Tensor {
  /// The elements as `Double`.
  public var doubles: [Double] {
    func values<Element: TensorElement>(_: Element.Type) -> [Double] {
      elements(of: Element.self).map { $0.double }
    }
    return values(dtype.elementType)
  }

  /// The same numbers as elements of another type.
  func converted(to dtype: DType) -> Tensor {
    guard dtype != self.dtype else { return self }
    return switch dtype {
    case .i32: Tensor(doubles.map { Int32($0) }, shape: shape)
    case .i64: Tensor(doubles.map { Int64($0) }, shape: shape)
    default: Tensor(doubles.map { Float($0) }, shape: shape)
    }
  }

  /// The greatest difference of an element, as a part of the greatest magnitude; infinite where
  /// shapes differ, or an element is no number in one of them alone.
  public func error(against expected: Tensor) -> Double {
    guard shape == expected.shape else { return .infinity }
    var (difference, magnitude) = (0.0, 0.0)
    for (a, b) in zip(doubles, expected.doubles) where a != b && !(a.isNaN && b.isNaN) {
      guard a.isFinite, b.isFinite else { return .infinity }
      difference = max(difference, abs(a - b))
    }
    for number in expected.doubles where number.isFinite { magnitude = max(magnitude, abs(number)) }
    return difference == 0 ? 0 : difference / max(magnitude, .leastNormalMagnitude)
  }
}
