internal import TLCCompress
internal import TLCCore

/// A piece of a study's work: it is done as a whole, and has one line of results.
public struct StudyJob: Equatable, Sendable {
  /// What is done.
  public enum Work: Equatable, Sendable {
    /// Steps of a shape are timed.
    case benchmark(StudyPlan.Shape)
    /// Steps of another size than the study's are timed.
    case batchBenchmark(StudyPlan.Shape, batch: Int)
    /// A short training with another learning rate.
    case rateCheck(StudyPlan.Shape, rate: Float, seed: UInt64)
    /// A short training with steps of another size.
    case batchCheck(StudyPlan.Shape, batch: Int, seed: UInt64)
    /// A training at a constant rate, up to where the last cooldown begins.
    case train(StudyPlan.Shape, seed: UInt64)
    /// The cooldown of a training at a budget.
    case cooldown(StudyModel)
    /// A training of a model on a task.
    case fineTune(StudyModel)
    /// Pruning step by step, with training on a task after each.
    case recover(StudyModel)
    /// A model is compressed, and measured again.
    case compress(StudyModel, CompressionWay)
  }

  /// What is done.
  public var work: Work
  /// The names of the jobs that must be done before.
  public var needs: [String]

  /// The job's name, which no other has.
  public var name: String {
    switch work {
    case .benchmark(let shape): "benchmark-\(shape.name)"
    case .batchBenchmark(let shape, let batch): "benchmark-\(shape.name)-b\(batch)"
    case .batchCheck(let shape, let batch, let seed): "batch-\(shape.name)-s\(seed)-b\(batch)"
    case .rateCheck(let shape, let rate, let seed): "rate-\(shape.name)-s\(seed)-r\(rate)"
    case .train(let shape, let seed): "train-\(shape.name)-s\(seed)"
    case .cooldown(let model): "cooldown-\(model.name)"
    case .fineTune(let model): "finetune-\(model.name)"
    case .recover(let model): "recover-\(model.name)"
    case .compress(let model, let way): "compress-\(model.name)-\(way.name)"
    }
  }

  /// The kind of work, as results name it.
  public var kind: String {
    switch work {
    case .benchmark, .batchBenchmark: "benchmark"
    case .batchCheck: "batch-check"
    case .rateCheck: "rate-check"
    case .train: "train"
    case .cooldown: "cooldown"
    case .fineTune: "finetune"
    case .recover: "recover"
    case .compress: "compress"
    }
  }

  /// Whether it times steps.
  var isTimed: Bool { kind == "benchmark" }

  /// The seed that it is of; `nil` for a benchmark.
  public var seed: UInt64? {
    switch work {
    case .benchmark, .batchBenchmark: nil
    case .rateCheck(_, _, let seed), .batchCheck(_, _, let seed), .train(_, let seed): seed
    case .cooldown(let model), .fineTune(let model), .recover(let model), .compress(let model, _):
      model.seed
    }
  }

  /// The shape that it is of.
  var shape: StudyPlan.Shape {
    switch work {
    case .benchmark(let shape), .batchBenchmark(let shape, _), .rateCheck(let shape, _, _),
      .batchCheck(let shape, _, _), .train(let shape, _):
      shape
    case .cooldown(let model), .fineTune(let model), .recover(let model), .compress(let model, _):
      model.shape
    }
  }
}

extension StudyJob {
  /// The path in a study's folder of the file that it reads, which one of its needs has written.
  var input: String? {
    switch work {
    case .benchmark, .batchBenchmark, .rateCheck, .batchCheck, .train: return nil
    case .cooldown(let model): return model.branchPath
    case .fineTune(var model):
      model.task = nil
      return model.path
    case .recover(let model), .compress(let model, _): return model.path
    }
  }
}

/// A model of a study, which is a file of its folder.
public struct StudyModel: Equatable, Sendable {
  /// Its sizes.
  public var shape: StudyPlan.Shape
  /// What it was trained with.
  public var seed: UInt64
  /// The seconds of its training.
  public var budget: Double
  /// The task that it was fine-tuned on; `nil` for a model of masked tokens.
  public var task: String?
  /// The share that was pruned step by step; `nil` for none.
  public var recovered: Double?

  /// `d4-w128-s1-60s-trec-recovered-0.45`.
  public var name: String {
    "\(shape.name)-s\(seed)-\(Self.text(budget))s" + (task.map { "-\($0)" } ?? "")
      + (recovered.map { "-recovered-\($0)" } ?? "")
  }

  /// The path in a study's folder.
  var path: String { "models/\(name).tlcq" }

  /// The path there of the state that its cooldown begins with.
  var branchPath: String { "states/branch-\(name).tlcq" }

  /// A number without a fraction where it has none.
  static func text(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}

/// A way to compress a model.
public struct CompressionWay: Equatable, Sendable {
  /// How weights are rounded.
  public enum Rounding: Equatable, Sendable {
    /// Not at all.
    case none
    /// From the least to the greatest value of a matrix, as Li et al. (2020).
    case minMax(bits: Int)
    /// Trellis with calibration, at a step in units of the RMS.
    case trellis(step: Double)
  }

  /// The share that is pruned at once, of all matrices together; 0 for none.
  public var sparsity: Double
  /// How weights are rounded.
  public var rounding: Rounding

  /// `pruned-0.3-min-max-4`, and `exact` where nothing is done.
  public var name: String {
    var parts = sparsity > 0 ? ["pruned-\(sparsity)"] : []
    switch rounding {
    case .none: break
    case .minMax(let bits): parts.append("min-max-\(bits)")
    case .trellis(let step): parts.append("trellis-\(step)")
    }
    return parts.isEmpty ? "exact" : parts.joined(separator: "-")
  }

  /// The recipe.
  ///
  /// - Parameter tables: a regular expression of the names of tables of tokens and positions, which
  ///   are rounded, and not pruned.
  public func recipe(tables: String) -> Recipe {
    let quantize: RecipeStep? =
      switch rounding {
      case .none: nil
      case .minMax(let bits):
        RecipeStep(method: "min-max", parameters: ["bits": .integer(bits)])
      case .trellis(let step):
        RecipeStep(method: "trellis", parameters: ["step": .number(step)])
      }
    var rules: [RecipeRule] = []
    if sparsity > 0 {
      rules.append(
        RecipeRule(match: RecipeMatch(name: tables, rank: 2...2), quantize: quantize))
      rules.append(
        RecipeRule(
          match: .floatingMatrices,
          prune: RecipeStep(
            method: "magnitude",
            parameters: ["sparsity": .number(sparsity), "scope": .text("global")]),
          quantize: quantize))
    } else if quantize != nil {
      rules.append(RecipeRule(match: .floatingMatrices, quantize: quantize))
    }
    return Recipe(rules: rules)
  }
}

extension StudyPlan {
  /// The levels of iterative pruning, as the paper has them.
  var recoveredSparsities: [Double] {
    Array([0.15, 0.3, 0.45, 0.6, 0.75, 0.9].prefix(compression.levelCount))
  }

  /// Every job: benchmarks first, then all jobs of a shape and a seed after those of another, in an
  /// order that is drawn; a job may stand before what it needs.
  public var jobs: [StudyJob] {
    var chains: [[StudyJob]] = []
    for shape in shapes {
      let benchmark = "benchmark-\(shape.name)"
      for seed in seeds {
        var jobs: [StudyJob] = []
        let training = StudyJob(work: .train(shape, seed: seed), needs: [benchmark])
        jobs.append(training)
        for budget in budgets {
          let model = StudyModel(shape: shape, seed: seed, budget: budget)
          let cooldown = StudyJob(work: .cooldown(model), needs: [training.name])
          jobs.append(cooldown)
          let isLast = budget == budgets.last
          jobs += compressions(
            of: model, isLast ? compression.steps : [],
            sparsities: isLast ? compression.sparsities : [], needs: cooldown.name)
          for task in tasks where isLast {
            jobs += self.jobs(of: task, model, needs: cooldown.name)
          }
        }
        chains.append(jobs)
      }
    }
    for shape in rateCheck?.shapes ?? [] {
      for rate in rateCheck?.rates ?? [] {
        let check = StudyJob(
          work: .rateCheck(shape, rate: rate, seed: seeds[0]), needs: ["benchmark-\(shape.name)"])
        chains.append([check])
      }
    }
    for shape in batchCheck?.shapes ?? [] {
      for batch in batchCheck?.batches ?? [] {
        let check = StudyJob(
          work: .batchCheck(shape, batch: batch, seed: seeds[0]),
          needs: [benchmark(shape, batch: batch).name])
        chains.append([check])
      }
    }
    var random = SplitMix64(seed: orderSeed)
    return benchmarks.shuffled(using: &random)
      + chains.shuffled(using: &random).flatMap { $0.shuffled(using: &random) }
  }

  /// The job that times steps of a size.
  func benchmark(_ shape: Shape, batch: Int) -> StudyJob {
    StudyJob(
      work: batch == batchCount ? .benchmark(shape) : .batchBenchmark(shape, batch: batch),
      needs: [])
  }

  private var benchmarks: [StudyJob] {
    let shapes = (shapes + (rateCheck?.shapes ?? [])).uniqued
    let checked = batchCheck?.shapes ?? []
    let all =
      shapes.map { benchmark($0, batch: batchCount) }
      + checked.flatMap { shape in
        (batchCheck?.batches ?? []).map { benchmark(shape, batch: $0) }
      }
    var names: Set<String> = []
    return all.filter { names.insert($0.name).inserted }
  }

  private func jobs(of task: Task, _ model: StudyModel, needs: String) -> [StudyJob] {
    var tuned = model
    tuned.task = task.name
    let tuning = StudyJob(work: .fineTune(tuned), needs: [needs])
    var jobs =
      [tuning]
      + compressions(
        of: tuned, compression.steps, sparsities: task.isPruned ? compression.sparsities : [],
        needs: tuning.name)
    guard task.isRecovered else { return jobs }
    let recovery = StudyJob(work: .recover(tuned), needs: [tuning.name])
    jobs.append(recovery)
    for sparsity in recoveredSparsities {
      var recovered = tuned
      recovered.recovered = sparsity
      jobs += compressions(of: recovered, [], sparsities: [], needs: recovery.name)
    }
    return jobs
  }

  /// Ways to compress a model: as it is, with all bits, with some steps, and pruned at once.
  private func compressions(
    of model: StudyModel, _ steps: [Double], sparsities: [Double], needs: String
  ) -> [StudyJob] {
    let roundings =
      compression.bits.map { CompressionWay.Rounding.minMax(bits: $0) }
      + steps.map { .trellis(step: $0) }
    var ways = ([.none] + roundings).map { CompressionWay(sparsity: 0, rounding: $0) }
    for sparsity in sparsities {
      ways.append(CompressionWay(sparsity: sparsity, rounding: .none))
      guard compression.bothSparsities.contains(sparsity) else { continue }
      ways += roundings.map { CompressionWay(sparsity: sparsity, rounding: $0) }
    }
    return ways.map { StudyJob(work: .compress(model, $0), needs: [needs]) }
  }
}
