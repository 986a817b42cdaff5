import TLCCompress
import TLCCore
import TLCKernels
import TLCPipeline
import TLCSystem
import TLCTestSupport
import Testing

@Suite struct MatrixTrialTests {
  @Test func `says what a matrix takes and what its outputs lose`() throws {
    var arbitrary = Arbitrary(seed: 1)
    let (rows, width, count) = (30, 50, 90)
    let shape = try #require(Shape([rows, width]))
    let weights = arbitrary.floats(shape.count).map { min(max($0, -1), 1) }
    let inputs = arbitrary.floats(count * width).map { min(max($0, -1), 1) + 0.5 }
    let products = SymmetricMatrix(width: width)
    let rowsOfInputs = Tensor(inputs, shape: try #require(Shape([count, width])))
    products.addProducts(
      of: TensorView(rowsOfInputs).elements(of: Float.self), rowCount: count)
    let sums = (0..<width).map { i in
      (0..<count).reduce(0.0) { $0 + Double(inputs[$1 * width + i]) }
    }
    let calibration = TensorCalibration(
      inputs: (.trailing, InputMoments(count: count, sums: sums, matrix: products)))
    let tensor = Tensor(weights, shape: shape)
    var byteCounts: [Int] = []
    for step in [0.1, 0.5] {
      let trials = try [1, 3].map {
        try MatrixTrial(
          tensor, UniformStepQuantizer(step: step), calibration: calibration,
          parallelism: Parallelism(threads: $0))
      }
      #expect(trials[0].outputError == trials[1].outputError)
      #expect(trials[0].byteCount == trials[1].byteCount)
      byteCounts.append(trials[0].byteCount)
      let decoded = trials[0].values.decoded().elements(of: Float.self)
      var square = 0.0
      var mean = [Double](repeating: 0, count: rows)
      for sample in 0..<count {
        for row in 0..<rows {
          let error = (0..<width).reduce(0.0) {
            let place = row * width + $1
            return $0 + Double(weights[place] - decoded[place])
              * Double(inputs[sample * width + $1])
          }
          square += error * error / Double(count)
          mean[row] += error / Double(count)
        }
      }
      let found = try #require(trials[0].outputError)
      #expect(abs(found.meanSquare - square) < 1e-3 * square)
      #expect(zip(found.mean, mean).allSatisfy { abs($0 - $1) < 1e-4 })
    }
    #expect(byteCounts[1] < byteCounts[0])
  }
}
