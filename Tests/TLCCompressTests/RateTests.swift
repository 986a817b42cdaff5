import TLCCompress
import TLCCore
import TLCKernels
import TLCSystem
import TLCTestSupport
import Testing

@Suite struct RateTests {
  private static func tensor(_ values: [Float], _ dimensions: Int...) throws -> Tensor {
    Tensor(values, shape: try #require(Shape(dimensions)))
  }

  /// Normal numbers whose spread differs from row to row and from column to column.
  private static func matrix(_ rows: Int, _ width: Int, seed: UInt64) throws -> Tensor {
    var arbitrary = Arbitrary(seed: seed)
    let values = (0..<rows * width).map { i -> Float in
      let sum = (0..<12).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -0.5...0.5, using: &arbitrary.generator)
      }
      return sum * Float(1 + i / width % 3) * Float(1 + i % width % 4)
    }
    return try tensor(values, rows, width)
  }

  /// The bits of codes, each class of rows and columns by its own frequencies.
  private static func entropy(_ codes: [Int32], width: Int) -> Double {
    var counts: [Int: [Int32: Int]] = [:]
    for (i, code) in codes.enumerated() {
      counts[i / width % 3 * 4 + i % width % 4, default: [:]][code, default: 0] += 1
    }
    var bits = 0.0
    for codes in counts.values {
      let total = codes.values.reduce(0, +)
      for count in codes.values {
        bits -= Double(count) * (Double(count) / Double(total)).portableLog2
      }
    }
    return bits
  }

  @Test(arguments: [0.5, 1.0])
  func `takes fewer bits for as much error`(step: Double) throws {
    let (rows, width) = (96, 96)
    let tensor = try Self.matrix(rows, width, seed: 5)
    let moments = try FeedbackTests.moments(
      FeedbackTests.inputs(400, width: width, seed: 6), width: width)
    let calibration = TensorCalibration(inputs: (.trailing, moments))
    for known in [calibration, nil] {
      func measure(_ quantizer: UniformStepQuantizer) throws -> (bits: Double, error: Double) {
        let values = try #require(
          try quantizer.quantize(tensor, calibration: known, parallelism: .serial)
            as? UniformValues)
        let decoded = values.decoded()
        let plain = zip(tensor.elements(of: Float.self), decoded.elements(of: Float.self))
          .reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return (
          Self.entropy(values.codes, width: width),
          known == nil ? plain : FeedbackTests.error(tensor, decoded, moments)
        )
      }
      let chosen = try measure(UniformStepQuantizer(step: step, lambda: 1))
      // What bits a step of as much error takes: between two, the logarithm of the error is linear.
      let steps = [step, step * 1.1, step * 1.25]
      let plain = try steps.map { try measure(UniformStepQuantizer(step: $0)) }
      #expect(chosen.bits < plain[0].bits && chosen.error > plain[0].error)
      let place = plain[1].error > chosen.error ? 0 : 1
      let (first, second) = (plain[place], plain[place + 1])
      let share =
        (chosen.error / first.error).portableLog2 / (second.error / first.error).portableLog2
      let bits = first.bits + share * (second.bits - first.bits)
      #expect(chosen.bits < 0.995 * bits, "\(chosen) of \(plain)")
    }
  }

  @Test func `rounds to the cheaper of two codes`() throws {
    // Of many codes 0, one 2 is dear: what it saves of the error is less than its bits.
    var values = [Float](repeating: 0.01, count: 400)
    for i in stride(from: 0, to: 400, by: 21) { values[i] = 1 }
    values[7] = 0.55
    let tensor = try Self.tensor(values, 20, 20)
    func code(_ lambda: Double) throws -> Int32? {
      // The RMS is about 0.22, so the step is about 1.
      let rms = (values.reduce(0.0) { $0 + Double($1 * $1) } / 400).squareRoot()
      let found = try UniformStepQuantizer(step: 1 / rms, lambda: lambda).quantize(
        tensor, parallelism: .serial)
      return (found as? UniformValues)?.codes[7]
    }
    // 0.55² − 0.45² is 0.1 of a step's square; a 1 takes about 5 bits more than a 0, of 0.116 λ
    // each.
    #expect(try code(0) == 1)
    #expect(try code(0.1) == 1)
    #expect(try code(1) == 0)
  }

  @Test func `gives columns that weigh more finer steps, and the same for any number of threads`()
    throws
  {
    let (rows, width) = (70, 150)
    let tensor = try Self.matrix(rows, width, seed: 8)
    let inputs = FeedbackTests.inputs(500, width: width, seed: 9).enumerated().map {
      $0.offset % width == 4 ? 20 * $0.element : $0.element
    }
    let moments = try FeedbackTests.moments(inputs, width: width)
    func found(_ quantizer: UniformStepQuantizer, _ threads: Int) throws -> UniformValues {
      try #require(
        try quantizer.quantize(
          tensor, calibration: TensorCalibration(inputs: (.trailing, moments)),
          parallelism: Parallelism(threads: threads)) as? UniformValues)
    }
    let quantizer = UniformStepQuantizer(step: 0.5, inputs: 1, lambda: 1)
    let values = try found(quantizer, 1)
    #expect(values == (try found(quantizer, 3)))
    #expect(values.layout == .axis(1))
    #expect(values.steps.indices.min { values.steps[$0] < values.steps[$1] } == 4)
    let plain = try found(UniformStepQuantizer(step: 0.5), 1)
    #expect(plain.layout == .tensor)
    // Where bits count alike, what matters loses less.
    let (with, without) = (
      FeedbackTests.error(
        tensor, try found(UniformStepQuantizer(step: 0.5, inputs: 1), 1).decoded(), moments),
      FeedbackTests.error(tensor, plain.decoded(), moments)
    )
    #expect(with < 1.1 * without)
    // Look-ups decide where both are known.
    var both = TensorCalibration(inputs: (.trailing, moments))
    both.lookUps = Array(repeating: 3, count: rows)
    let rowwise = try quantizer.quantize(tensor, calibration: both, parallelism: .serial)
    #expect((rowwise as? UniformValues)?.layout == .axis(0))
  }

  @Test func `gives NF4 its levels`() throws {
    // The levels of the paper, times 2, decode to what is 1/127 of 2 apart at most by half.
    let levels: [Float] = [
      -1, -0.6961928, -0.52507305, -0.39491749, -0.28444138, -0.18477343, -0.09105004, 0,
      0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1,
    ]
    let tensor = try Self.tensor(levels.map { 2 * $0 } + levels.map { 3 * $0 + 0 }, 2, 16)
    let values = try #require(
      try NormalFloatQuantizer(granularity: Granularity(axis: 1, groupSize: 16)).quantize(
        tensor, parallelism: .serial) as? UniformValues)
    #expect(Set(values.codes).count == 16)
    #expect(Array(values.codes[..<16]) == Array(values.codes[16...]))
    for (value, element) in zip(
      values.decoded().elements(of: Float.self), tensor.elements(of: Float.self))
    {
      #expect(abs(value - element) <= 3 / 254 * 1.01)
    }
    let between = try NormalFloatQuantizer(granularity: Granularity(axis: 0)).quantize(
      Self.tensor([1, 0.2, 0.21, -0.1], 1, 4), parallelism: .serial)
    // 0.2 is 25.4 / 127, nearer to 20 than to 31; 0.21 is 26.7.
    #expect((between as? UniformValues)?.codes == [127, 20, 31, -12])
  }

  @Test func `solves for the zero point of HQQ so that errors are sparse`() throws {
    // In steps of a third of 3, all but one element lie 0.4 above integers.
    let values: [Float] = [-1.6, -0.6, 0.4, 0.4, 0.4, -0.6, -0.6, 1.4]
    let tensor = try Self.tensor(values, 1, 8)
    let found = try #require(
      try HQQQuantizer(bits: 2, granularity: Granularity(axis: 0)).quantize(
        tensor, parallelism: .serial) as? UniformValues)
    #expect(abs(found.steps[0] - 1) < 1e-3 && (0...3).contains(found.zeroPoints?[0] ?? -1))
    func norm(_ zero: Int) -> Double {
      values.reduce(0) {
        let code = min(max(Int(($1 + Float(zero)).rounded(.toNearestOrEven)), 0), 3)
        return $0 + DoubleFunctions.pow(Double(abs($1 - Float(code - zero))), 0.7)
      }
    }
    // No zero point has a smaller norm.
    let least = (0...3).map(norm).min() ?? 0
    #expect(norm(Int(found.zeroPoints?[0] ?? 0)) <= least * 1.001)
    var arbitrary = Arbitrary(seed: 3)
    var wins = 0
    for _ in 0..<40 {
      let skewed = (0..<64).map { _ in
        let x = Float.random(in: 0...1, using: &arbitrary.generator)
        return x * x * 3 - 0.3
      }
      let tensor = try Self.tensor(skewed, 1, 64)
      func norm(_ quantizer: any Quantizer) throws -> Double {
        let decoded = try quantizer.quantize(tensor, parallelism: .serial).decoded()
        return zip(skewed, decoded.elements(of: Float.self)).reduce(0.0) {
          $0 + DoubleFunctions.pow(Double(abs($1.0 - $1.1)) + 1e-30, 0.7)
        }
      }
      let granularity = Granularity(axis: 0)
      let solved = try norm(HQQQuantizer(bits: 3, granularity: granularity))
      let plain = try norm(MinMaxQuantizer(bits: 3, granularity: granularity))
      #expect(solved <= plain * 1.01)
      if solved < 0.999 * plain { wins += 1 }
    }
    #expect(wins > 0)
  }
}
