internal import TLCCore

/// The results of a study as numbers, by model and by way to compress.
struct StudyTable {
  /// A model after a cooldown.
  struct Model {
    var shape: StudyPlan.Shape
    var seed: Int
    var budget: Double
    var parameterCount: Double
    var tokens: Double
    var flops: Double
    var validation: Score
    var test: Score
  }

  /// A model that was trained on a task.
  struct FineTuned {
    var shape: StudyPlan.Shape
    var seed: Int
    var task: String
    var validation: Score
  }

  /// A compressed file.
  struct Compressed {
    var shape: StudyPlan.Shape
    var seed: Int
    var budget: Double
    var task: String?
    var way: String
    var pruning: String
    var sparsity: Double
    var bits: Int?
    var bytes: Double
    /// Of those, what tensors take.
    var tensorBytes: Double
    /// Numbers that are not 0.
    var nonzero: Double
    var validation: Score
    var test: Score
    /// ‖W − Ŵ‖² / ‖W‖² of all matrices together.
    var error: Double
    /// The same of each matrix, the mean of those of a kind.
    var errors: [String: Double]
  }

  /// How good a model is.
  struct Score {
    var loss: Double
    var accuracy: Double
    /// What it is the sum of; empty where that was not kept.
    var blocks: [Block] = []
  }

  /// Texts that are measured together.
  struct Block {
    /// The sum of the labels' losses.
    var loss: Double
    var labelCount: Double
  }

  /// A measurement of a training on its way.
  struct Point {
    var step: Double
    var seconds: Double
    var flops: Double
    var loss: Double
  }

  /// A shape's benchmark.
  struct Speed {
    var stepSeconds: Double
    var stepTokens: Double
    var parameterCount: Double
    var layerParameterCount: Double
    var gigaflops: Double
  }

  /// A short training at one learning rate.
  struct RateCheck {
    var shape: StudyPlan.Shape
    /// As the plan has it, and of this width.
    var rate, peak: Double
    var validation: Double
  }

  /// A model that was pruned step by step.
  struct Recovery {
    var shape: StudyPlan.Shape
    var seed: Int
    var task: String
    var levels: [Level]
  }

  /// A step of pruning, with what training brought back.
  struct Level {
    var sparsity: Double
    var before: Double
    var after: Double
    var epochs: Double
  }

  /// Which file it is; of files that were not pruned step by step, `recovered` is 0.
  private struct Key: Hashable {
    var shape: StudyPlan.Shape
    var seed: Int
    var budget: Double
    var task: String?
    var way: String
    var recovered: Double

    init(_ file: Compressed, way: String) {
      (shape, seed, budget, task) = (file.shape, file.seed, file.budget, file.task)
      self.way = way
      recovered = file.pruning == "iterative" ? file.sparsity : 0
    }

    init(_ model: Model, way: String) {
      (shape, seed, budget, task, recovered) = (model.shape, model.seed, model.budget, nil, 0)
      self.way = way
    }
  }

  var models: [Model] = []
  var tuned: [FineTuned] = []
  var compressed: [Compressed] = []
  var rateChecks: [RateCheck] = []
  /// What sizes of steps are worth.
  var batches = StudyBatches()
  /// How good translations are.
  var translations = StudyTranslations()
  var recoveries: [Recovery] = []
  var speeds: [StudyPlan.Shape: Speed] = [:]
  /// By shape and seed.
  var curves: [StudyPlan.Shape: [Int: [Point]]] = [:]
  /// Shapes with a trained model, by the number of their parameters.
  private(set) var shapes: [StudyPlan.Shape] = []
  /// Seeds in order.
  private(set) var seeds: [Int] = []
  /// Budgets in order.
  private(set) var budgets: [Double] = []
  /// The share of a training's steps over which its rate falls.
  let cooldownShare: Double
  private var parameterCounts: [StudyPlan.Shape: Double] = [:]
  private var layerParameterCounts: [StudyPlan.Shape: Double] = [:]
  private var places: [Key: Int] = [:]

  init(_ records: StudyRecords) {
    (batches, translations) = (StudyBatches(records), StudyTranslations(records))
    cooldownShare = StudyPlan.cooldownShare(ofIdentity: records.heading["plan"]?.text ?? "")
    for record in records.all where record["failed"] == nil { append(record) }
    for (shape, speed) in speeds {
      parameterCounts[shape] = speed.parameterCount
      layerParameterCounts[shape] = speed.layerParameterCount
    }
    for model in models { parameterCounts[model.shape] = model.parameterCount }
    shapes = models.map { $0.shape }.uniqued.sorted {
      (parameters($0), $0.depth) < (parameters($1), $1.depth)
    }
    seeds = Set(models.map { $0.seed }).sorted()
    budgets = Set(models.map { $0.budget }).sorted()
    for (place, file) in compressed.enumerated() {
      let key = Key(file, way: file.way)
      if places[key] == nil { places[key] = place }
    }
  }

  /// The parameters of a shape.
  func parameters(_ shape: StudyPlan.Shape) -> Double { parameterCounts[shape] ?? .nan }

  /// The parameters of a shape's layers, without tables and heads; NaN where it has no benchmark.
  func layerParameters(_ shape: StudyPlan.Shape) -> Double { layerParameterCounts[shape] ?? .nan }

  /// A model of masked tokens.
  func model(_ shape: StudyPlan.Shape, seed: Int, budget: Double) -> Model? {
    models.first { $0.shape == shape && $0.seed == seed && $0.budget == budget }
  }

  /// A compressed model of masked tokens.
  func file(of model: Model, way: String) -> Compressed? {
    places[Key(model, way: way)].map { compressed[$0] }
  }

  /// The file of the same model as it was before it was compressed, which is measured with the same
  /// texts.
  func exact(of file: Compressed) -> Compressed? {
    var key = Key(file, way: "exact")
    key.recovered = 0
    return places[key].map { compressed[$0] }
  }

  /// The weights that were not pruned times bits / 8, 32 where they are not rounded; NaN where they
  /// have no number of bits. Those that rounding makes 0 count.
  func paperBytes(_ file: Compressed) -> Double {
    guard let bits = file.bits else {
      return file.way.contains("trellis") ? .nan : 4 * file.nonzero
    }
    let way = file.pruning == "one-shot" ? "pruned-\(file.sparsity)" : "exact"
    return (places[Key(file, way: way)].map { compressed[$0].nonzero } ?? .nan) * Double(bits) / 8
  }

  /// What a way to compress adds to the loss.
  func drop(_ file: Compressed) -> Double {
    file.test.loss - (exact(of: file)?.test.loss ?? .nan)
  }
}
