import TLCCompress
import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@Suite struct QuantizerTests {
  private static func shape(_ dimensions: Int...) throws -> Shape {
    try #require(Shape(dimensions))
  }

  @Test func `rounds symmetric codes of a row to the nearest multiple of its step`() throws {
    let tensor = Tensor([127, -63.5, 32, 0, 2, -1] as [Float], shape: try Self.shape(2, 3))
    let quantizer = RoundToNearestQuantizer(bits: 8, granularity: Granularity(axis: 0))
    let values = try #require(
      try quantizer.quantize(tensor, parallelism: .serial) as? UniformValues)
    #expect(values.steps[0] == 1)
    #expect(Array(values.codes[0..<3]) == [127, -64, 32])
    #expect(Array(values.codes[3..<6]) == [0, 127, -63] || values.codes[5] == -64)
    #expect(values.minimum == -127 && values.maximum == 127)
  }

  /// |decoded − element| ≤ step / 2 and the rounding of the product, whatever the input.
  @Test(arguments: UInt64(0)..<48)
  func `stays within half a step where nothing is clipped`(seed: UInt64) throws {
    var arbitrary = Arbitrary(seed: seed)
    let rows = arbitrary.int(in: 1...9)
    let columns = arbitrary.int(in: 1...70)
    let shape = try Self.shape(rows, columns)
    let floats = arbitrary.floats(shape.count)
    let tensor = Tensor(floats, shape: shape)
    let granularity = [
      Granularity(), Granularity(axis: 0), Granularity(axis: -1),
      Granularity(axis: 1, groupSize: 8), Granularity(axis: 0, groupSize: 8),
    ][arbitrary.int(in: 0...4)]
    let quantizers: [any Quantizer] = [
      RoundToNearestQuantizer(bits: 2 + arbitrary.int(in: 0...8), granularity: granularity),
      UniformStepQuantizer(step: 0.3, granularity: granularity),
    ]
    for quantizer in quantizers {
      let values = try #require(
        try quantizer.quantize(tensor, parallelism: .serial) as? UniformValues)
      let decoded = values.decoded().elements(of: Float.self)
      values.layout.forEachRun(in: shape, within: 0..<shape.count) { run in
        for i in run.elements {
          let step = values.steps[run.step + (i - run.elements.lowerBound) * run.stride]
          let bound = step * 0.5 + Double(floats[i].magnitude) * 1e-6
          #expect(Double((decoded[i] - floats[i]).magnitude) <= bound)
          if floats[i] == 0 { #expect(decoded[i] == 0) }
        }
      }
    }
  }

  @Test(arguments: ["min-max", "round-to-nearest", "uniform-step", "k-means", "hqq", "nf4"])
  func `gives the same for any number of threads, and keeps zeros`(name: String) throws {
    var arbitrary = Arbitrary(seed: 5)
    let shape = try Self.shape(30, 700)
    var floats = arbitrary.floats(shape.count)
    for i in stride(from: 0, to: floats.count, by: 3) { floats[i] = 0 }
    let tensor = Tensor(floats, shape: shape)
    let parameters: [String: [String: ParameterValue]] = [
      "min-max": ["bits": .integer(4)],
      "round-to-nearest": ["bits": .integer(4), "axis": .integer(0), "range": .text("mse")],
      "uniform-step": ["step": .number(0.4)], "k-means": ["entries": .integer(16)],
      "hqq": ["bits": .integer(3)],
    ]
    let quantizer = try QuantizerRegistry.standard.quantizer(
      named: name, parameters: parameters[name] ?? [:])
    let decoded = try [1, 2, 7].map {
      try quantizer.quantize(tensor, parallelism: Parallelism(threads: $0)).decoded()
    }
    #expect(decoded[0] == decoded[1] && decoded[1] == decoded[2])
    let elements = decoded[0].elements(of: Float.self)
    for i in stride(from: 0, to: floats.count, by: 3) {
      #expect(elements[i].bitPattern == 0)
    }
  }

  @Test func `finds the codebook of a few clusters exactly`() throws {
    let floats: [Float] = [1, 1, 5, 5, -2, -2, 0, 0]
    let values = try #require(
      try KMeansQuantizer(entryCount: 4).quantize(
        Tensor(floats, shape: try Self.shape(8)), parallelism: .serial) as? CodebookValues)
    #expect(values.entries.elements(of: Float.self) == [-2, 0, 1, 5])
    #expect(values.decoded().elements(of: Float.self) == floats)
  }

  @Test func `quantizes tensors without elements, whatever the axis`() throws {
    let tensor = Tensor([] as [Float], shape: try Self.shape(2, 0, 3))
    var granularities = [Granularity()]
    for axis in 0...2 {
      granularities += [Granularity(axis: axis), Granularity(axis: axis, groupSize: 8)]
    }
    for granularity in granularities {
      let quantizers: [any Quantizer] = [
        RoundToNearestQuantizer(bits: 4, granularity: granularity),
        UniformStepQuantizer(step: 0.3, granularity: granularity),
      ]
      for quantizer in quantizers {
        let values = try quantizer.quantize(tensor, parallelism: .serial) as? UniformValues
        #expect(values?.codes == [])
      }
    }
  }

  @Test func `gives rows that are often looked up finer steps`() throws {
    var arbitrary = Arbitrary(seed: 6)
    let tensor = Tensor(arbitrary.floats(5 * 40), shape: try Self.shape(5, 40))
    let calibration = TensorCalibration(lookUps: [0, 3, 15, 1_000_000, 0])
    func values(_ frequency: Double, _ calibration: TensorCalibration?) throws -> UniformValues {
      try #require(
        try UniformStepQuantizer(step: 0.4, frequency: frequency).quantize(
          tensor, calibration: calibration, parallelism: .serial) as? UniformValues)
    }
    let plain = try values(1, nil)
    #expect(plain.layout == .tensor)
    #expect(try values(0, calibration) == plain)
    let found = try values(1, calibration)
    #expect(found.layout == .axis(0))
    for (step, share) in zip(found.steps, [1, 0.5, 0.25, 0.0625, 1]) {
      #expect(abs(step / (plain.steps[0] * share) - 1) < 2e-3)
    }
    let half = try values(0.5, calibration)
    #expect(abs(half.steps[2] / (plain.steps[0] * 0.5) - 1) < 2e-3)
    // Counts of another table are of no use.
    #expect(try values(1, TensorCalibration(lookUps: [1])) == plain)
  }

  @Test func `refuses an element that is not finite, with its index`() throws {
    let tensor = Tensor([1, .nan, .infinity] as [Float], shape: try Self.shape(3))
    #expect(throws: CompressionError.nonFinite(count: 2, firstIndex: 1)) {
      try RoundToNearestQuantizer(bits: 8).quantize(tensor, parallelism: .serial)
    }
  }

  @Test func `names parameters that it does not have`() {
    #expect(
      throws: CompressionError.unknownParameter(
        method: "k-means", key: "bits", known: ["entries", "feedback", "damping", "order"])
    ) {
      try QuantizerRegistry.standard.quantizer(
        named: "k-means", parameters: ["entries": .integer(4), "bits": .integer(4)])
    }
  }

  @Test(arguments: [Float(1e-44), 3.4e38, 1e-30])
  func `decodes extremes to finite numbers`(magnitude: Float) throws {
    let floats = [magnitude, -magnitude, 0, magnitude / 2]
    let tensor = Tensor(floats, shape: try Self.shape(4))
    for bits in [2, 8, 16] {
      let decoded = try RoundToNearestQuantizer(bits: bits)
        .quantize(tensor, parallelism: .serial).decoded().elements(of: Float.self)
      for value in decoded { #expect(value.isFinite) }
      let affine = try MinMaxQuantizer(bits: bits)
        .quantize(tensor, parallelism: .serial).decoded().elements(of: Float.self)
      for value in affine { #expect(value.isFinite) }
    }
  }
}
