internal import TLCCore

extension StudyTable {
  /// Adds a result; what is not known is left out.
  mutating func append(_ record: StrictJSON) {
    guard let depth = record["depth"]?.count, let width = record["width"]?.count else { return }
    let shape = StudyPlan.Shape(depth: depth, width: width)
    let seed = record["seed"]?.count ?? 0
    switch record["kind"]?.text {
    case "benchmark" where record["batch"] == nil:
      speeds[shape] = Speed(
        stepSeconds: record.number("median_seconds"), stepTokens: record.number("step_tokens"),
        parameterCount: record.number("parameters"),
        layerParameterCount: record.number("layer_parameters"),
        gigaflops: record.number("gflops"))
    case "rate-check":
      rateChecks.append(
        RateCheck(
          shape: shape, rate: record.number("rate"),
          peak: record.number(record["peak"] == nil ? "rate" : "peak"),
          validation: record.score("validation").loss))
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
          flops: record.number("flops"), validation: record.score("validation"),
          test: record.testScore))
    case "finetune":
      tuned.append(
        FineTuned(
          shape: shape, seed: seed, task: record["task"]?.text ?? "",
          validation: record.score("validation")))
    case "recover":
      let levels = (record["levels"]?.elements ?? []).map {
        Level(
          // What is pruned is a whole number of weights, near to the share that was asked for.
          sparsity: ($0.number("sparsity") * 100).rounded() / 100, before: $0.number("before"),
          after: $0.number("after"), epochs: $0.number("epochs"))
      }
      recoveries.append(
        Recovery(shape: shape, seed: seed, task: record["task"]?.text ?? "", levels: levels))
    case "compress": compressed.append(Compressed(record, shape: shape, seed: seed))
    default: break
    }
  }
}

extension StudyTable.Compressed {
  fileprivate init(_ record: StrictJSON, shape: StudyPlan.Shape, seed: Int) {
    (self.shape, self.seed) = (shape, seed)
    budget = record.number("budget")
    task = record["task"]?.text
    way = record["way"]?.text ?? ""
    pruning = record["pruning"]?.text ?? "none"
    sparsity = record.number("sparsity")
    bits = record["bits"]?.count
    bytes = record.number("bytes")
    tensorBytes = record.number("tensor_bytes")
    nonzero = record.number("nonzero")
    validation = record.score("validation")
    test = record.testScore
    error = record.number("error")
    errors = Dictionary(
      (record["errors"]?.members ?? []).compactMap { kind, value in
        value.double.map { (kind, $0) }
      }, uniquingKeysWith: { first, _ in first })
  }
}

extension StrictJSON {
  /// A number of a key; NaN where there is none.
  fileprivate func number(_ key: String) -> Double { self[key]?.double ?? .nan }

  fileprivate func score(_ key: String) -> StudyTable.Score {
    StudyTable.Score(
      loss: self[key]?.number("loss") ?? .nan, accuracy: self[key]?.number("accuracy") ?? .nan)
  }

  /// The measurement of test texts, which alone has blocks.
  fileprivate var testScore: StudyTable.Score {
    var score = score("test")
    score.blocks = (self["blocks"]?.elements ?? []).map {
      let numbers = ($0.elements ?? []).map { $0.double ?? .nan }
      return StudyTable.Block(loss: numbers.first ?? .nan, labelCount: numbers.last ?? .nan)
    }
    return score
  }
}
