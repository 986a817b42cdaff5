/// `copy BYTES`: memcpy between two buffers that are in memory already.
enum CopyMeasurement: Measurement {
  static let name = "copy"

  static func run(_ arguments: [String]) throws -> Outcome {
    let count = try arguments.number(0)
    let source = [UInt8](repeating: 1, count: count)
    var destination = [UInt8](repeating: 2, count: count)
    let seconds = seconds {
      destination.withUnsafeMutableBytes { destination in
        source.withUnsafeBytes { destination.copyMemory(from: $0) }
      }
    }
    return Outcome(seconds: seconds, others: [Double(destination.last ?? 0)])
  }
}
