internal import TLCCore

/// How blocks tile a tensor.
struct BlockGrid: Equatable, Sendable {
  /// The shape of a block.
  let block: [Int]
  private let shape: Shape
  /// The number of blocks along each axis.
  private let lengths: [Int]
  /// The number of blocks.
  let count: Int

  /// - Precondition: there is a length for each axis of a shape that is no scalar.
  init(block: [Int], shape: Shape) {
    precondition(shape.rank > 0 && block.count == shape.rank, "\(block) for shape \(shape)")
    self.block = block
    self.shape = shape
    lengths = zip(shape.dimensions, block).map { ($0 + $1 - 1) / $1 }
    count = lengths.reduce(1, *)
  }

  /// A short name for people: `block 16×16`.
  var summary: String { "block " + block.map { String($0) }.joined(separator: "×") }

  /// Calls `body` with each element and its block, in row-major order of elements.
  func forEachElement(_ body: (_ element: Int, _ block: Int) -> Void) {
    guard shape.count > 0 else { return }
    let last = shape.rank - 1
    let width = shape.dimensions[last]
    var position = Array(repeating: 0, count: shape.rank)
    for line in 0..<(shape.count / width) {
      var first = 0
      for axis in 0..<last { first = first * lengths[axis] + position[axis] / block[axis] }
      first *= lengths[last]
      for column in 0..<width { body(line * width + column, first + column / block[last]) }
      var axis = last - 1
      while axis >= 0 {
        position[axis] += 1
        if position[axis] < shape.dimensions[axis] { break }
        position[axis] = 0
        axis -= 1
      }
    }
  }
}
