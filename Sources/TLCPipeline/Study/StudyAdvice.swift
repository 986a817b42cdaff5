internal import Foundation
internal import TLCCore

/// What a study says of a model that is to be trained for a time and stored in a size.
public struct StudyAdvice: Sendable {
  /// A size of model with a way to compress it.
  public struct Choice: Sendable {
    /// Its layers and its width.
    public var shape: StudyPlan.Shape
    /// Its parameters.
    public var parameterCount: Int
    /// The steps of training that the time is enough for.
    public var stepCount: Int
    /// The step where the learning rate begins to fall.
    public var cooldownStep: Int
    /// The name of the way to compress it, as results have it.
    public var way: String
    /// The share of weights that is pruned.
    public var sparsity: Double
    /// The bits of a weight; `nil` where the way has none.
    public var bits: Int?
    /// The bytes of the file, the mean over seeds.
    public var byteCount: Int
    /// The loss of a held-out token that is expected, in nats.
    public var loss: Double
    /// Between the 5th and the 95th percentile of the bootstrap; `nil` where there is one seed.
    public var interval: ClosedRange<Double>?
    /// The share of the bootstrap's samples that choose it; `nil` where there is one seed.
    public var support: Double?
  }

  /// From the best down, one of each shape.
  public var choices: [Choice]
  /// What is beyond what was measured.
  public var warnings: [String]
  /// The root of the mean squared residual of the fit, in nats.
  public var deviation: Double
  /// The fit, to be read: `2.1 + 35 N^-0.4 + 210 D^-0.5`.
  public var formula: String
  /// γ, where what compression costs grows with the tokens *D* of training as *D*^γ; `nil` where it
  /// was not measured at more than one budget, and is taken not to grow.
  public var growth: Double?

  private static let resampleCount = 200

  /// A deviation of the fit, in nats, above which it says little.
  private static let worstDeviation = 0.5

  /// Reads a study's folder.
  ///
  /// - Parameters:
  ///   - folder: of the study.
  ///   - seconds: of training, on the machine of the study.
  ///   - byteCount: that the file is not to exceed.
  /// - Throws: ``StudyError`` where the study has too few results, or none is as small.
  public init(folder: String, seconds: Double, byteCount: Int) throws {
    let table = StudyTable(try StudyRecords(folder: folder))
    let seeds = table.seeds
    guard let longest = table.budgets.last, let shortest = table.budgets.first else {
      throw StudyError(path: folder, "has no trained model yet")
    }
    let options = Self.options(table, at: longest)
    guard let smallest = options.map({ $0.bytes }).min() else {
      throw StudyError(path: folder, "has no compressed model of its longest budget yet")
    }
    guard smallest <= Double(byteCount) else {
      throw StudyError(
        path: folder,
        "has no model of \(byteCount) bytes or less; the smallest has \(Int(smallest))")
    }
    guard let fit = Self.fit(table, seeds) else {
      throw StudyError(path: folder, "has fewer than five trained models, too few to fit")
    }
    let growths = StudyGrowth(table)
    growth = growths.exponent(seeds)
    var best = Self.best(table, options, fit, growth ?? 0, seeds, seconds, byteCount)
    guard !best.isEmpty else {
      throw StudyError(
        path: folder, "has no benchmark of a model with files of \(byteCount) bytes or less")
    }
    var random = SplitMix64(seed: 0)
    var losses: [String: [Double]] = [:]
    var wins: [String: Int] = [:]
    for _ in 0..<Self.resampleCount where seeds.count > 1 {
      let drawn = seeds.map { _ in seeds.randomElement(using: &random) ?? 0 }
      guard let fit = Self.fit(table, drawn) else { continue }
      // Seeds that are not run to the end have no γ of their own.
      let drawnGrowth = growths.exponent(drawn) ?? growth ?? 0
      let found = Self.best(table, options, fit, drawnGrowth, drawn, seconds, byteCount)
      if let first = found.first { wins[first.shape.name, default: 0] += 1 }
      for choice in found { losses[choice.shape.name, default: []].append(choice.loss) }
    }
    for place in best.indices where seeds.count > 1 {
      let name = best[place].shape.name
      let all = losses[name, default: [best[place].loss]].sorted()
      best[place].interval =
        all[Int(Double(all.count - 1) * 0.05)]...all[Int(Double(all.count - 1) * 0.95)]
      best[place].support = Double(wins[name, default: 0]) / Double(Self.resampleCount)
    }
    choices = best
    deviation = fit.deviation
    formula =
      "\(Self.digits(fit.floor)) + \(Self.digits(fit.size.factor)) N^-\(Self.digits(fit.size.exponent))"
      + " + \(Self.digits(fit.data.factor)) D^-\(Self.digits(fit.data.exponent))"
    warnings = []
    if seconds > longest {
      warnings.append(
        "\(Self.digits(seconds)) s of training are \(Self.digits(seconds / longest)) times the"
          + " longest that was measured: losses and what compression costs are extrapolated")
    } else if seconds < shortest {
      warnings.append(
        "\(Self.digits(seconds)) s of training are less than the shortest that was measured")
    }
    if let first = best.first, table.shapes.count > 1 {
      if first.shape == table.shapes.last {
        warnings.append("the largest shape of the study is the best: a larger one may be better")
      } else if first.shape == table.shapes.first {
        warnings.append("the smallest shape of the study is the best: a smaller one may be better")
      }
    }
    if fit.deviation > Self.worstDeviation {
      warnings.append(
        "the fit is off by \(Self.digits(fit.deviation)) nats: its losses say little of these models"
      )
    }
    if growth == nil {
      warnings.append(
        "what compression costs was not measured at two budgets: it is taken to be as at the longest"
      )
    }
    if seeds.count < 3 {
      warnings.append(
        seeds.count == 1
          ? "one seed does not say how sure this is"
          : "two seeds are too few to say how sure this is")
    }
  }

  private static func digits(_ value: Double) -> String { String(format: "%.3g", value) }

  private static func fit(_ table: StudyTable, _ seeds: [Int]) -> StudyFit? {
    StudyFit(
      seeds.flatMap { seed in
        table.models.filter { $0.seed == seed }.map {
          .init(parameters: $0.parameterCount, tokens: $0.tokens, loss: $0.validation.loss)
        }
      })
  }

  /// A shape with a way, and what it costs with each seed.
  private struct Option {
    var shape: StudyPlan.Shape
    var way: String
    var sparsity: Double
    var bits: Int?
    var bytes: Double
    var costs: [Int: Double]
  }

  private static func options(_ table: StudyTable, at budget: Double) -> [Option] {
    let all = table.compressed.filter { $0.task == nil && $0.budget == budget }
    return table.shapes.flatMap { shape -> [Option] in
      let own = all.filter { $0.shape == shape }
      let exact = Dictionary(
        own.filter { $0.way == "exact" }.map { ($0.seed, $0.validation.loss) },
        uniquingKeysWith: { first, _ in first })
      return own.map { $0.way }.uniqued.compactMap { way -> Option? in
        let files = own.filter { $0.way == way }
        var costs: [Int: Double] = [:]
        for file in files {
          if let loss = exact[file.seed] { costs[file.seed] = file.validation.loss - loss }
        }
        guard let first = files.first, !costs.isEmpty else { return nil }
        return Option(
          shape: shape, way: way, sparsity: first.sparsity, bits: first.bits,
          bytes: files.reduce(0) { $0 + $1.bytes } / Double(files.count), costs: costs)
      }
    }
  }

  /// The best way of each shape that is small enough, the best shape first.
  private static func best(
    _ table: StudyTable, _ options: [Option], _ fit: StudyFit, _ growth: Double, _ seeds: [Int],
    _ seconds: Double, _ byteCount: Int
  ) -> [Choice] {
    table.shapes.compactMap { shape -> Choice? in
      guard let speed = table.speeds[shape] else { return nil }
      let steps = max(1, Int(min(1e9, seconds / speed.stepSeconds)))
      let tokens = Double(steps) * speed.stepTokens
      let loss = fit.loss(parameters: table.parameters(shape), tokens: tokens)
      let longest = table.models.filter { $0.shape == shape }.map { $0.tokens }.max() ?? tokens
      let scale = pow(tokens / longest, growth)
      func cost(_ option: Option) -> Double {
        let costs = seeds.compactMap { option.costs[$0] }
        return costs.isEmpty ? .infinity : scale * costs.reduce(0, +) / Double(costs.count)
      }
      let fitting = options.filter { $0.shape == shape && $0.bytes <= Double(byteCount) }
      guard let option = fitting.min(by: { cost($0) < cost($1) }), cost(option).isFinite else {
        return nil
      }
      let expected = loss + cost(option)
      return Choice(
        shape: shape, parameterCount: Int(table.parameters(shape)), stepCount: steps,
        cooldownStep: steps - Int((Double(steps) * table.cooldownShare).rounded(.up)),
        way: option.way,
        sparsity: option.sparsity, bits: option.bits, byteCount: Int(option.bytes),
        loss: expected)
    }.sorted { $0.loss < $1.loss }
  }
}
