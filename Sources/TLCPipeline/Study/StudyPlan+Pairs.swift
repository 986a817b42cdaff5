internal import TLCTraining

extension StudyPlan {
  /// Texts with their translations.
  public struct Pairs: Equatable, Sendable {
    /// What is learnt from.
    public var training: ParallelTexts.Files
    /// What choices are made with.
    public var validation: ParallelTexts.Files
    /// What results are reported of.
    public var test: ParallelTexts.Files

    /// Pairs of these files.
    public init(
      training: ParallelTexts.Files, validation: ParallelTexts.Files, test: ParallelTexts.Files
    ) {
      self.training = training
      self.validation = validation
      self.test = test
    }
  }

  /// Every file that models learn from or are measured with.
  public var files: [String] {
    guard let pairs else { return texts + tasks.flatMap { $0.files } }
    return [pairs.training, pairs.validation, pairs.test].flatMap { $0.paths }
  }

  /// What stands on the encoder of a shape: of translations, a decoder of as many layers.
  func head(_ shape: Shape) -> TrainedHead {
    pairs == nil ? .maskedTokens : .decoder(depth: shape.depth)
  }

  /// Names of tables of tokens and positions, which are rounded, and not pruned.
  var tablePattern: String {
    pairs == nil ? "_embeddings" : #"\.(shared|embed_positions)\."#
  }

  /// The operations of a step's products on a text and its translation of so many tokens.
  func pairWork(_ shape: Shape, source: Double, target: Double) -> Double {
    encoderShape(shape).workPerPair(source: source, target: target, decoderDepth: shape.depth)
  }
}

extension ParallelTexts.Files {
  /// The paths of the files.
  var paths: [String] { isTable ? [source] : [source, target] }
}
