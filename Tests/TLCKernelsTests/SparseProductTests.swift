import TLCCore
import TLCKernels
import Testing

/// Products without zeros against the definition with them, bit for bit.
@Suite struct SparseProductTests {
  private static func floats(_ count: Int, seed: UInt64, zeros: Int = 0) throws -> Elements<Float> {
    var random = SplitMix64(seed: seed)
    let values = (0..<count).map { _ in
      let x = Float(Double(random.next() >> 40) / 0x1p23 - 1)
      guard random.next() % 100 < UInt64(zeros) else { return x }
      return x < 0 ? -0.0 : 0
    }
    let shape = try #require(Shape([count]))
    return TensorView(Tensor(values, shape: shape)).elements(of: Float.self)
  }

  @Test(
    "every shape, share of zeros and instruction set gives the bits of the dense product",
    arguments: [
      (1, 1, 1, 0), (1, 70, 300, 50), (16, 9, 64, 90), (17, 31, 65, 100), (33, 20, 130, 65),
      (64, 40, 128, 80), (67, 19, 200, 95), (131, 6, 100, 30), (3, 5, 0, 0),
    ])
  func shapes(rows: Int, columns: Int, depth: Int, zeros: Int) throws {
    let b = try Self.floats(depth * columns, seed: 1, zeros: zeros)
    let bias = try Self.floats(columns, seed: 2, zeros: 30)
    for special: Float? in [.infinity, -Float.nan, 0x1p-149, 3e38, nil] {
      let a = try Self.floats(rows * depth, seed: 3)
      if let special, depth > 0 {
        a[rows / 2 * depth + depth / 3] = special
        a[(rows - 1) * depth + depth / 2] = -special
      }
      for isTransposed in [false, true] {
        let matrix = SparseMatrix(
          b, depth: depth, columnCount: columns, isTransposed: isTransposed)
        #expect(matrix.keptCount == b.indices.count { b[$0] != 0 })
        for instructions in InstructionSet.available {
          let whole = try Self.floats(rows * columns, seed: 4)
          let parts = try Self.floats(rows * columns, seed: 5)
          matrix.multiply(
            a, bias: bias, into: whole, rows: 0..<rows, columns: 0..<columns, on: instructions)
          for row in stride(from: 0, to: rows, by: 24) {
            for column in stride(from: 0, to: columns, by: 7) {
              matrix.multiply(
                a, into: parts, rows: row..<min(row + 24, rows),
                columns: column..<min(column + 7, columns), on: instructions)
            }
          }
          for i in 0..<rows {
            for j in 0..<columns {
              let chain = MatrixProduct.element(
                depth, { a[i * depth + $0] },
                { isTransposed ? b[j * depth + $0] : b[$0 * columns + j] })
              let expected = FloatFunctions.canonical(chain + bias[j])
              let place = i * columns + j
              #expect(whole[place].bitPattern == expected.bitPattern, "[\(i), \(j)]")
              #expect(parts[place].bitPattern == chain.bitPattern, "[\(i), \(j)]")
            }
          }
        }
      }
    }
  }
}
