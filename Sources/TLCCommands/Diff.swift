import ArgumentParser
import TLC

/// `tlc diff A B`.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the decoded values of two checkpoints.",
    discussion:
      "Each may be the index of a set. Ends with status 0 where all tensors are equal, 1 where any differs."
  )

  @Argument(help: "A .tlcq file.", completion: .file(extensions: ["tlcq"]))
  var first: String

  @Argument(
    help: "Another, whose distance from the first is shown.",
    completion: .file(extensions: ["tlcq"]))
  var second: String

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    try reportingErrors {
      let difference = try Checkpoint(path: first).difference(
        from: try Checkpoint(path: second), parallelism: threads.parallelism)
      if json {
        try printJSON(DifferenceJSON(difference))
      } else {
        for line in lines(difference) { Terminal.printLine(line) }
      }
      if !difference.isEmpty { throw ExitStatus.failure }
    }
  }

  private func lines(_ difference: CheckpointDifference) -> [String] {
    var lines = difference.onlyInFirst.map { "only in \(first): \($0)" }
    lines += difference.onlyInSecond.map { "only in \(second): \($0)" }
    lines += difference.reshaped.map { "\($0.name): \($0.first) against \($0.second)" }
    if !difference.changed.isEmpty {
      var table = TextTable([
        ("tensor", .left), ("shape", .left), ("relative RMS", .right), ("max abs", .right),
        ("cosine", .right),
      ])
      for changed in difference.changed {
        table.append([
          changed.name, changed.shape.description,
          Format.scientific(changed.distance.relativeRMSError),
          Format.scientific(changed.distance.maximumAbsoluteError),
          Format.fixed(changed.distance.cosine, 6),
        ])
      }
      lines += table.lines
    }
    return lines + [
      "\(difference.equalCount) tensors equal, \(difference.changed.count) changed,"
        + " \(difference.reshaped.count) reshaped,"
        + " \(difference.onlyInFirst.count + difference.onlyInSecond.count) in one only"
    ]
  }
}

/// What `tlc diff --json` prints.
private struct DifferenceJSON: Encodable {
  struct Changed: Encodable {
    var name: String
    var relativeRMSError: Double
    var maxAbsoluteError: Double
    var cosine: Double
  }
  struct Reshaped: Encodable {
    var name: String
    var first: String
    var second: String
  }

  var onlyInFirst: [String]
  var onlyInSecond: [String]
  var reshaped: [Reshaped]
  var changed: [Changed]
  var equal: Int

  init(_ difference: CheckpointDifference) {
    onlyInFirst = difference.onlyInFirst
    onlyInSecond = difference.onlyInSecond
    reshaped = difference.reshaped.map {
      Reshaped(name: $0.name, first: $0.first, second: $0.second)
    }
    changed = difference.changed.map {
      Changed(
        name: $0.name, relativeRMSError: $0.distance.relativeRMSError,
        maxAbsoluteError: $0.distance.maximumAbsoluteError, cosine: $0.distance.cosine)
    }
    equal = difference.equalCount
  }
}
