import Foundation
import TLCCompress
import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@Suite struct TrellisTests {
  private static func tensor(_ values: [Float], _ dimensions: Int...) throws -> Tensor {
    Tensor(values, shape: try #require(Shape(dimensions)))
  }

  /// Numbers of a normal distribution.
  private static func normal(_ count: Int, seed: UInt64) -> [Float] {
    var arbitrary = Arbitrary(seed: seed)
    return (0..<count).map { _ in
      let u = Double.random(in: 1e-12...1, using: &arbitrary.generator)
      let v = Double.random(in: 0...1, using: &arbitrary.generator)
      return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
    }
  }

  private static func squaredError(_ values: [Float], _ decoded: Tensor) -> Double {
    zip(values, decoded.elements(of: Float.self)).reduce(0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
  }

  private static func entropy(_ codes: some Collection<Int32>) -> Double {
    var counts: [Int32: Int] = [:]
    for code in codes { counts[code, default: 0] += 1 }
    return counts.values.reduce(0) { $0 - Double($1) * log2(Double($1) / Double(codes.count)) }
  }

  /// The codes of each grid.
  private static func parts(_ values: TrellisValues) -> [[Int32]] {
    var walk = TrellisWalk(shape: values.shape, axis: values.axis, states: values.states)
    var parts: [[Int32]] = [[], []]
    for code in values.codes {
      parts[Int(walk.grid)].append(code)
      walk.take(code)
    }
    return parts
  }

  @Test(arguments: [4, 8])
  func `finds the codes of a sequence that are least far from it`(count: Int) throws {
    let states = TrellisStates(count: count)
    for seed in UInt64(0)..<4 {
      let values = Self.normal(4, seed: seed)
      let found = try #require(
        try TrellisQuantizer(step: 1.5, states: states).quantize(
          Self.tensor(values, 4), parallelism: .serial) as? TrellisValues)
      let error = Self.squaredError(values, found.decoded())
      let shape = try #require(Shape([4]))
      for number in 0..<2_401 {
        var (codes, rest) = ([Int32](), number)
        for _ in 0..<4 {
          codes.append(Int32(rest % 7 - 3))
          rest /= 7
        }
        let other = TrellisValues(
          shape: shape, dtype: .f32, axis: 0, states: states, step: found.step, codes: codes)
        let distance = Self.squaredError(values, other.decoded())
        #expect(distance >= error * (1 - 1e-5))
        guard distance >= error * (1 - 1e-5) else { return }
      }
    }
  }

  @Test(arguments: [(4, 0.3), (8, 0.3), (8, 0.4)])
  func `has the error of a uniform step in fewer bits`(count: Int, step: Double) throws {
    let values = Self.normal(30_000, seed: 1)
    let tensor = try Self.tensor(values, 3_000, 10)
    let plain = try #require(
      try UniformStepQuantizer(step: step).quantize(tensor, parallelism: .serial)
        as? UniformValues)
    let found = try #require(
      try TrellisQuantizer(step: step, states: TrellisStates(count: count)).quantize(
        tensor, parallelism: .serial) as? TrellisValues)
    let ratio =
      Self.squaredError(values, found.decoded()) / Self.squaredError(values, plain.decoded())
    #expect(ratio < 1.02, "\(ratio)")
    let bits = Self.parts(found).reduce(0) { $0 + Self.entropy($1) } / 30_000
    let saved = Self.entropy(plain.codes) / 30_000 - bits
    #expect(saved > 0.11, "\(saved) bits")
  }

  @Test(arguments: [[40, 60], [5, 8, 60], [40, 4, 15]])
  func `goes down the outputs with feedback, and keeps zeros`(dimensions: [Int]) throws {
    let (rows, width) = (40, 60)
    var weights = Self.normal(rows * width, seed: 2)
    for i in stride(from: 0, to: weights.count, by: 7) { weights[i] = 0 }
    let moments = try FeedbackTests.moments(
      FeedbackTests.inputs(200, width: width, seed: 3), width: width)
    let tensor = Tensor(weights, shape: try #require(Shape(dimensions)))
    let quantizer = TrellisQuantizer(step: 0.5)
    func found(_ tensor: Tensor, _ axes: InputAxes, threads: Int) throws -> TrellisValues {
      try #require(
        try quantizer.quantize(
          tensor, calibration: TensorCalibration(inputs: (axes, moments)),
          parallelism: Parallelism(threads: threads)) as? TrellisValues)
    }
    let values = try found(tensor, .trailing, threads: 1)
    #expect(try found(tensor, .trailing, threads: 3) == values)
    #expect(values.axis == (dimensions == [5, 8, 60] ? 1 : 0))
    let elements = values.decoded().elements(of: Float.self)
    for i in stride(from: 0, to: weights.count, by: 7) { #expect(elements[i].bitPattern == 0) }
    let uniform = try UniformStepQuantizer(step: 0.5).quantize(
      tensor, calibration: TensorCalibration(inputs: (.trailing, moments)), parallelism: .serial)
    let plain = try quantizer.quantize(tensor, parallelism: .serial)
    let error = FeedbackTests.error(tensor, values.decoded(), moments)
    #expect(error < 0.7 * FeedbackTests.error(tensor, plain.decoded(), moments))
    #expect(error < 1.3 * FeedbackTests.error(tensor, uniform.decoded(), moments))
    guard dimensions == [rows, width] else { return }
    let turned = (0..<width).flatMap { i in (0..<rows).map { weights[$0 * width + i] } }
    let other = try found(try Self.tensor(turned, width, rows), .leading, threads: 2)
    #expect(other.axis == 1)
    let codes = other.codes
    #expect(
      (0..<rows).flatMap { row in (0..<width).map { codes[$0 * rows + row] } } == values.codes)
  }

  @Test func `takes tensors of all types and shapes`() throws {
    let quantizer = TrellisQuantizer(step: 0.4, axis: -1)
    for dimensions in [[], [1], [7], [0, 3], [3, 0], [2, 3, 4]] {
      let shape = try #require(Shape(dimensions))
      let numbers = Self.normal(shape.count, seed: 4)
      let tensors = [
        Tensor(numbers, shape: shape), Tensor(numbers.map { Float16($0) }, shape: shape),
        Tensor(numbers.map { Double($0) }, shape: shape),
      ]
      for tensor in tensors {
        let decoded = try quantizer.quantize(tensor, parallelism: Parallelism(threads: 2)).decoded()
        #expect(decoded.dtype == tensor.dtype && decoded.shape == shape)
      }
    }
    let extremes: [Float16] = [65_504, -65_504, 1, 0]
    let decoded = try quantizer.quantize(
      Tensor(extremes, shape: try #require(Shape([4]))), parallelism: .serial
    ).decoded().elements(of: Float16.self)
    #expect(decoded.allSatisfy { $0.isFinite } && decoded[3] == 0)
    let zeros = try quantizer.quantize(try Self.tensor([0, 0, 0], 3), parallelism: .serial)
    #expect(zeros.decoded().elements(of: Float.self) == [0, 0, 0])
    #expect(throws: CompressionError.axis(2, rank: 2)) {
      try TrellisQuantizer(step: 1, axis: 2).quantize(
        try Self.tensor([1], 1, 1), parallelism: .serial)
    }
  }
}
