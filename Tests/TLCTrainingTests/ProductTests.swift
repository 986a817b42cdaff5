import TLCBLAS
import TLCCore
import TLCKernels
import Testing

struct ProductTests {
  static func elements(_ count: Int, seed: UInt64) throws -> Elements<Float> {
    TensorView(try GradientCase.tensor([count], seed: seed)).elements(of: Float.self)
  }

  @Test(arguments: [false, true], [false, true])
  func `products are sums of products, of parts of memory and of transposes`(
    _ leftIsTransposed: Bool, _ rightIsTransposed: Bool
  ) throws {
    let (rows, columns, depth, start) = (5, 7, 3, 4)
    let (a, b) = (try Self.elements(200, seed: 1), try Self.elements(200, seed: 2))
    let c = try Self.elements(200, seed: 3)
    let before = c.indices.map { c[$0] }
    BLAS.multiply(
      .init(rows: rows, columns: columns, depth: depth),
      .init(a, from: start, stride: 9, transposed: leftIsTransposed),
      .init(b, from: start, stride: 8, transposed: rightIsTransposed), alpha: 2, beta: 0.5,
      into: .init(c, from: start, stride: 11), team: Team(threadCount: 2))
    for i in 0..<20 {
      for j in 0..<11 where start + i * 11 + j < 200 {
        let place = start + i * 11 + j
        guard i < rows, j < columns else {
          #expect(c[place] == before[place], "what is no part of the result stays")
          continue
        }
        let sum = (0..<depth).reduce(0.0) { sum, k in
          let x = a[start + (leftIsTransposed ? k * 9 + i : i * 9 + k)]
          let y = b[start + (rightIsTransposed ? j * 8 + k : k * 8 + j)]
          return sum + Double(x) * Double(y)
        }
        #expect(abs(Double(c[place]) - (2 * sum + 0.5 * Double(before[place]))) < 1e-5)
      }
    }
  }

  @Test(arguments: [(700, 300, 400), (200, 1100, 500)])
  func `large products have the same bits for any number of threads`(
    _ rows: Int, _ columns: Int, _ depth: Int
  ) throws {
    let (a, b) = (
      try Self.elements(rows * depth, seed: 1), try Self.elements(depth * columns, seed: 2)
    )
    let results = try [1, 2, 3].map { threadCount in
      let c = try Self.elements(rows * columns, seed: 3)
      BLAS.multiply(
        .init(rows: rows, columns: columns, depth: depth), .init(a, stride: depth),
        .init(b, stride: columns), into: .init(c, stride: columns),
        team: Team(threadCount: threadCount))
      return c.indices.map { c[$0].bitPattern }
    }
    #expect(results[1] == results[0] && results[2] == results[0])
    let (row, column) = (rows - 1, columns - 2)
    let sum = (0..<depth).reduce(0.0) {
      $0 + Double(a[row * depth + $1]) * Double(b[$1 * columns + column])
    }
    let found = Float(bitPattern: results[0][row * columns + column])
    #expect(abs(Double(found) - sum) < 1e-4)
  }

  @Test func `what is not there is no part of a product`() async {
    await #expect(processExitsWith: .failure) {
      let a = TensorView(zeros: .f32, Shape([12]) ?? .scalar).elements(of: Float.self)
      BLAS.multiply(
        .init(rows: 4, columns: 4, depth: 4), .init(a, stride: 4), .init(a, stride: 4),
        into: .init(a, stride: 4))
    }
  }
}
