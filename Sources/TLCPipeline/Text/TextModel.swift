internal import TLCCore
internal import TLCModel
public import TLCRuntime
public import TLCText

/// A model that takes text: a session, the tokenizer of its checkpoint's assets, and what they say
/// of labels and lengths.
///
/// Texts are cut to the tokens that the model can take. What is given for a text does not depend on
/// those that it is given with.
public struct TextModel: Sendable {
  /// What a model is for.
  public enum Task: String, Sendable, CaseIterable {
    /// A vector of a text.
    case embedding
    /// Labels of a text.
    case classification
    /// A label of each token.
    case tokenLabels = "token-labels"
    /// Which tokens may stand in the place of masks.
    case masks
    /// Where in a text a question is answered.
    case answers
    /// Another text for a text.
    case translation
  }

  /// The tokenizer, which cuts and fills as the model asks.
  public var tokenizer: Tokenizer { texts.tokenizer }
  /// What the model is for; `nil` where its outputs do not say it.
  public let task: Task?
  var settings: TextModelSettings { texts.settings }
  let texts: TextInputs
  private let session: Session
  /// What writes; `nil` where the model is for something else.
  let decoder: IncrementalDecoder?

  /// Texts that are run at once.
  static let batchCount = 32

  /// Makes a model of a session and the assets of its checkpoint, by name.
  ///
  /// - Throws: `TextError` where there is no tokenizer among the assets, or it is wrong;
  ///   ``TextModelError`` where `huggingface/config.json` is; `GraphError` where it says that the model
  ///   translates, and the graph does not write token by token.
  public init(_ session: Session, assets: [String: [UInt8]]) throws {
    self.session = session
    texts = try TextInputs(assets: assets)
    task = texts.settings.task(outputs: session.outputs)
    decoder = task == .translation ? try session.incrementalDecoder() : nil
  }

  /// The names of what the model gives, in order.
  public var outputs: [String] { session.outputs }

  /// Runs the model on texts that are encoded to one length.
  ///
  /// - Returns: the outputs, by name.
  func run(_ encodings: [TokenEncoding]) throws -> [String: Tensor] {
    let results = try session.run(try texts.tensors(encodings, for: session.inputs))
    return Dictionary(zip(session.outputs, results)) { first, _ in first }
  }

  /// Runs the model on texts, and hands on what each gives.
  ///
  /// - Parameters:
  ///   - output: the name of the output that is looked at.
  ///   - body: is given a text's row of the output, and its tokens, padding among them.
  func map<Result>(
    _ texts: [(text: String, pair: String?)], output: String,
    _ body: (_ row: TensorRow, _ tokens: TokenEncoding) throws -> Result
  ) throws -> [Result] {
    guard session.outputs.contains(output) else {
      throw TextModelError.output(output, there: session.outputs)
    }
    var results: [Result] = []
    var start = 0
    while start < texts.count {
      let end = min(start + Self.batchCount, texts.count)
      let encodings = try tokenizer.encode(Array(texts[start..<end]))
      guard let tensor = try run(encodings)[output] else {
        throw TextModelError.output(output, there: session.outputs)
      }
      for (place, tokens) in encodings.enumerated() {
        results.append(try body(try TensorRow(tensor, place, output), tokens))
      }
      start = end
    }
    return results
  }
}

/// What an output has for one text of a batch.
struct TensorRow {
  /// The lengths of the axes but the first.
  let lengths: [Int]
  let elements: [Float]

  /// - Throws: ``TextModelError`` where the output is not an `f32` of a row a text.
  init(_ tensor: Tensor, _ place: Int, _ output: String) throws {
    let lengths = Array(tensor.shape.dimensions.dropFirst())
    guard tensor.dtype == .f32, place < tensor.shape.dimensions.first ?? 0 else {
      throw TextModelError.shape(output, "\(tensor.dtype) \(tensor.shape)")
    }
    self.lengths = lengths
    let count = lengths.reduce(1, *)
    elements = tensor.withElements(of: Float.self) { all in
      (place * count..<(place + 1) * count).map { all[$0] }
    }
  }

  /// The elements of one token.
  ///
  /// - Precondition: the row has two axes, and the token is one of them.
  func token(_ place: Int) -> [Float] {
    Array(elements[place * lengths[1]..<(place + 1) * lengths[1]])
  }
}
