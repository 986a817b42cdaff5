import Foundation
import TLCCompress
import TLCCore
import TLCKernels
import TLCSystem
import TLCTestSupport
import Testing

@Suite struct CalibratedPrunerTests {
  private struct Case: Decodable {
    var method: String
    var descending: Bool
    var damping: Double
    var shape: [Int]
    var sparsity: Double?
    var n: Int?
    var m: Int?
    var rows: Int?
    var columns: Int?
    var weights: [Float]
    var inputs: [Float]
    var pruned: [Float]
    var kept: [Int]
    var codes: [Int32]

    /// The pruner of a matrix, or of one that is turned.
    func pruner(isTurned: Bool) -> any Pruner {
      if method == "exact-obs" { return ExactOBSPruner(sparsity: sparsity ?? 0, damping: damping) }
      let pattern: SparsityPattern =
        if let n, let m {
          .nOfM(n: n, m: m)
        } else if let rows, let columns {
          .blocks(
            share: sparsity ?? 0, rows: isTurned ? columns : rows,
            columns: isTurned ? rows : columns)
        } else {
          .share(sparsity ?? 0)
        }
      return SparseGPTPruner(
        pattern, damping: damping, order: descending ? .descending : .natural)
    }
  }

  private static func tensor(_ values: [Float], _ dimensions: Int...) throws -> Tensor {
    Tensor(values, shape: try #require(Shape(dimensions)))
  }

  private static func cases() throws -> [Case] {
    try JSONDecoder().decode([Case].self, from: Data(try Fixtures.bytes("feedback/pruning.json")))
  }

  @Test func `prunes and changes weights as the papers say, and quantizes in the same sweep`()
    throws
  {
    let cases = try Self.cases()
    #expect(cases.count == 8)
    for (place, recorded) in cases.enumerated() {
      let (rows, width) = (recorded.shape[0], recorded.shape[1])
      let moments = try FeedbackTests.moments(recorded.inputs, width: width)
      for isTurned in [false, true] {
        func turned<Number>(_ values: [Number]) -> [Number] {
          isTurned ? (0..<width).flatMap { i in (0..<rows).map { values[$0 * width + i] } } : values
        }
        let tensor = try Self.tensor(
          turned(recorded.weights), isTurned ? width : rows, isTurned ? rows : width)
        var calibration = TensorCalibration(inputs: (isTurned ? .leading : .trailing, moments))
        let pruner = recorded.pruner(isTurned: isTurned)
        let threads = Parallelism(threads: isTurned ? 3 : 1)
        let pruned = try pruner.prune(tensor, calibration: calibration, parallelism: threads)
        let mask = try pruner.mask(for: tensor, calibration: calibration, parallelism: threads)
        #expect((0..<mask.count).map { mask[$0] ? 1 : 0 } == turned(recorded.kept), "case \(place)")
        let found = pruned.elements(of: Float.self)
        for (value, expected) in zip(found, turned(recorded.pruned)) {
          #expect(abs(value - expected) < 2e-4, "case \(place)")
        }
        for i in found.indices where !mask[i] { #expect(found[i].bitPattern == 0) }
        calibration.unpruned = tensor
        let quantizer = UniformStepQuantizer(
          step: 0.5, feedback: FeedbackOptions(damping: recorded.damping))
        let values = try quantizer.quantize(
          pruned, calibration: calibration, parallelism: threads)
        #expect((values as? UniformValues)?.codes == turned(recorded.codes), "case \(place)")
        let decoded = values.decoded().elements(of: Float.self)
        for i in decoded.indices where !mask[i] { #expect(decoded[i].bitPattern == 0) }
      }
    }
  }

  @Test func `drops of each output what gives least`() throws {
    let moments = try FeedbackTests.moments([1, 0, 3, 10, 0, 0, 4, 0], width: 4)
    let tensor = try Self.tensor([4, 100, 1, -0.5, 1, 2, -3, 4], 2, 4)
    let calibration = TensorCalibration(inputs: (.trailing, moments))
    // Norms are 1, 0, 5 and 10: scores are 4, 0, 5 and 5, and 1, 0, 15 and 40.
    let mask = try WandaPruner(sparsity: 0.5).mask(
      for: tensor, calibration: calibration, parallelism: .serial)
    #expect(
      (0..<8).map { mask[$0] } == [false, false, true, true, false, false, true, true])
    let three = try WandaPruner(sparsity: 0.75).mask(
      for: tensor, calibration: calibration, parallelism: .serial)
    #expect((0..<4).map { three[$0] } == [false, false, false, true])
    // Over the whole matrix, 0, 0, 1 and 4 are the least.
    let whole = try MagnitudePruner(sparsity: 0.5, score: .wanda).mask(
      for: tensor, calibration: calibration, parallelism: .serial)
    #expect((0..<8).map { whole[$0] } == [false, false, true, true, false, false, true, true])
    let pairs = try NOfMPruner(n: 1, m: 2, score: .wanda).mask(
      for: tensor, calibration: calibration, parallelism: .serial)
    #expect(
      (0..<8).map { pairs[$0] } == [true, false, false, true, true, false, false, true])
    // Of inputs as rows, the same matrix is another.
    let turned = try Self.tensor([4, 1, 100, 2, 1, -3, -0.5, 4], 4, 2)
    let other = try WandaPruner(sparsity: 0.5).mask(
      for: turned, calibration: TensorCalibration(inputs: (.leading, moments)),
      parallelism: .serial)
    #expect(
      (0..<8).map { other[$0] } == [false, false, false, false, true, true, true, true])
    let blocks = try BlockPruner(sparsity: 0.5, rows: 2, columns: 2, score: .wanda).mask(
      for: tensor, calibration: calibration, parallelism: .serial)
    #expect(
      (0..<8).map { blocks[$0] } == [false, false, true, true, false, false, true, true])
  }

  @Test func `loses less of the outputs the more it knows, with any number of threads`() throws {
    let (rows, width) = (70, 150)
    var arbitrary = Arbitrary(seed: 11)
    let tensor = try Self.tensor(
      arbitrary.floats(rows * width).map { min(max($0, -1), 1) }, rows, width)
    let moments = try FeedbackTests.moments(
      FeedbackTests.inputs(400, width: width, seed: 12), width: width)
    let calibration = TensorCalibration(inputs: (.trailing, moments))
    let pruners: [any Pruner] = [
      MagnitudePruner(sparsity: 0.5), WandaPruner(sparsity: 0.5), SparseGPTPruner(.share(0.5)),
      ExactOBSPruner(sparsity: 0.5),
    ]
    var errors: [Double] = []
    for pruner in pruners {
      let found = try [1, 2, 5].map {
        try pruner.prune(
          tensor, calibration: calibration, parallelism: Parallelism(threads: $0))
      }
      #expect(found[0] == found[1] && found[1] == found[2])
      let zeros = found[0].elements(of: Float.self).count { $0 == 0 }
      #expect(zeros >= rows * width / 2)
      errors.append(FeedbackTests.error(tensor, found[0], moments))
    }
    for (more, less) in zip(errors, errors.dropFirst()) { #expect(less < 0.95 * more, "\(errors)") }
    // What magnitude drops, feedback makes good.
    let pruned = try pruners[0].prune(tensor, calibration: nil, parallelism: .serial)
    var known = calibration
    known.unpruned = tensor
    for quantizer in [
      UniformStepQuantizer(step: 0.1), TrellisQuantizer(step: 0.1), KMeansQuantizer(entryCount: 64),
    ] as [any Quantizer] {
      let decoded = try quantizer.quantize(pruned, calibration: known, parallelism: .serial)
        .decoded()
      #expect(FeedbackTests.error(tensor, decoded, moments) < 0.7 * errors[0])
      for (kept, value) in zip(pruned.elements(of: Float.self), decoded.elements(of: Float.self))
      where kept == 0 { #expect(value.bitPattern == 0) }
    }
  }
}
