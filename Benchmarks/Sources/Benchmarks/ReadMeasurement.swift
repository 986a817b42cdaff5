import TLC

/// `read THREADS FILE`: opens a foreign checkpoint and loads every tensor.
enum ReadMeasurement: Measurement {
  static let name = "read"

  static func run(_ arguments: [String]) throws -> Outcome {
    let parallelism = Parallelism(threads: try arguments.number(0))
    let path = try arguments.argument(1)
    var byteCount = 0
    let seconds = try seconds {
      for tensor in try ImporterRegistry.standard.open(path).tensors {
        byteCount += try tensor.load(parallelism).bytes.count
      }
    }
    return Outcome(seconds: seconds, others: [Double(byteCount)])
  }
}
