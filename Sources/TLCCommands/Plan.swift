import ArgumentParser
import Foundation
import TLC

/// `tlc plan --train-time 2h --deploy-size 4MiB --study FOLDER`.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what to train and how to compress it, from a study's results.",
    discussion: """
      Fits the losses of a study against parameters and tokens, turns the time into steps by the \
      study's benchmarks, and adds what each way to compress costs, which grows with training, \
      where the file is small enough. How sure it is comes from a bootstrap over seeds; what is \
      beyond what was measured is said.
      """)

  @Option(help: ArgumentHelp("How long to train: 90s, 30m, 2h, 3d.", valueName: "time"))
  var trainTime: Time

  @Option(help: ArgumentHelp("The most bytes of the file: 4MiB, 500kB.", valueName: "size"))
  var deploySize: ByteSize

  @Option(
    help: ArgumentHelp("The folder of a study.", valueName: "folder"), completion: .directory)
  var study: String

  @Flag(help: "Print JSON.")
  var json = false

  /// A number of seconds with an optional unit.
  struct Time: ExpressibleByArgument {
    var seconds: Double

    init?(argument: String) {
      for (unit, factor) in [
        ("min", 60.0), ("m", 60), ("h", 3600), ("d", 86_400), ("s", 1), ("", 1),
      ]
      where argument.hasSuffix(unit) {
        guard let number = Double(argument.dropLast(unit.count)), number > 0, number < 1e9 else {
          return nil
        }
        seconds = number * factor
        return
      }
      return nil
    }
  }

  func run() throws {
    try reportingErrors {
      let advice = try StudyAdvice(
        folder: study, seconds: trainTime.seconds, byteCount: deploySize.byteCount)
      if json { return try printJSON(AdviceJSON(advice)) }
      guard let best = advice.choices.first else { return }
      print(
        "train depth \(best.shape.depth), width \(best.shape.width) (\(best.parameterCount) weights)"
          + " for \(best.stepCount) steps, the rate falling from step \(best.cooldownStep)")
      print("compress \(best.way): \(Format.bytes(best.byteCount))")
      let interval = best.interval.map {
        ", \(Format.fixed($0.lowerBound, 3)) to \(Format.fixed($0.upperBound, 3))"
      }
      let support = best.support.map { "; best in \(Format.percent($0)) of resampled seeds" }
      print("expected loss \(Format.fixed(best.loss, 3))\(interval ?? "")\(support ?? "")")
      for choice in advice.choices.dropFirst().prefix(4) {
        let support = choice.support.map { ", best in \(Format.percent($0))" }
        print(
          "else depth \(choice.shape.depth), width \(choice.shape.width), \(choice.way):"
            + " \(Format.bytes(choice.byteCount)), loss \(Format.fixed(choice.loss, 3))\(support ?? "")"
        )
      }
      print("fit: \(advice.formula), off by \(Format.fixed(advice.deviation, 3)) nats")
      if let growth = advice.growth {
        print("what compression costs: grows as D^\(Format.fixed(growth, 2))")
      }
      for warning in advice.warnings { Terminal.printError("note: \(warning)") }
    }
  }
}

private struct AdviceJSON: Encodable {
  struct ChoiceJSON: Encodable {
    var depth, width, parameters, steps, cooldownStep, bytes: Int
    var way: String
    var sparsity, loss: Double
    var lowLoss, highLoss, support: Double?
    var bits: Int?
  }

  var choices: [ChoiceJSON]
  var warnings: [String]
  var deviation: Double
  var formula: String
  var growth: Double?

  init(_ advice: StudyAdvice) {
    choices = advice.choices.map {
      ChoiceJSON(
        depth: $0.shape.depth, width: $0.shape.width, parameters: $0.parameterCount,
        steps: $0.stepCount, cooldownStep: $0.cooldownStep, bytes: $0.byteCount, way: $0.way,
        sparsity: $0.sparsity, loss: $0.loss, lowLoss: $0.interval?.lowerBound,
        highLoss: $0.interval?.upperBound, support: $0.support, bits: $0.bits)
    }
    warnings = advice.warnings
    deviation = advice.deviation
    formula = advice.formula
    growth = advice.growth
  }
}
