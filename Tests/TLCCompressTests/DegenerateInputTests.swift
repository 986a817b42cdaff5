import TLCCompress
import TLCCore
import TLCKernels
import TLCSystem
import TLCTestSupport
import Testing

/// Every method on inputs that leave little to go by.
@Suite struct DegenerateInputTests {
  private static let quantizers: [(name: String, parameters: [String: ParameterValue])] = [
    ("min-max", ["bits": .integer(4)]),
    ("round-to-nearest", ["bits": .integer(4), "axis": .integer(0), "range": .text("mse")]),
    ("uniform-step", ["step": .number(0.4)]),
    ("uniform-step", ["step": .number(0.4), "lambda": .number(1), "inputs": .number(1)]),
    ("k-means", ["entries": .integer(8)]), ("trellis", ["step": .number(0.4)]),
    ("hqq", ["bits": .integer(3)]), ("nf4", [:]),
  ]
  private static let pruners: [(name: String, parameters: [String: ParameterValue])] = [
    ("magnitude", ["sparsity": .number(0.5), "score": .text("wanda")]),
    ("n-of-m", ["n": .integer(2), "m": .integer(4), "score": .text("wanda")]),
    (
      "block",
      [
        "sparsity": .number(0.5), "rows": .integer(2), "columns": .integer(2),
        "score": .text("wanda"),
      ]
    ),
    ("wanda", ["sparsity": .number(0.5)]), ("sparse-gpt", ["sparsity": .number(0.5)]),
    ("sparse-gpt", ["n": .integer(2), "m": .integer(4)]),
    (
      "sparse-gpt", ["sparsity": .number(0.5), "rows": .integer(2), "columns": .integer(2)]
    ), ("exact-obs", ["sparsity": .number(0.5)]),
  ]

  @Test func `names every method`() {
    #expect(
      Set(Self.quantizers.map { $0.name }) == Set(QuantizerRegistry.standard.all.map { $0.name }))
    #expect(Set(Self.pruners.map { $0.name }) == Set(PrunerRegistry.standard.all.map { $0.name }))
  }

  /// A matrix, and the inputs that it is multiplied by, a row each.
  private struct Input: Sendable {
    var rows = 6
    var width = 20
    var weights: [Float]
    var inputs: [Float]

    init(rows: Int = 6, width: Int = 20, inputCount: Int = 40) {
      var arbitrary = Arbitrary(seed: UInt64(rows * 100 + width))
      (self.rows, self.width) = (rows, width)
      weights = (0..<rows * width).map { _ in
        Float.random(in: -1...1, using: &arbitrary.generator)
      }
      inputs = FeedbackTests.inputs(inputCount, width: width, seed: 5)
    }
  }

  private static func input(_ name: String) -> Input {
    var input = Input()
    switch name {
    case "zero rows": for i in 0..<60 { input.weights[i] = 0 }
    case "only zeros": for i in input.weights.indices { input.weights[i] = 0 }
    case "an outlier": input.weights[33] = 1e6
    case "equal weights": for i in input.weights.indices { input.weights[i] = 0.25 }
    case "moments of rank 1":
      for i in input.inputs.indices { input.inputs[i] = Float(1 + i % input.width % 3) }
    case "fewer inputs than columns": input = Input(inputCount: 3)
    case "a dead input channel":
      for i in stride(from: 7, to: input.inputs.count, by: input.width) { input.inputs[i] = 0 }
    case "no inputs": input.inputs = []
    case "an input of 1e18": input.inputs[5] = 1e18
    case "one weight": input = Input(rows: 1, width: 1)
    case "one column": input = Input(rows: 9, width: 1)
    default: break
    }
    return input
  }

  @Test(
    arguments: [
      "zero rows", "only zeros", "an outlier", "equal weights", "moments of rank 1",
      "fewer inputs than columns", "a dead input channel", "no inputs", "an input of 1e18",
      "one weight", "one column",
    ])
  func `gives finite weights, no worse than none, and the same with more threads`(
    name: String
  ) throws {
    let input = Self.input(name)
    let shape = try #require(Shape([input.rows, input.width]))
    let tensor = Tensor(input.weights, shape: shape)
    let moments = try FeedbackTests.moments(input.inputs, width: input.width)
    let calibration = TensorCalibration(inputs: (.trailing, moments))
    let most = FeedbackTests.error(
      tensor, Tensor(zeros(input.weights.count), shape: shape), moments)
    func check(_ decoded: Tensor, _ method: String) {
      let elements = decoded.elements(of: Float.self)
      #expect(elements.allSatisfy { $0.isFinite }, "\(method)")
      #expect(FeedbackTests.error(tensor, decoded, moments) <= 1.5 * most + 1e-6, "\(method)")
      for (element, source) in zip(elements, input.weights) where source == 0 {
        #expect(element.bitPattern == 0, "\(method)")
      }
    }
    for (method, parameters) in Self.quantizers {
      let quantizer = try QuantizerRegistry.standard.quantizer(
        named: method, parameters: parameters)
      for known in [calibration, nil] {
        let found = try [1, 3].map {
          try quantizer.quantize(
            tensor, calibration: known, parallelism: Parallelism(threads: $0)
          ).decoded()
        }
        check(found[0], method)
        #expect(found[0] == found[1], "\(method)")
      }
    }
    for (method, parameters) in Self.pruners {
      let pruner = try PrunerRegistry.standard.pruner(named: method, parameters: parameters)
      let found = try [1, 3].map {
        try pruner.prune(
          tensor, calibration: calibration, parallelism: Parallelism(threads: $0))
      }
      check(found[0], method)
      #expect(found[0] == found[1], "\(method)")
      let mask = try pruner.mask(for: tensor, calibration: calibration, parallelism: .serial)
      let dropped = (0..<mask.count).filter { !mask[$0] }
      #expect(
        dropped.allSatisfy { found[0].elements(of: Float.self)[$0].bitPattern == 0 }, "\(method)")
      #expect(dropped.count >= input.weights.count / 2 || input.width < 4, "\(method)")
      var joint = calibration
      joint.unpruned = tensor
      let decoded = try UniformStepQuantizer(step: 0.2, lambda: 1).quantize(
        found[0], calibration: joint, parallelism: .serial
      ).decoded().elements(of: Float.self)
      #expect(dropped.allSatisfy { decoded[$0].bitPattern == 0 }, "\(method)")
      #expect(decoded.allSatisfy { $0.isFinite }, "\(method)")
    }
  }

  private func zeros(_ count: Int) -> [Float] { Array(repeating: 0, count: count) }

  @Test func `refuses weights that are not finite, with the index of the first`() throws {
    var input = Input()
    input.weights[41] = .nan
    input.weights[50] = -.infinity
    let tensor = Tensor(
      input.weights, shape: try #require(Shape([input.rows, input.width])))
    let calibration = TensorCalibration(
      inputs: (.trailing, try FeedbackTests.moments(input.inputs, width: input.width)))
    let refusal = CompressionError.nonFinite(count: 2, firstIndex: 41)
    for (method, parameters) in Self.quantizers {
      let quantizer = try QuantizerRegistry.standard.quantizer(
        named: method, parameters: parameters)
      for known in [calibration, nil] {
        #expect(throws: refusal, "\(method)") {
          try quantizer.quantize(tensor, calibration: known, parallelism: .serial)
        }
      }
    }
    for pruner in [
      SparseGPTPruner(.share(0.5)), SparseGPTPruner(.nOfM(n: 1, m: 2)),
      ExactOBSPruner(sparsity: 0.5),
    ] as [any Pruner] {
      #expect(throws: refusal) {
        try pruner.prune(tensor, calibration: calibration, parallelism: .serial)
      }
    }
    // What only ranks keeps them, since they are greater than any number.
    let mask = try WandaPruner(sparsity: 0.5).mask(
      for: tensor, calibration: calibration, parallelism: .serial)
    #expect(mask[41] && mask[50])
  }
}
