public import TLCCore
internal import TLCModel

/// A Transformer encoder with a head: its weights by the names that transformers' RoBERTa-PreLayerNorm
/// has, and its graph, for use and for training.
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
    self.shape = shape
    self.head = head
  }

  /// How a weight starts.
  enum Start {
    case drawn, zeros, ones
  }

  /// A weight: its name, its shape, and how it starts.
  struct Weight {
    var name: String
    var lengths: [Int]
    var start: Start
  }

  /// Every weight, in the order of the graph.
  var weights: [Weight] {
    var weights: [Weight] = []
    func linear(_ name: String, _ inner: Int, _ outer: Int) {
      weights.append(Weight(name: "\(name).weight", lengths: [outer, inner], start: .drawn))
      weights.append(Weight(name: "\(name).bias", lengths: [outer], start: .zeros))
    }
    func norm(_ name: String) {
      weights.append(Weight(name: "\(name).weight", lengths: [shape.width], start: .ones))
      weights.append(Weight(name: "\(name).bias", lengths: [shape.width], start: .zeros))
    }
    let (width, inner) = (shape.width, shape.innerWidth)
    let embeddings = "\(Self.prefix)embeddings"
    for (name, count) in [
      ("word", shape.vocabularyCount), ("position", shape.positionCount), ("token_type", 1),
    ] {
      weights.append(
        Weight(
          name: "\(embeddings).\(name)_embeddings.weight", lengths: [count, width], start: .drawn))
    }
    norm("\(embeddings).LayerNorm")
    for layer in 0..<shape.depth {
      let name = "\(Self.prefix)encoder.layer.\(layer)"
      norm("\(name).attention.LayerNorm")
      for part in ["query", "key", "value"] {
        linear("\(name).attention.self.\(part)", width, width)
      }
      linear("\(name).attention.output.dense", width, width)
      norm("\(name).intermediate.LayerNorm")
      linear("\(name).intermediate.dense", width, inner)
      linear("\(name).output.dense", inner, width)
    }
    norm("\(Self.prefix)LayerNorm")
    switch head {
    case .maskedTokens:
      linear("lm_head.dense", width, width)
      norm("lm_head.layer_norm")
      weights.append(
        Weight(name: "lm_head.bias", lengths: [shape.vocabularyCount], start: .zeros))
    case .classes(let count):
      linear("classifier.dense", width, width)
      linear("classifier.out_proj", width, count)
    }
    return weights
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
