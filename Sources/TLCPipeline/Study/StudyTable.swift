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
    var validation: Double
    var test: Double
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
    var validation: Score
    var test: Score
    /// ‖W − Ŵ‖² / ‖W‖², the mean of all kinds of matrices.
    var error: Double
  }

  /// How good a model is.
  struct Score {
    var loss: Double
    var accuracy: Double
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
    var gigaflops: Double
  }

  var models: [Model] = []
  var compressed: [Compressed] = []
  var speeds: [StudyPlan.Shape: Speed] = [:]
  /// By shape and seed.
  var curves: [StudyPlan.Shape: [Int: [Point]]] = [:]

  init(_ records: StudyRecords) {
    for record in records.all where record["failed"] == nil {
      guard let depth = record["depth"]?.count, let width = record["width"]?.count else { continue }
      let shape = StudyPlan.Shape(depth: depth, width: width)
      let seed = record["seed"]?.count ?? 0
      switch record["kind"]?.text {
      case "benchmark":
        speeds[shape] = Speed(
          stepSeconds: record.number("median_seconds"), stepTokens: record.number("step_tokens"),
          parameterCount: record.number("parameters"), gigaflops: record.number("gflops"))
      case "train":
        curves[shape, default: [:]][seed] = (record["points"]?.elements ?? []).map {
          Point(
            step: $0.number("step"), seconds: $0.number("seconds"), flops: $0.number("flops"),
            loss: $0["validation"]?.number("loss") ?? .nan)
        }
      case "cooldown":
        models.append(
          Model(
            shape: shape, seed: seed, budget: record.number("budget"),
            parameterCount: record.number("parameters"), tokens: record.number("tokens"),
            flops: record.number("flops"), validation: record.score("validation").loss,
            test: record.score("test").loss))
      case "compress":
        let errors = (record["errors"]?.members ?? []).compactMap { $0.value.double }
        compressed.append(
          Compressed(
            shape: shape, seed: seed, budget: record.number("budget"), task: record["task"]?.text,
            way: record["way"]?.text ?? "", pruning: record["pruning"]?.text ?? "none",
            sparsity: record.number("sparsity"), bits: record["bits"]?.count,
            bytes: record.number("bytes"), validation: record.score("validation"),
            test: record.score("test"),
            error: errors.reduce(0, +) / Double(max(1, errors.count))))
      default: break
      }
    }
  }

  /// Shapes with a trained model, by the number of their parameters.
  var shapes: [StudyPlan.Shape] {
    models.map { $0.shape }.uniqued.sorted { parameters($0) < parameters($1) }
  }

  /// Seeds in order.
  var seeds: [Int] { Set(models.map { $0.seed }).sorted() }

  /// Budgets in order.
  var budgets: [Double] { Set(models.map { $0.budget }).sorted() }

  /// The parameters of a shape.
  func parameters(_ shape: StudyPlan.Shape) -> Double {
    models.first { $0.shape == shape }?.parameterCount ?? speeds[shape]?.parameterCount ?? .nan
  }
}

extension StrictJSON {
  /// A number of a key; NaN where there is none.
  fileprivate func number(_ key: String) -> Double { self[key]?.double ?? .nan }

  fileprivate func score(_ key: String) -> StudyTable.Score {
    StudyTable.Score(
      loss: self[key]?.number("loss") ?? .nan, accuracy: self[key]?.number("accuracy") ?? .nan)
  }
}
