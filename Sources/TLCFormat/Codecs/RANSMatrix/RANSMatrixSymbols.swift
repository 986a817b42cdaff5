internal import TLCCore
internal import TLCSystem

/// The symbols of a matrix that is to be written.
struct RANSMatrixSymbols: Sendable {
  let words: [UInt32]
  let rowLength: Int
  /// The symbol in the middle of all.
  let center: Int

  var rowCount: Int { words.count / rowLength }

  /// Of a large plane, so many symbols are looked at to choose how it is coded.
  private static let sampleCount = 1 << 19

  init(_ words: [UInt32], width: Int, rowLength: Int) {
    self.words = words
    self.rowLength = rowLength
    let spacing = words.count / Self.sampleCount | 1
    var counts = [Int](repeating: 0, count: 1 << width)
    for i in stride(from: 0, to: words.count, by: spacing) { counts[Int(words[i])] += 1 }
    let half = counts.reduce(0, +) / 2
    var below = 0
    center =
      counts.firstIndex { count in
        below += count
        return below > half
      } ?? 0
  }

  /// Every row.
  var rows: [Int] { Array(0..<rowCount) }

  /// Rows at equal distances, all where there are few.
  func sampledRows(count: Int = sampleCount) -> [Int] {
    let wanted = max(64, count / rowLength)
    return Array(stride(from: 0, to: rowCount, by: max(1, rowCount / wanted)))
  }

  /// What symbols are beyond what is expected of them, in quarters, of each row the columns in the
  /// order of coding.
  func differences(
    _ rows: [Int], _ predictor: RANSMatrixPredictor?, _ parallelism: Parallelism
  ) -> [Int32] {
    let length = rowLength
    let groupsPerPiece = max(1, (1 << 14) / length)
    return parallelism.fill(
      count: rows.count * length, pieceLength: 8 * groupsPerPiece * length
    ) { piece, out in
      var symbols = [SIMD8<Int32>](repeating: SIMD8(), count: length)
      var quarters = [SIMD8<Int32>](repeating: SIMD8(), count: length)
      var inputs = [SIMD8<Float>](repeating: SIMD8(), count: predictor?.referenceCount ?? 0)
      let first = piece * 8 * groupsPerPiece
      let rowCount = out.count / length
      for group in stride(from: 0, to: rowCount, by: 8) {
        let lanes = min(8, rowCount - group)
        for lane in 0..<lanes {
          let start = rows[first + group + lane] * length
          for place in 0..<length {
            let word = words[start + (predictor?.order[place] ?? place)]
            symbols[place][lane] = Int32(truncatingIfNeeded: word) &- Int32(center)
          }
        }
        if let predictor {
          for place in 0..<predictor.referenceCount {
            quarters[place] = predictor.quarters(ofReference: place, inputs)
            for lane in 0..<8 {
              inputs[place][lane] = RANSMatrixPredictor.input(symbols[place][lane])
            }
          }
          predictor.expect(inputs, quarters: &quarters)
        }
        for lane in 0..<lanes {
          let start = (group + lane) * length
          for place in 0..<length {
            out[start + place] = 4 &* symbols[place][lane] &- quarters[place][lane]
          }
        }
      }
    }
  }
}

/// What a difference of so many quarters is coded as: a residual, by the table of a phase.
struct RANSMatrixResidual {
  let value: Int
  let phase: Int

  /// - Parameter difference: the symbol less what is expected, in quarters.
  @inline(__always)
  init(_ difference: Int32) {
    let value = (difference &+ 1) &>> 2
    self.value = Int(value)
    phase = Int(2 &+ (value &<< 2) &- difference)
  }
}
