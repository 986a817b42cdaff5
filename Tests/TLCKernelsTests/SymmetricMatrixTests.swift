import TLCCore
import TLCKernels
import Testing

/// Second moments and Cholesky factors against their definitions, bit for bit.
@Suite struct SymmetricMatrixTests {
  private static func random(_ count: Int, seed: UInt64) throws -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(Double(random.next() >> 40) / 0x1p23 - 1) }
  }

  private static func elements(_ values: [Float]) throws -> Elements<Float> {
    let shape = try #require(Shape([values.count]))
    return TensorView(Tensor(values, shape: shape)).elements(of: Float.self)
  }

  @Test(
    "rows give the same sums of products however they are divided, and on every instruction set",
    arguments: [(1, 1), (3, 5), (8, 200), (9, 64), (24, 65), (70, 130)])
  func moments(width: Int, rowCount: Int) throws {
    let rows = try Self.random(width * rowCount, seed: 1)
    var expected: [Double] = []
    for i in 0..<width {
      for j in 0...i {
        expected.append(
          (0..<rowCount).reduce(0.0) {
            $0 + Double(rows[$1 * width + i]) * Double(rows[$1 * width + j])
          })
      }
    }
    for instructions in InstructionSet.available {
      for (threadCount, part) in [(1, rowCount), (3, 7), (2, 64)] {
        let matrix = SymmetricMatrix(width: width)
        for start in stride(from: 0, to: rowCount, by: part) {
          let count = min(part, rowCount - start)
          matrix.addProducts(
            of: try Self.elements(Array(rows[start * width..<(start + count) * width])),
            rowCount: count, team: Team(threadCount: threadCount), on: instructions)
        }
        var found: [Double] = []
        for i in 0..<width { for j in 0...i { found.append(matrix[j, i]) } }
        #expect(found.map { $0.bitPattern } == expected.map { $0.bitPattern })
      }
    }
  }

  @Test(
    "inverses times the matrix are ones, and an eliminated row is as if it had not been there",
    arguments: [1, 2, 9, 70])
  func inverses(width: Int) throws {
    let rows = try Self.random(width * (width + 30), seed: 3)
    /// The inverse of the moments of some columns.
    func inverse(_ columns: [Int]) throws -> (moments: SymmetricMatrix, inverse: SymmetricMatrix) {
      let all = SymmetricMatrix(width: width)
      all.addProducts(of: try Self.elements(rows), rowCount: width + 30)
      let moments = SymmetricMatrix(width: columns.count)
      let factor = SymmetricMatrix(width: columns.count)
      for i in columns.indices {
        for j in 0...i { moments[i, j] = all[columns[i], columns[j]] }
      }
      factor.set(moments)
      #expect(factor.factor())
      return (moments, factor.inverseOfFactored())
    }
    var columns = Array(0..<width)
    let (moments, found) = try inverse(columns)
    for i in 0..<width {
      for j in 0..<width {
        let product = (0..<width).reduce(0.0) { $0 + moments[i, $1] * found[$1, j] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-9)
      }
    }
    for pivot in [width / 2, 0, width - 3] where columns.count > 1 && pivot >= 0 {
      found.eliminate(pivot, of: columns.count)
      // The last has the place of the one that is gone.
      columns[pivot] = columns[columns.count - 1]
      columns.removeLast()
      let expected = try inverse(columns).inverse
      for i in columns.indices {
        for j in 0...i { #expect(abs(found[i, j] - expected[i, j]) < 1e-9) }
      }
    }
  }

  @Test(
    "factors have the same bits in blocks as one by one", arguments: [1, 2, 8, 63, 64, 65, 200])
  func factors(width: Int) throws {
    let rows = try Self.random(width * (width + 4), seed: 2)
    func moments() throws -> SymmetricMatrix {
      let matrix = SymmetricMatrix(width: width)
      matrix.addProducts(of: try Self.elements(rows), rowCount: width + 4)
      for i in 0..<width { matrix[i, i] += 0.01 }
      return matrix
    }
    let matrix = try moments()
    var factor = [[Double]](repeating: Array(repeating: 0, count: width), count: width)
    for i in 0..<width {
      for j in 0...i {
        let rest = (0..<j).reduce(matrix[i, j]) { $0 - factor[i][$1] * factor[j][$1] }
        factor[i][j] = i == j ? rest.squareRoot() : rest / factor[j][j]
      }
    }
    for instructions in InstructionSet.available {
      for threadCount in [1, 3] {
        let found = try moments()
        #expect(found.factor(team: Team(threadCount: threadCount), on: instructions))
        for i in 0..<width {
          for j in 0...i { #expect(found[i, j].bitPattern == factor[i][j].bitPattern) }
        }
      }
    }
    var worst = 0.0
    for i in 0..<width {
      for j in 0...i {
        let product = (0...j).reduce(0.0) { $0 + factor[i][$1] * factor[j][$1] }
        worst = max(worst, abs(product - matrix[i, j]) / matrix[i, i])
      }
    }
    #expect(worst < 1e-12)
  }

  @Test func `a matrix that is not positive definite has no factor`() throws {
    let one = SymmetricMatrix(width: 70)
    one.addProducts(of: try Self.elements(Self.random(70, seed: 3)), rowCount: 1)
    #expect(!one.factor())
    #expect(!SymmetricMatrix(width: 3).factor())
    let unknown = SymmetricMatrix(width: 1)
    unknown[0, 0] = .nan
    #expect(!unknown.factor())
  }

  @Test("outer products are added with one rounding", arguments: [(1, 1), (5, 37), (3, 64)])
  func outer(rows: Int, columns: Int) throws {
    let e = try Self.random(rows * 3, seed: 4)
    let m = try Self.random(columns + 2, seed: 5)
    let s = try Self.random(rows * (columns + 1), seed: 6)
    for instructions in InstructionSet.available {
      let sums = try Self.elements(s)
      Kernels.addOuterProduct(
        try Self.elements(e), from: 0, stride: 3, try Self.elements(m), from: 2, to: sums, at: 0,
        stride: columns + 1, rowCount: rows, columnCount: columns, on: instructions)
      for i in 0..<rows {
        for j in 0..<columns {
          let place = i * (columns + 1) + j
          let expected = s[place].addingProduct(e[i * 3], m[j + 2])
          #expect(sums[place].bitPattern == expected.bitPattern)
        }
      }
    }
  }
}
