import TLC

/// `decode THREADS FILE`: opens a file, and reads, checks and decodes every tensor.
enum DecodeMeasurement: Measurement {
  static let name = "decode"

  static func run(_ arguments: [String]) throws -> Outcome {
    let parallelism = Parallelism(threads: try arguments.number(0))
    let path = try arguments.argument(1)
    var byteCount = 0
    let seconds = try seconds {
      let checkpoint = try Checkpoint(path: path)
      for record in checkpoint.tensors {
        let tensor = try checkpoint.tensor(named: record.name, parallelism: parallelism)
        byteCount += tensor?.bytes.count ?? 0
      }
    }
    return Outcome(seconds: seconds, others: [Double(byteCount)])
  }
}
