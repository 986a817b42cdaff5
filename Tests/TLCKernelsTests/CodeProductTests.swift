import TLCCore
import TLCKernels
import Testing

/// Products of f32 with codes against their definition, bit for bit.
@Suite struct CodeProductTests {
  private static func elements<Element: TensorElement>(
    _ count: Int, seed: UInt64, _ make: (UInt64) -> Element
  ) throws -> Elements<Element> {
    var random = SplitMix64(seed: seed)
    let values = (0..<count).map { _ in make(random.next()) }
    let shape = try #require(Shape([count]))
    return TensorView(Tensor(values, shape: shape)).elements(of: Element.self)
  }

  private static func floats(_ count: Int, seed: UInt64) throws -> Elements<Float> {
    try elements(count, seed: seed) { Float(Double($0 >> 40) / 0x1p23 - 1) }
  }

  @Test(
    "every shape, width, group and instruction set gives the same bits",
    arguments: [
      (1, 1, 1, 1), (1, 70, 64, 32), (1, 150, 97, 97), (2, 33, 0, 8), (5, 17, 100, 9),
      (13, 40, 256, 64), (30, 31, 129, 500), (27, 50, 40, 13),
    ], [CodeMatrix.Width.eight, .four])
  func shapes(shape: (rows: Int, columns: Int, depth: Int, group: Int), width: CodeMatrix.Width)
    throws
  {
    let (rows, columns, depth, group) = shape
    let groups = (depth + group - 1) / group
    let codes = try Self.elements(depth * columns, seed: 1) { random in
      let range = width.codes
      return range.lowerBound + Int8(random % UInt64(Int(range.upperBound) * 2 + 2) / 2)
        + Int8(random >> 32 & 1) * range.upperBound
    }
    let steps = try Self.floats(groups * columns, seed: 2)
    let x = try Self.floats(rows * depth, seed: 3)
    let bias = try Self.floats(columns, seed: 4)
    if depth > 0 {
      x[0] = .nan
      x[rows / 2 * depth + depth / 2] = -.infinity
      for k in 0..<depth { x[(rows - 1) * depth + k] *= 0x1p-146 }
    }
    for isTransposed in [false, true] {
      let matrix = CodeMatrix(
        codes, steps: steps, depth: depth, columnCount: columns, group: group, width: width,
        isTransposed: isTransposed)
      for (instructions, hasBias) in InstructionSet.available.flatMap({ [($0, true), ($0, false)] })
      {
        let whole = try Self.floats(rows * columns, seed: 5)
        let parts = try Self.floats(rows * columns, seed: 6)
        matrix.multiply(
          x, bias: hasBias ? bias : nil, into: whole, rows: 0..<rows,
          panels: 0..<matrix.panelCount, on: instructions)
        for row in stride(from: 0, to: rows, by: 4) {
          for panel in 0..<matrix.panelCount {
            matrix.multiply(
              x, bias: hasBias ? bias : nil, into: parts, rows: row..<min(row + 4, rows),
              panels: panel..<panel + 1, on: instructions)
          }
        }
        for i in 0..<rows {
          for j in 0..<columns {
            let expected = CodeProduct.element(
              depth, { x[i * depth + $0] },
              { codes[isTransposed ? j * depth + $0 : $0 * columns + j] }, group: group,
              step: { steps[isTransposed ? j * groups + $0 : $0 * columns + j] },
              bias: hasBias ? bias[j] : nil)
            let place = i * columns + j
            #expect(whole[place].bitPattern == expected.bitPattern, "\(instructions) [\(i), \(j)]")
            #expect(parts[place].bitPattern == expected.bitPattern, "\(instructions) [\(i), \(j)]")
          }
        }
      }
    }
  }
}
