internal import TLCCore

/// What a study of translations found, in BLEU.
struct StudyTranslations: Sendable {
  /// A model after a cooldown.
  struct Model: Sendable {
    var shape: StudyPlan.Shape
    var seed: Int
    var budget: Double
    var seconds: Double
    var parameterCount: Double
    var layerParameterCount: Double
    var validation: Double
    var test: Double
  }

  /// A compressed file.
  struct File: Sendable {
    var shape: StudyPlan.Shape
    var seed: Int
    var budget: Double
    var way: String
    var bytes: Double
    var test: Double
  }

  var models: [Model] = []
  var files: [File] = []

  init() {}

  init(_ records: StudyRecords) {
    for record in records.all {
      guard let depth = record["depth"]?.count, let width = record["width"]?.count,
        let test = record["test"]?["bleu"]?.double
      else { continue }
      func number(_ key: String) -> Double { record[key]?.double ?? .nan }
      let shape = StudyPlan.Shape(depth: depth, width: width)
      let seed = record["seed"]?.count ?? 0
      switch record["kind"]?.text {
      case "cooldown":
        models.append(
          Model(
            shape: shape, seed: seed, budget: number("budget"), seconds: number("seconds"),
            parameterCount: number("parameters"),
            layerParameterCount: number("layer_parameters"),
            validation: record["validation"]?["bleu"]?.double ?? .nan, test: test))
      case "compress":
        files.append(
          File(
            shape: shape, seed: seed, budget: number("budget"), way: record["way"]?.text ?? "",
            bytes: number("bytes"), test: test))
      default: break
      }
    }
  }
}
