import TLCCompress
import TLCCore
import TLCKernels

/// The sums over rows that a factor is multiplied by.
struct InputSums {
  let width: Int
  private(set) var count = 0
  private(set) var sums: [Double]
  private let products: SymmetricMatrix

  init(width: Int) {
    self.width = width
    sums = Array(repeating: 0, count: width)
    products = SymmetricMatrix(width: width)
  }

  /// Adds rows, one after the other.
  ///
  /// - Returns: whether all elements are finite; where not, the sums are of no use any more.
  mutating func add(_ rows: [Float], team: Team) -> Bool {
    guard !rows.isEmpty, let shape = Shape([rows.count / width, width]) else { return true }
    let elements = TensorView(Tensor(rows, shape: shape)).elements(of: Float.self)
    products.addProducts(of: elements, rowCount: shape.dimensions[0], team: team)
    count += shape.dimensions[0]
    for row in 0..<shape.dimensions[0] {
      for i in 0..<width { sums[i] += Double(rows[row * width + i]) }
    }
    // Sums of so few numbers of f32 are beyond no range; a NaN or an infinity stays.
    return sums.allSatisfy { $0.isFinite }
  }

  /// The moments, their elements in another order.
  func moments(_ order: [Int]) -> InputMoments {
    InputMoments(count: count, sums: sums, matrix: products, order: order)
  }
}
