import TLCCore
import TLCKernels
import Testing

/// Kernels of rows against their definitions, bit for bit.
@Suite struct RowTests {
  private static func view(_ values: [Float]) throws -> Elements<Float> {
    let shape = try #require(Shape([values.count]))
    return TensorView(Tensor(values, shape: shape)).elements(of: Float.self)
  }

  private static func values(_ count: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(Double(random.next() >> 40) / 0x1p20 - 8) }
  }

  /// Rows of `length`, the last ones with what is special.
  private static func rows(length: Int) -> [[Float]] {
    var rows = (0..<7).map { values(length, seed: UInt64($0)) }
    for special in [Float.nan, .infinity, -.infinity, 1e38, -0.0] {
      var row = values(length, seed: 9)
      row[length / 2] = special
      rows.append(row)
    }
    return rows + [[Float](repeating: -.infinity, count: length)]
  }

  @Test("softmax", arguments: [1, 2, 15, 16, 17, 31, 128, 1_000])
  func softmax(length: Int) throws {
    let rows = Self.rows(length: length)
    for instructions in InstructionSet.available {
      let y = try Self.view([Float](repeating: 0, count: rows.count * length))
      let x = try Self.view(rows.flatMap { $0 })
      for part in [0..<3, 3..<rows.count] {
        Kernels.softmax(x, to: y, length: length, rows: part, on: instructions)
      }
      for (r, row) in rows.enumerated() {
        for (i, expected) in RowFunctions.softmax(row).enumerated() {
          #expect(y[r * length + i].bitPattern == expected.bitPattern, "row \(r), \(i)")
        }
      }
    }
  }

  @Test("layer normalization", arguments: [1, 2, 15, 16, 17, 31, 128, 1_000])
  func layerNormalization(length: Int) throws {
    let rows = Self.rows(length: length)
    let (scale, bias) = (Self.values(length, seed: 20), Self.values(length, seed: 21))
    for (instructions, hasBias) in InstructionSet.available.flatMap({ [($0, true), ($0, false)] }) {
      let y = try Self.view([Float](repeating: 0, count: rows.count * length))
      let means = try Self.view([Float](repeating: 0, count: rows.count))
      let inverses = try Self.view([Float](repeating: 0, count: rows.count))
      for part in [0..<3, 3..<rows.count] {
        Kernels.layerNormalization(
          try Self.view(rows.flatMap { $0 }), scale: try Self.view(scale),
          bias: hasBias ? try Self.view(bias) : nil, epsilon: 1e-5, to: y, means: means,
          inverses: inverses, length: length, rows: part, on: instructions)
      }
      for (r, row) in rows.enumerated() {
        let expected = RowFunctions.layerNormalization(
          row, scale: scale, bias: hasBias ? bias : nil, epsilon: 1e-5)
        for i in 0..<length {
          #expect(y[r * length + i].bitPattern == expected.row[i].bitPattern, "row \(r), \(i)")
        }
        #expect(means[r] == expected.mean || expected.mean.isNaN)
        #expect(inverses[r] == expected.inverse || expected.inverse.isNaN)
      }
    }
  }
}
