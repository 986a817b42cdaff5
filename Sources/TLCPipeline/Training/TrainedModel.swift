public import TLCCore
import TLCFormat
import TLCModel
import TLCRuntime
public import TLCSystem
public import TLCText
public import TLCTraining

/// A model that was trained here, or that is to go on: its shape, its weights, and its tokenizer.
public struct TrainedModel: Sendable {
  /// Its shape and its head.
  public var model: EncoderModel
  /// The weights, by name.
  public var weights: [String: Tensor]
  /// The bytes of its `tokenizer.json`.
  public var tokenizerFile: [UInt8]
  /// The tokens that stand for no text.
  public var special: SpecialTokens
  /// The names of its classes, in order; empty where it has none.
  public var labels: [String]

  static let configurationAsset = "huggingface/config.json"
  static let tokenizerAsset = "huggingface/tokenizer.json"

  /// A model of these parts.
  public init(
    model: EncoderModel, weights: [String: Tensor], tokenizerFile: [UInt8],
    special: SpecialTokens, labels: [String] = []
  ) {
    self.model = model
    self.weights = weights
    self.tokenizerFile = tokenizerFile
    self.special = special
    self.labels = labels
  }

  /// A model that knows nothing yet, of a tokenizer.
  ///
  /// - Throws: `TrainingError` where there is no such shape.
  public init(
    _ shape: EncoderShape, head: TrainedHead = .maskedTokens, tokenizer: TrainedTokenizer,
    seed: UInt64
  ) throws(TrainingError) {
    let special = tokenizer.special
    var shape = shape
    shape.vocabularyCount = tokenizer.tokens.count
    shape.paddingID = special.padding
    model = try EncoderModel(shape, head: head)
    weights = model.initialTensors(seed: seed)
    tokenizerFile = tokenizer.file
    self.special = SpecialTokens(
      start: special.start, padding: special.padding, end: special.end, mask: special.mask)
    labels = []
  }

  /// Reads a model that was written here.
  ///
  /// - Throws: `CheckpointError` where the file is wrong; ``TrainedModelError`` where it is no such
  ///   model.
  public init(path: String, parallelism: Parallelism = .automatic) throws {
    let checkpoint = try Checkpoint(path: path)
    func asset(_ name: String) throws -> [UInt8] {
      guard let record = checkpoint.main.assets.first(where: { $0.name == name }) else {
        throw TrainedModelError(path: path, "it has no asset \"\(name)\", as trained models have")
      }
      return try checkpoint.main.bytes(of: record)
    }
    let configuration = try asset(Self.configurationAsset)
    (model, labels, special) = try Self.parse(configuration, path: path)
    tokenizerFile = try asset(Self.tokenizerAsset)
    weights = [:]
    for (name, shape) in model.tensorShapes {
      guard let tensor = try checkpoint.tensor(named: name, parallelism: parallelism),
        tensor.dtype == .f32, tensor.shape == shape
      else { throw TrainedModelError(path: path, "it has no tensor \"\(name)\", f32 \(shape)") }
      weights[name] = tensor
    }
  }

  /// The same encoder with a new head of classes, whose weights are drawn.
  ///
  /// - Throws: `TrainingError` where there cannot be as many classes, or the model has a decoder.
  public func classifying(_ labels: [String], seed: UInt64) throws(TrainingError) -> TrainedModel {
    if case .decoder = model.head {
      throw .settings("a model that translates cannot be given a head of classes")
    }
    var other = self
    other.model = try EncoderModel(model.shape, head: .classes(labels.count))
    other.labels = labels
    other.weights = other.model.initialTensors(seed: seed)
    for (name, tensor) in weights where !name.hasPrefix("classifier.") {
      if other.weights[name] != nil { other.weights[name] = tensor }
    }
    return other
  }

  /// The tokenizer, which cuts texts to what the model takes.
  public func tokenizer() throws(TextError) -> Tokenizer {
    var tokenizer = try Tokenizer(parsing: [Self.tokenizerAsset: tokenizerFile])
    tokenizer.truncation = Truncation(greatestCount: model.shape.sequenceCount)
    tokenizer.padding = nil
    return tokenizer
  }
}

/// Why a file is no model that training can go on with.
public struct TrainedModelError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  /// - Parameters:
  ///   - path: of the file.
  ///   - what: is so, against what is asked.
  init(path: String, _ what: String) { description = "\(path): \(what)" }
}
