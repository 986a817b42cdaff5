public import TLCCore
internal import TLCModel

/// A Transformer encoder with a head: its weights by the names that transformers' RoBERTa-PreLayerNorm
/// has, or with a decoder its mBART, and its graph, for use and for training.
public struct EncoderModel: Equatable, Sendable {
  /// Its sizes.
  public var shape: EncoderShape
  /// What stands on it.
  public var head: TrainedHead

  /// What stands before the names of the encoder's tensors.
  static let prefix = "roberta_prelayernorm."

  /// A model of a shape.
  ///
  /// - Throws: ``TrainingError`` where there is none.
  public init(_ shape: EncoderShape, head: TrainedHead) throws(TrainingError) {
    try shape.require()
    if case .classes(let count) = head, !(1...1 << 16).contains(count) {
      throw .shape("there are \(count) classes, not 1 to \(1 << 16)")
    }
    if case .decoder(let depth) = head, !(1...EncoderShape.greatestDepth).contains(depth) {
      throw .shape("the decoder's depth is \(depth), not 1 to \(EncoderShape.greatestDepth)")
    }
    if case .decoder = head, shape.positions != .learned {
      throw .shape(
        "positions of a model with a decoder are learned, not \(shape.positions.rawValue)")
    }
    self.shape = shape
    self.head = head
  }

  /// The shapes of the weights, by name.
  public var tensorShapes: [String: Shape] {
    Dictionary(
      uniqueKeysWithValues: weights.compactMap { weight in
        Shape(weight.lengths).map { (weight.name, $0) }
      })
  }

  /// How many numbers the weights have.
  public var parameterCount: Int { tensorShapes.values.reduce(0) { $0 + $1.count } }

  /// The weights of the layers and of the norms behind them, without tables and heads.
  public var layerParameterCount: Int {
    guard case .decoder = head else { return shape.layerParameterCount }
    return tensorShapes.reduce(0) { sum, tensor in
      let isLayer = tensor.key.contains(".layers.") || tensor.key.contains("coder.layer_norm.")
      return sum + (isLayer ? tensor.value.count : 0)
    }
  }

  /// Weights to start from: matrices and tables normally distributed with a deviation of 0.02, biases
  /// 0, scales 1.
  ///
  /// A weight's numbers depend on the seed, its name and its shape alone.
  public func initialTensors(seed: UInt64) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for weight in weights {
      guard let shape = Shape(weight.lengths) else { continue }
      var elements: [Float]
      switch weight.start {
      case .zeros: elements = [Float](repeating: 0, count: shape.count)
      case .ones: elements = [Float](repeating: 1, count: shape.count)
      case .drawn:
        var random = NormalNumbers(seed: seed, name: weight.name)
        elements = (0..<shape.count).map { _ in Float(0.02 * random.next()) }
      }
      tensors[weight.name] = Tensor(elements, shape: shape)
    }
    return tensors
  }
}
