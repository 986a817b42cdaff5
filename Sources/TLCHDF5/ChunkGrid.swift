internal import TLCCore

/// How chunks tile a dataset.
struct ChunkGrid: Sendable {
  let elementByteCount: Int
  private let shape: Shape
  private let chunk: [Int]
  private let lengths: [Int]
  /// The number of chunks.
  let count: Int
  /// The bytes of a whole chunk.
  let chunkByteCount: Int

  /// `nil` where the lengths are not those of a chunk of at most 4 GiB, or there are absurdly many.
  init?(shape: Shape, chunk: [Int], elementByteCount: Int) {
    guard chunk.count == shape.rank, chunk.allSatisfy({ $0 > 0 }), shape.count > 0,
      let chunkShape = Shape(chunk), chunkShape.count <= 1 << 32 / elementByteCount
    else { return nil }
    self.shape = shape
    self.chunk = chunk
    self.elementByteCount = elementByteCount
    lengths = zip(shape.dimensions, chunk).map { ($0 - 1) / $1 + 1 }
    count = lengths.reduce(1, *)
    chunkByteCount = chunkShape.count * elementByteCount
  }

  /// The bytes of the whole dataset.
  var byteCount: Int { shape.count * elementByteCount }

  /// The position of a chunk's first element.
  func start(ofChunk index: Int) -> [Int] {
    var rest = index
    var start = chunk
    for axis in chunk.indices.reversed() {
      start[axis] = rest % lengths[axis] * chunk[axis]
      rest /= lengths[axis]
    }
    return start
  }

  /// Copies the elements of a chunk that lie within the dataset to their places.
  ///
  /// - Precondition: `elements` has ``chunkByteCount`` bytes, and `target` ``byteCount``.
  @unsafe
  func scatter(
    _ elements: [UInt8], ofChunk index: Int, to target: UnsafeMutableRawBufferPointer
  ) {
    let start = start(ofChunk: index)
    let last = shape.rank - 1
    let extent = zip(zip(start, chunk), shape.dimensions).map { min($0.1, $1 - $0.0) }
    let lines = extent.dropLast().reduce(1, *)
    let byteCount = extent[last] * elementByteCount
    var position = [Int](repeating: 0, count: shape.rank)
    unsafe elements.withUnsafeBytes { source in
      guard let origin = source.baseAddress, let goal = target.baseAddress else { return }
      for _ in 0..<lines {
        var from = 0
        var to = 0
        for axis in 0...last {
          from = from * chunk[axis] + position[axis]
          to = to * shape.dimensions[axis] + start[axis] + position[axis]
        }
        // SAFETY: a line of `extent[last]` elements lies within the chunk and within the dataset.
        unsafe goal.advanced(by: to * elementByteCount).copyMemory(
          from: origin.advanced(by: from * elementByteCount), byteCount: byteCount)
        var axis = last - 1
        while axis >= 0 {
          position[axis] += 1
          if position[axis] < extent[axis] { break }
          position[axis] = 0
          axis -= 1
        }
      }
    }
  }
}
