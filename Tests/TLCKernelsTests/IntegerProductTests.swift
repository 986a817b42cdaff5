import TLCCore
import TLCKernels
import Testing

/// Products of bytes against their definition, bit for bit.
@Suite struct IntegerProductTests {
  private static func elements<Element: TensorElement>(_ values: [Element]) throws
    -> Elements<Element>
  {
    let shape = try #require(Shape([values.count]))
    return TensorView(Tensor(values, shape: shape)).elements(of: Element.self)
  }

  private static func floats(_ count: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(Double(random.next() >> 40) / 0x1p23 - 1) }
  }

  private static func codes(_ count: Int, least: Int, seed: UInt64) -> [Int8] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Int8(Int(random.next() % UInt64(-2 * least)) + least) }
  }

  /// Rows with what is special among them.
  private static func rows(_ count: Int, depth: Int) -> [[Float]] {
    (0..<count).map { row in
      var x = floats(depth, seed: UInt64(row))
      guard depth > 0 else { return x }
      switch row % 7 {
      case 1: x = x.map { _ in 0 }
      case 2: x[depth / 2] = .infinity
      case 3: x[depth / 3] = -.nan
      case 4: x = x.map { $0 * 1e-37 }
      case 5: x = x.map { $0 * 0x1p-136 }
      case 6: x = x.map { $0 * 3e38 }
      default: break
      }
      return x
    }
  }

  @Test(
    "every shape, instruction set and way to share the work out gives the same bits",
    arguments: [
      (1, 1, 1, -127), (1, 200, 301, -127), (7, 17, 30, -127), (13, 40, 64, -128), (29, 33, 7, -9),
      (2, 16, 0, -1), (50, 90, 130, -128), (3, 20, 9_001, -127), (9, 5, 17_001, -90),
    ])
  func shapes(rowCount: Int, columns: Int, depth: Int, least: Int) throws {
    let rows = Self.rows(rowCount, depth: depth)
    let codes = Self.codes(depth * columns, least: least, seed: 1)
    let steps = Self.floats(columns, seed: 2).map { abs($0) }
    let bias = Self.floats(columns, seed: 3)
    let x = try Self.elements(rows.flatMap { $0 })
    for isTransposed in [false, true] {
      let matrix = try #require(
        IntegerMatrix(
          try Self.elements(codes), steps: try Self.elements(steps), depth: depth,
          columnCount: columns, isTransposed: isTransposed))
      var expected: [Float] = []
      for row in rows {
        let (scale, left) = IntegerProduct.quantize(row)
        for j in 0..<columns {
          var sum: Int32 = 0
          for k in 0..<depth {
            sum += Int32(left[k]) * Int32(codes[isTransposed ? j * depth + k : k * columns + j])
          }
          expected.append(
            IntegerProduct.element(sum: sum, scale: scale, step: steps[j], bias: bias[j]))
        }
      }
      for instructions in InstructionSet.available {
        let left = QuantizedRows(rowCount: rowCount, depth: depth)
        left.quantize(x, rows: 0..<1, on: instructions)
        left.quantize(x, rows: 1..<rowCount, on: instructions)
        for (i, row) in rows.enumerated() {
          let (scale, codes) = IntegerProduct.quantize(row)
          #expect(left.scale(ofRow: i).bitPattern == scale.bitPattern, "row \(i)")
          #expect((0..<depth).map { left.code(ofRow: i, column: $0) } == codes, "row \(i)")
        }
        let whole = try Self.elements(Self.floats(rowCount * columns, seed: 4))
        let parts = try Self.elements(Self.floats(rowCount * columns, seed: 5))
        let biases = try Self.elements(bias)
        matrix.multiply(
          left, bias: biases, into: whole, rows: 0..<rowCount, panels: 0..<matrix.panelCount,
          on: instructions)
        for row in stride(from: 0, to: rowCount, by: 5) {
          for panel in 0..<matrix.panelCount {
            matrix.multiply(
              left, bias: biases, into: parts, rows: row..<min(row + 5, rowCount),
              panels: panel..<panel + 1, on: instructions)
          }
        }
        for i in expected.indices {
          #expect(whole[i].bitPattern == expected[i].bitPattern, "\(instructions), \(i)")
          #expect(parts[i].bitPattern == expected[i].bitPattern, "\(instructions), \(i)")
        }
      }
    }
  }

  @Test("columns whose sums may not fit are refused")
  func limit() throws {
    for (last, fits) in [(Int8(127), true), (-128, false)] {
      let depth = 1 << 17
      var codes = [Int8](repeating: -128, count: depth)
      codes[depth - 1] = last
      let matrix = IntegerMatrix(
        try Self.elements(codes), steps: try Self.elements([1]), depth: depth, columnCount: 1,
        isTransposed: false)
      #expect((matrix != nil) == fits)
    }
  }
}
