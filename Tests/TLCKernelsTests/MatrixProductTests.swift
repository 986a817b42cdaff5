import TLCCore
import TLCKernels
import Testing

/// Matrix products against their definition, bit for bit.
@Suite struct MatrixProductTests {
  private static func random(_ count: Int, seed: UInt64) throws -> Elements<Float> {
    var random = SplitMix64(seed: seed)
    let values = (0..<count).map { _ in Float(Double(random.next() >> 40) / 0x1p23 - 1) }
    let shape = try #require(Shape([count]))
    return TensorView(Tensor(values, shape: shape)).elements(of: Float.self)
  }

  @Test(
    "every shape, instruction set and way to share the work out gives the same bits",
    arguments: [
      (1, 1, 1), (1, 64, 300), (1, 70, 513), (2, 16, 0), (5, 17, 256), (6, 16, 257), (7, 31, 600),
      (13, 100, 64), (31, 97, 300), (150, 33, 40), (300, 20, 12), (26, 40, 1_024),
    ])
  func shapes(rows: Int, columns: Int, depth: Int) throws {
    let a = try Self.random(rows * depth, seed: 1)
    let b = try Self.random(depth * columns, seed: 2)
    let bias = try Self.random(columns, seed: 3)
    // What gives NaN, infinity and zeros of both signs.
    bias[columns / 2] = -0.0
    if depth > 0 {
      a[rows / 2 * depth] = .infinity
      a[rows / 3 * depth + depth / 2] = -.nan
      for i in 0..<depth { a[(rows - 1) * depth + i] = -1e-30 }
      for i in 0..<min(depth, columns) { b[i] *= 1e-30 }
    }
    for isTransposed in [false, true] {
      let packed = PackedMatrix(
        b, depth: depth, columnCount: columns, isTransposed: isTransposed)
      for (instructions, hasBias) in InstructionSet.available.flatMap({ [($0, true), ($0, false)] })
      {
        let whole = try Self.random(rows * columns, seed: 4)
        let parts = try Self.random(rows * columns, seed: 5)
        packed.multiply(
          a, bias: hasBias ? bias : nil, into: whole, rows: 0..<rows, panels: 0..<packed.panelCount,
          on: instructions)
        for row in stride(from: 0, to: rows, by: 4) {
          for panel in 0..<packed.panelCount {
            packed.multiply(
              a, bias: hasBias ? bias : nil, into: parts, rows: row..<min(row + 4, rows),
              panels: panel..<panel + 1, on: instructions)
          }
        }
        for i in 0..<rows {
          for j in 0..<columns {
            let chain = MatrixProduct.element(
              depth, { a[i * depth + $0] },
              { isTransposed ? b[j * depth + $0] : b[$0 * columns + j] })
            let expected = hasBias ? FloatFunctions.canonical(chain + bias[j]) : chain
            #expect(whole[i * columns + j].bitPattern == expected.bitPattern, "[\(i), \(j)]")
            #expect(parts[i * columns + j].bitPattern == expected.bitPattern, "[\(i), \(j)]")
          }
        }
      }
    }
  }
}
