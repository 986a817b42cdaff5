import TLC

/// `convert THREADS BITS INPUT OUTPUT`: reads, quantizes, encodes, certifies, hashes and writes.
enum ConvertMeasurement: Measurement {
  static let name = "convert"

  static func run(_ arguments: [String]) throws -> Outcome {
    var conversion = Conversion(input: try arguments.argument(2), output: try arguments.argument(3))
    conversion.parallelism = Parallelism(threads: try arguments.number(0))
    conversion.recipe = try Recipe(
      parsing: """
        tlc-recipe: 1
        rules:
          - match: {rank: 2}
            quantize: {method: round-to-nearest, bits: \(try arguments.number(1)), axis: output}
        """)
    conversion.overwriting = true
    var byteCount = 0
    let seconds = try seconds { byteCount = try conversion.run().byteCount ?? 0 }
    return Outcome(seconds: seconds, others: [Double(byteCount)])
  }
}
