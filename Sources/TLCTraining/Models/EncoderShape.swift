/// The sizes of a Transformer encoder whose layers normalize what they are given: RoBERTa's, with
/// the norms before (pre-norm).
public struct EncoderShape: Equatable, Sendable {
  /// How many tokens there are.
  public var vocabularyCount: Int
  /// The numbers of a token between layers.
  public var width: Int
  /// How many layers there are.
  public var depth: Int
  /// How many heads an attention has; they divide the width.
  public var headCount: Int
  /// The numbers of a token within the layer behind an attention.
  public var innerWidth: Int
  /// The most tokens of a text.
  public var sequenceCount: Int
  /// The id of the token that fills short texts up; positions of others start behind it.
  public var paddingID: Int
  /// Is added to variances.
  public var epsilon: Float
  /// How tokens' places are known.
  public var positions: PositionKind

  /// A shape; heads of 32 or 64 numbers and an inner width of four times the width where nothing is
  /// said.
  public init(
    vocabularyCount: Int, width: Int, depth: Int, headCount: Int? = nil, innerWidth: Int? = nil,
    sequenceCount: Int = 128, paddingID: Int = 1, epsilon: Float = 1e-5,
    positions: PositionKind = .learned
  ) {
    self.vocabularyCount = vocabularyCount
    self.width = width
    self.depth = depth
    self.headCount = headCount ?? max(1, width / (width >= 512 ? 64 : 32))
    self.innerWidth = innerWidth ?? 4 * width
    self.sequenceCount = sequenceCount
    self.paddingID = paddingID
    self.epsilon = epsilon
    self.positions = positions
  }

  /// The rows of the table of positions: those up to the padding's are not used.
  public var positionCount: Int { sequenceCount + paddingID + 1 }

  /// The most layers of a side.
  static let greatestDepth = 4096

  /// Requires that there is a model of this shape.
  ///
  /// - Throws: ``TrainingError`` where there is none.
  public func require() throws(TrainingError) {
    for (name, value, greatest) in [
      ("vocabulary", vocabularyCount, 1 << 20), ("width", width, 1 << 20),
      ("depth", depth, Self.greatestDepth), ("heads", headCount, 1 << 20),
      ("inner width", innerWidth, 1 << 20), ("sequence", sequenceCount, 1 << 20),
    ] where !(1...greatest).contains(value) {
      throw .shape("the \(name) is \(value), not 1 to \(greatest)")
    }
    guard width % headCount == 0 else {
      throw .shape("\(headCount) heads do not divide a width of \(width)")
    }
    guard (0..<vocabularyCount).contains(paddingID) else {
      throw .shape("the padding's id is \(paddingID), not below \(vocabularyCount)")
    }
  }

  /// The weights of the layers, without tables and heads.
  public var layerParameterCount: Int {
    depth * (4 * width * width + 2 * width * innerWidth + 9 * width + innerWidth) + 2 * width
  }

  /// The operations of products for a token of a step of training: forward and backward.
  ///
  /// - Parameters:
  ///   - sequence: the tokens of a text.
  ///   - predicted: the share of the tokens that a head of the vocabulary is applied to.
  public func workPerToken(sequence: Int, predicted: Double) -> Double {
    let layers = Double(depth * (4 * width * width + 2 * width * innerWidth))
    let attention = Double(2 * depth * width * sequence)
    let head = Double(width * (width + vocabularyCount)) * predicted
    return 6 * (layers + attention + head)
  }

  /// The operations of products for a text and its translation in a step of training, with a decoder
  /// behind the encoder: forward and backward.
  ///
  /// - Parameters:
  ///   - source: the tokens of the text.
  ///   - target: the tokens of the translation.
  ///   - decoderDepth: the layers of the decoder.
  public func workPerPair(source: Double, target: Double, decoderDepth: Int) -> Double {
    let (wide, square) = (Double(width), Double(width * width))
    let inner = Double(2 * width * innerWidth)
    func layer(_ count: Double) -> Double { count * (4 * square + inner + 2 * wide * count) }
    // Of a decoder's attention to the text, keys and values are the text's.
    let across = 2 * square * (source + target) + 2 * wide * source * target
    let head = target * wide * Double(vocabularyCount)
    return 6
      * (Double(depth) * layer(source) + Double(decoderDepth) * (layer(target) + across) + head)
  }
}
