import TLCCore
import TLCKernels

/// About how many bits a coder spends on each code of a matrix that says how great the codes of each row
/// and of each column are, as `rans-matrix` does: from the codes that another choice gave.
struct CodeLengths: Sendable {
  /// The elements of a row, as they are stored.
  private let columnCount: Int
  /// Four times the binary logarithm of what the mean magnitudes of a row and of a column make of the
  /// tensor's, of the row and of the column.
  private let rows: [Float]
  private let columns: [Float]
  /// Bits by magnitude, class by class.
  private let lengths: [Float]

  /// The magnitudes that have lengths of their own.
  private static let magnitudeCount = 256
  /// Classes of a quarter of a binary logarithm of the mean magnitude, from 2⁻⁸ on.
  private static let classCount = 64
  private static let firstClass: Float = -32
  /// How many codes of a row and of a column the tensor's mean counts as.
  private static let meanWeight = 8.0
  /// How many codes the guess of a class, a geometric distribution of its mean, counts as.
  private static let guessWeight = 16.0

  /// - Parameters:
  ///   - codes: of each element, row-major.
  ///   - columnCount: of the matrix, not 0.
  ///   - isZero: whether an element has no code but 0, and so takes no bits.
  init(_ codes: [Int32], columnCount: Int, isZero: (Int) -> Bool) {
    let rowCount = codes.count / columnCount
    var (rowSums, rowCounts) = (
      [Int](repeating: 0, count: rowCount), [Int](repeating: 0, count: rowCount)
    )
    var (columnSums, columnCounts) = (
      [Int](repeating: 0, count: columnCount), [Int](repeating: 0, count: columnCount)
    )
    for (i, code) in codes.enumerated() where !isZero(i) {
      let (row, column) = (i / columnCount, i % columnCount)
      rowSums[row] += Int(code.magnitude)
      rowCounts[row] += 1
      columnSums[column] += Int(code.magnitude)
      columnCounts[column] += 1
    }
    let mean = (Double(rowSums.reduce(0, +)) + 0.5) / Double(rowCounts.reduce(1, +))
    func level(_ sum: Int, _ count: Int) -> Double {
      let guess = Self.meanWeight * mean
      return 4 * ((Double(sum) + guess) / (Double(count) + Self.meanWeight)).portableLog2
    }
    let rows = zip(rowSums, rowCounts).map { Float(level($0, $1)) }
    let columns = zip(columnSums, columnCounts).map {
      Float(level($0, $1) - 4 * mean.portableLog2)
    }
    var counts = [Double](repeating: 0, count: Self.classCount * Self.magnitudeCount)
    for (i, code) in codes.enumerated() where !isZero(i) {
      let place = Self.place(rows[i / columnCount] + columns[i % columnCount])
      counts[place + min(Int(code.magnitude), Self.magnitudeCount - 1)] += 1
    }
    for start in stride(from: 0, to: counts.count, by: Self.magnitudeCount) {
      let level = Double(start / Self.magnitudeCount) + Double(Self.firstClass)
      let expected = DoubleFunctions.exp2(level / 4)
      let share = expected / (1 + expected)
      var guess = Self.guessWeight * (1 - share)
      for magnitude in 0..<Self.magnitudeCount {
        counts[start + magnitude] += max(guess, 0x1p-40)
        guess *= share
      }
      let bits = counts[start..<start + Self.magnitudeCount].reduce(0, +).portableLog2
      for magnitude in 0..<Self.magnitudeCount {
        // A sign takes a bit.
        counts[start + magnitude] =
          bits - counts[start + magnitude].portableLog2 + (magnitude == 0 ? 0 : 1)
      }
    }
    lengths = counts.map { Float($0) }
    (self.rows, self.columns, self.columnCount) = (rows, columns, columnCount)
  }

  private static func place(_ level: Float) -> Int {
    let level = (level - firstClass).rounded(.toNearestOrEven)
    return Int(min(max(level, 0), Float(classCount - 1))) * magnitudeCount
  }

  /// The lengths of the class of an element, for ``bits(_:_:)``.
  func start(of index: Int) -> Int {
    Self.place(rows[index / columnCount] + columns[index % columnCount])
  }

  /// The bits of a code of a class.
  func bits(_ code: Int32, _ start: Int) -> Double {
    Double(lengths[start + min(Int(code.magnitude), Self.magnitudeCount - 1)])
  }
}
