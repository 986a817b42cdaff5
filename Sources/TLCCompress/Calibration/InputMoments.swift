public import TLCKernels

/// What a matrix was multiplied by on calibration data: sums over all inputs, each a vector.
public struct InputMoments: Equatable, Sendable {
  /// The elements of an input.
  public let width: Int
  /// The number of inputs.
  public let count: Int
  /// Σ𝑥ᵢ over all inputs.
  public let sums: [Double]
  /// Σ𝑥ᵢ𝑥ⱼ over all inputs for 𝑗 ≤ 𝑖: the lower triangle, row by row.
  public let products: [Double]

  /// - Precondition: there are `width` sums and width · (width + 1) / 2 products.
  public init(width: Int, count: Int, sums: [Double], products: [Double]) {
    precondition(sums.count == width, "\(sums.count) sums of \(width) elements")
    precondition(
      products.count == width * (width + 1) / 2, "\(products.count) products of \(width) elements")
    self.width = width
    self.count = count
    self.sums = sums
    self.products = products
  }

  /// The moments of inputs whose products were added to a matrix.
  ///
  /// - Parameters:
  ///   - count: the number of inputs.
  ///   - sums: their sums.
  ///   - matrix: the sums of their products.
  ///   - order: for each element of the result, which of the inputs' it is; `nil` for the same.
  /// - Precondition: the widths are equal, and `order` is a permutation.
  public init(count: Int, sums: [Double], matrix: SymmetricMatrix, order: [Int]? = nil) {
    let order = order ?? Array(0..<matrix.width)
    var products: [Double] = []
    products.reserveCapacity(matrix.width * (matrix.width + 1) / 2)
    for (row, i) in order.enumerated() {
      for column in 0...row { products.append(matrix[i, order[column]]) }
    }
    self.init(
      width: matrix.width, count: count, sums: order.map { sums[$0] }, products: products)
  }

  /// Σ𝑥ᵢ𝑥ⱼ over all inputs.
  ///
  /// - Precondition: both are in `0..<width`.
  public subscript(i: Int, j: Int) -> Double {
    let (row, column) = (max(i, j), min(i, j))
    return products[row * (row + 1) / 2 + column]
  }

  /// The mean of each element.
  public var means: [Double] { sums.map { count == 0 ? 0 : $0 / Double(count) } }

  /// √Σ𝑥ᵢ² of each element over all inputs.
  public var norms: [Double] { (0..<width).map { self[$0, $0].squareRoot() } }

  /// The moments of these inputs and others.
  ///
  /// - Precondition: both have the same width.
  public func adding(_ other: InputMoments) -> InputMoments {
    precondition(width == other.width, "\(width) and \(other.width) elements")
    return InputMoments(
      width: width, count: count + other.count, sums: zip(sums, other.sums).map { $0 + $1 },
      products: zip(products, other.products).map { $0 + $1 })
  }
}
