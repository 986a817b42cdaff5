import Foundation
import TLCCompress
import TLCCore
import TLCKernels
import TLCSystem
import TLCTestSupport
import Testing

extension Tensor {
  /// The elements of an `f32` or `f16` tensor.
  fileprivate var numbers: [Double] {
    dtype == .f32
      ? elements(of: Float.self).map { Double($0) } : elements(of: Float16.self).map { Double($0) }
  }
}

@Suite struct FeedbackTests {
  private struct Case: Decodable {
    var method: String
    var descending: Bool
    var damping: Double
    var shape: [Int]
    var weights: [Float]
    var inputCount: Int
    var inputs: [Float]
    var codes: [Int32]
  }

  private static func tensor(_ values: [Float], _ dimensions: Int...) throws -> Tensor {
    Tensor(values, shape: try #require(Shape(dimensions)))
  }

  static func moments(_ rows: [Float], width: Int) throws -> InputMoments {
    let matrix = SymmetricMatrix(width: width)
    let count = rows.count / width
    matrix.addProducts(
      of: TensorView(try tensor(rows, count, width)).elements(of: Float.self), rowCount: count)
    let sums = (0..<width).map { i in
      stride(from: i, to: rows.count, by: width).reduce(0.0) { $0 + Double(rows[$1]) }
    }
    return InputMoments(count: count, sums: sums, matrix: matrix)
  }

  /// Inputs whose elements go together, some of them large.
  static func inputs(_ count: Int, width: Int, seed: UInt64) -> [Float] {
    var arbitrary = Arbitrary(seed: seed)
    return (0..<count).flatMap { _ in
      let common = Float.random(in: -1...1, using: &arbitrary.generator)
      return (0..<width).map { i in
        (common + Float.random(in: -1...1, using: &arbitrary.generator)) * Float(1 + i % 5)
      }
    }
  }

  /// Σ‖(𝑤 − 𝑑)𝑥‖² over all inputs.
  static func error(_ tensor: Tensor, _ decoded: Tensor, _ moments: InputMoments) -> Double {
    let differences = zip(tensor.numbers, decoded.numbers).map { $0 - $1 }
    let width = moments.width
    var sum = 0.0
    for row in stride(from: 0, to: differences.count, by: width) {
      for i in 0..<width where differences[row + i] != 0 {
        for j in 0..<width { sum += differences[row + i] * moments[i, j] * differences[row + j] }
      }
    }
    return sum
  }

  @Test func `gives the codes of GPTQ as it is written in its paper`() throws {
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(try Fixtures.bytes("feedback/gptq.json")))
    #expect(cases.count == 4)
    for recorded in cases {
      let (rows, width) = (recorded.shape[0], recorded.shape[1])
      let moments = try Self.moments(recorded.inputs, width: width)
      let options = FeedbackOptions(
        damping: recorded.damping, order: recorded.descending ? .descending : .natural)
      func quantizer(axis: Int) -> any Quantizer {
        recorded.method == "uniform-step"
          ? UniformStepQuantizer(step: 0.5, feedback: options)
          : RoundToNearestQuantizer(
            bits: 4, granularity: Granularity(axis: axis), feedback: options)
      }
      let found = try quantizer(axis: 0).quantize(
        Self.tensor(recorded.weights, rows, width),
        calibration: TensorCalibration(inputs: (.trailing, moments)), parallelism: .serial)
      #expect((found as? UniformValues)?.codes == recorded.codes)
      let turned = (0..<width).flatMap { i in
        (0..<rows).map { recorded.weights[$0 * width + i] }
      }
      let other = try quantizer(axis: 1).quantize(
        Self.tensor(turned, width, rows),
        calibration: TensorCalibration(inputs: (.leading, moments)),
        parallelism: Parallelism(threads: 3))
      let codes = try #require((other as? UniformValues)?.codes)
      #expect(
        (0..<rows).flatMap { row in (0..<width).map { codes[$0 * rows + row] } }
          == recorded.codes)
    }
  }

  @Test(
    arguments: [
      ("uniform-step", ["step": .number(0.4)]),
      ("round-to-nearest", ["bits": .integer(4), "axis": .integer(0)]),
      ("round-to-nearest", ["bits": .integer(3), "axis": .integer(1), "group": .integer(16)]),
      ("min-max", ["bits": .integer(4), "axis": .integer(0)]),
      ("k-means", ["entries": .integer(16)]),
    ] as [(String, [String: ParameterValue])])
  func `loses less of the outputs, on any grid, with any number of threads`(
    method: String, parameters: [String: ParameterValue]
  ) throws {
    let (rows, width) = (70, 150)
    var arbitrary = Arbitrary(seed: 7)
    var weights = arbitrary.floats(rows * width).map { min(max($0, -1), 1) }
    for i in stride(from: 0, to: weights.count, by: 7) { weights[i] = 0 }
    let tensor = try Self.tensor(weights, rows, width)
    let moments = try Self.moments(Self.inputs(400, width: width, seed: 8), width: width)
    let calibration = TensorCalibration(inputs: (.trailing, moments))
    let quantizer = try QuantizerRegistry.standard.quantizer(named: method, parameters: parameters)
    let found = try [1, 2, 7].map {
      try quantizer.quantize(
        tensor, calibration: calibration, parallelism: Parallelism(threads: $0)
      ).decoded()
    }
    #expect(found[0] == found[1] && found[1] == found[2])
    let elements = found[0].elements(of: Float.self)
    for i in stride(from: 0, to: weights.count, by: 7) { #expect(elements[i].bitPattern == 0) }
    let plain = try QuantizerRegistry.standard.quantizer(
      named: method, parameters: parameters.merging(["feedback": .flag(false)]) { $1 }
    ).quantize(tensor, calibration: calibration, parallelism: .serial).decoded()
    let (with, without) = (
      Self.error(tensor, found[0], moments), Self.error(tensor, plain, moments)
    )
    #expect(with < 0.8 * without, "\(with) of \(without)")
  }

  @Test func `works with inputs that say little, or nothing`() throws {
    var arbitrary = Arbitrary(seed: 3)
    let width = 40
    let tensor = try Self.tensor(
      arbitrary.floats(5 * width).map { min(max($0, -1), 1) }, 5, width)
    let one = Self.inputs(1, width: width, seed: 1)
    let repeated = (0..<50).flatMap { _ in one }
    let dead = Self.inputs(30, width: width, seed: 2).enumerated().map {
      $0.offset % width == 3 ? 0 : $0.element
    }
    let outlier = Self.inputs(30, width: width, seed: 2).enumerated().map {
      $0.offset == 100 ? 1e6 : $0.element
    }
    let nothing = [Float](repeating: 0, count: width)
    for (place, inputs) in [one, repeated, dead, outlier, nothing, []].enumerated() {
      let moments = try Self.moments(inputs, width: width)
      for damping in [0.01, 0x1p-40] {
        let quantizer = UniformStepQuantizer(
          step: 0.3, feedback: FeedbackOptions(damping: damping))
        let decoded = try quantizer.quantize(
          tensor, calibration: TensorCalibration(inputs: (.trailing, moments)),
          parallelism: .serial
        ).decoded()
        #expect(decoded.numbers.allSatisfy { $0.isFinite && abs($0) < 10 }, "inputs \(place)")
        let plain = try quantizer.quantize(tensor, parallelism: .serial).decoded()
        #expect(
          Self.error(tensor, decoded, moments)
            <= 1.0001 * Self.error(tensor, plain, moments) + 1e-9, "inputs \(place)")
      }
    }
    let single = try UniformStepQuantizer(step: 0.3).quantize(
      Self.tensor([2], 1, 1),
      calibration: TensorCalibration(inputs: (.leading, try Self.moments([3], width: 1))),
      parallelism: .serial)
    #expect(abs(single.decoded().numbers[0] - 2) <= 0.31)
  }

  @Test func `decodes extremes of half precision to finite numbers`() throws {
    let values: [Float16] = [60_000, -64_992, 65_504, 1, -2, 64_000, 3, -65_504]
    let tensor = Tensor(values, shape: try #require(Shape([2, 4])))
    let moments = try Self.moments(Self.inputs(20, width: 4, seed: 4), width: 4)
    for step in [0.1, 0.5, 1.5] {
      let decoded = try UniformStepQuantizer(step: step).quantize(
        tensor, calibration: TensorCalibration(inputs: (.trailing, moments)), parallelism: .serial
      ).decoded()
      #expect(decoded.numbers.allSatisfy { $0.isFinite })
    }
  }
}
