import TLCCore
import TLCKernels
import Testing

/// Predictions of rows against their definition in integers: `formats/codecs/rans-matrix.md`.
@Suite struct PredictionTests {
  @Test(
    "kernels have the numbers of the definition, of any number of columns and references",
    arguments: [0, 1, 2, 13, 64], [1, 7, 8, 9, 40])
  func definition(referenceCount: Int, columnCount: Int) {
    var random = SplitMix64(seed: UInt64(referenceCount * 64 + columnCount))
    func drawn(_ bound: Int) -> Int { Int(random.next() % UInt64(2 * bound + 1)) - bound }
    let first = 3
    let inputs = (0..<referenceCount).map { _ in (0..<8).map { _ in drawn(1_023) } }
    let bound = 4_096 / max(referenceCount, 1)
    let coefficients = (0..<columnCount).map { _ in
      (0..<referenceCount).map { _ in drawn(bound) }
    }
    let offsets = (0..<first + columnCount).map { _ in Int32(drawn(1 << 22)) }
    var blocks: [SIMD8<Float>] = []
    for start in stride(from: 0, to: columnCount, by: 8) {
      for k in 0..<referenceCount {
        var block = SIMD8<Float>()
        for i in 0..<min(8, columnCount - start) { block[i] = Float(coefficients[start + i][k]) }
        blocks.append(block)
      }
    }
    let vectors = inputs.map { row in SIMD8<Float>(row.map { Float($0) }) }
    let untouched = SIMD8<Int32>(repeating: .min)
    for shift in [1, 8] {
      for instructions in InstructionSet.available {
        var predictions = [SIMD8<Int32>](repeating: untouched, count: first + columnCount + 1)
        do {
          var span = predictions.mutableSpan
          Kernels.predictRows(
            from: vectors.span, coefficients: blocks.span, offsets: offsets.span,
            columns: first..<first + columnCount, shift: shift, to: &span, on: instructions)
        }
        for column in 0..<columnCount {
          for row in 0..<8 {
            let sum = (0..<referenceCount).reduce(Int(offsets[first + column])) {
              $0 + coefficients[column][$1] * inputs[$1][row]
            }
            #expect(
              Int(predictions[first + column][row]) == (sum + (1 << (shift - 1))) >> shift,
              "column \(column), row \(row), \(instructions)")
          }
        }
        #expect(predictions.prefix(first).allSatisfy { $0 == untouched })
        #expect(predictions.last == untouched)
      }
    }
  }
}
