public import TLCTraining

/// What a study trains, compresses and measures: `formats/study.md`.
public struct StudyPlan: Equatable, Sendable {
  /// The sizes of an encoder that the study varies.
  public struct Shape: Hashable, Sendable {
    /// Its layers.
    public var depth: Int
    /// The numbers of a token between layers.
    public var width: Int

    /// These sizes.
    public init(depth: Int, width: Int) {
      self.depth = depth
      self.width = width
    }

    /// `d4-w128`.
    public var name: String { "d\(depth)-w\(width)" }
  }

  /// Texts with labels that models are fine-tuned on.
  public struct Task: Equatable, Sendable {
    /// Its name, of letters, digits and `-`.
    public var name: String
    /// The file to learn from.
    public var training: String
    /// The file that choices are made with.
    public var validation: String
    /// The file that results are reported of.
    public var test: String
    /// How often a text is read.
    public var epochCount = 3
    /// The greatest learning rate.
    public var rate: Float = 3e-4
    /// The texts of a step.
    public var batchCount = 32
    /// The share of numbers left out by chance.
    public var dropout: Float = 0.1
    /// The most texts of each file that a model is measured with, evenly spread; `nil` for all.
    public var measuredCount: Int?
    /// Whether models are pruned at all.
    public var isPruned = true
    /// Whether models are pruned step by step and trained on it after each.
    public var isRecovered = false

    /// What all results of the task have in common.
    var identity: String {
      "\(name) of \(measuredCount.map { "\($0)" } ?? "all") texts, epochs \(epochCount), rate"
        + " \(rate), batch \(batchCount), dropout \(dropout)"
    }

    /// The files.
    var files: [String] { [training, validation, test] }

    /// A task of three files.
    public init(name: String, training: String, validation: String, test: String) {
      self.name = name
      self.training = training
      self.validation = validation
      self.test = test
    }
  }

  /// Short trainings that tell whether one learning rate serves all sizes.
  public struct RateCheck: Equatable, Sendable {
    /// The rates.
    public var rates: [Float]
    /// The sizes.
    public var shapes: [Shape]
    /// The seconds of each training.
    public var budget: Double
  }

  /// Trainings of equal seconds with steps of many sizes.
  public struct BatchCheck: Equatable, Sendable {
    /// The texts of a step.
    public var batches: [Int]
    /// The sizes.
    public var shapes: [Shape]
    /// The seconds of each training.
    public var budget: Double

    /// Trainings of these sizes.
    public init(batches: [Int], shapes: [Shape], budget: Double) {
      self.batches = batches
      self.shapes = shapes
      self.budget = budget
    }
  }

  /// How models are compressed.
  public struct Compression: Equatable, Sendable {
    /// Bits of the paper's quantizer: least to greatest value of a matrix.
    public var bits: [Int] = []
    /// Steps of this package's best: trellis with calibration, in units of a matrix's RMS.
    public var steps: [Double] = []
    /// Shares of the weights that are pruned at once.
    public var sparsities: [Double] = []
    /// Of those, the ones that are quantized too, with all bits and steps.
    public var bothSparsities: [Double] = []
    /// How many levels of 15% models of tasks with ``Task/isRecovered`` are pruned by.
    public var levelCount = 6
    /// The texts that calibration reads.
    public var sampleCount = 64
    /// Whether compressed files stay.
    public var keepsFiles = false
  }

  /// The text files to learn from.
  public var texts: [String] = []
  /// Texts with their translations, in the place of those; models then have a decoder of as many
  /// layers.
  public var pairs: Pairs?
  /// The share of each that is held out, from its end.
  public var heldOut = 0.05
  /// The tokens of the vocabulary.
  public var vocabularyCount = 4096
  /// The sizes of models.
  public var shapes: [Shape] = []
  /// A training of each size for each of these.
  public var seeds: [UInt64] = [1, 2, 3]
  /// The tokens of a text.
  public var sequenceCount = 128
  /// How encoders know where tokens stand.
  public var positions = PositionKind.learned
  /// The texts or pairs of a step.
  public var batchCount = 16
  /// Whether a step has pairs of like lengths of at most so many tokens on a side instead.
  public var countsTokens = false
  /// The learning rate.
  public var rate: Float = 1e-3
  /// The width that rates are of: those of other widths go with the inverse of its root. `nil` for one
  /// rate for all.
  public var rateWidth: Int?
  /// The share of numbers left out by chance.
  public var dropout: Float = 0.1
  /// What of a target is spread over all labels.
  public var labelSmoothing: Float = 0
  /// What of a matrix, times the rate, a step takes off.
  public var decay: Float = 0.01
  /// The steps over which the rate rises, the same for all sizes; at most half of the shortest
  /// budget's.
  public var warmupCount = 50
  /// The share of a budget's steps over which the rate falls to 0.
  public var cooldownShare = 0.2
  /// Seconds of training, ascending.
  public var budgets: [Double] = []
  /// The seconds after which a training's state is kept.
  public var stateInterval = 60.0
  /// The steps that a benchmark takes.
  public var benchmarkStepCount = 100
  /// The check of learning rates, if there is one.
  public var rateCheck: RateCheck?
  /// The check of batch sizes, if there is one.
  public var batchCheck: BatchCheck?
  /// The held-out texts that models are measured with.
  public var measuredCount = 512
  /// The held-out texts that compressed models are measured with.
  public var compressedMeasuredCount = 256
  /// How often a training is measured on its way.
  public var pointCount = 16
  /// The held-out texts that it is measured with there.
  public var pointMeasuredCount = 128
  /// The held-out texts whose translations are compared with others, of validation and of test each.
  public var bleuCount = 256
  /// What models are fine-tuned on.
  public var tasks: [Task] = []
  /// How they are compressed.
  public var compression = Compression()
  /// What the order of jobs is drawn from.
  public var orderSeed: UInt64 = 0

  /// A plan of nothing; the rest is set through its properties.
  public init() {}

  /// What all results of a folder have in common, but for the texts: a study with another is
  /// refused there.
  var identity: String {
    (pairs == nil ? "" : "translation, BLEU of \(bleuCount), ")
      + "vocabulary \(vocabularyCount), sequence \(sequenceCount), batch \(batchCount)"
      + (countsTokens ? " tokens" : "")
      + (positions == .learned ? "" : ", positions \(positions.rawValue)") + ", rate \(rate)"
      + (rateWidth.map { " at width \($0), with its root," } ?? ",")
      + (labelSmoothing > 0 ? " label smoothing \(labelSmoothing)," : "")
      + " dropout \(dropout), decay \(decay), warmup \(warmupCount), cooldown \(cooldownShare),"
      + " held out \(heldOut), first budget \(budgets.first ?? 0), measured \(measuredCount) and"
      + " \(compressedMeasuredCount), \(pointCount) points of \(pointMeasuredCount), calibration"
      + " \(compression.sampleCount)" + tasks.map { ", task \($0.identity)" }.joined()
  }

  /// The share of steps that a cooldown has, as ``identity`` says it.
  static func cooldownShare(ofIdentity identity: String) -> Double {
    let said = identity.split(separator: ", ").first { $0.hasPrefix("cooldown ") }
    guard let share = said.flatMap({ Double($0.dropFirst("cooldown ".count)) }),
      (0.01...0.5).contains(share)
    else { return StudyPlan().cooldownShare }
    return share
  }

  /// The shapes' encoder.
  public func encoderShape(_ shape: Shape) -> EncoderShape {
    EncoderShape(
      vocabularyCount: vocabularyCount, width: shape.width, depth: shape.depth,
      sequenceCount: sequenceCount, positions: positions)
  }

  /// A learning rate of ``rateWidth``, for a shape: with the inverse of the root of the width, as
  /// Transformers were first trained (Vaswani et al., 2017).
  func rate(_ rate: Float, for shape: Shape) -> Float {
    rateWidth.map { rate * (Float($0) / Float(shape.width)).squareRoot() } ?? rate
  }

  /// The learning rate of steps of another size: it goes with the root of the texts of a step, as the
  /// deviation of their mean gradient goes with its inverse.
  func rate(batch: Int) -> Float {
    rate * (Float(batch) / Float(batchCount)).squareRoot()
  }

  /// Steps and the place where the rate begins to fall, of a budget at a time a step.
  func steps(of budget: Double, stepSeconds: Double) -> (count: Int, branch: Int) {
    let count = max(2, Int(min(1e9, budget / max(1e-9, stepSeconds))))
    return (count, count - max(1, Int((Double(count) * cooldownShare).rounded(.up))))
  }
}
