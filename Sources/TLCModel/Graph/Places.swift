/// Where the lines of a tensor start in other tensors, one line after the other.
struct Places {
  private let lengths: [Int]
  /// For each axis, how far apart its neighbours are in each source.
  private let strides: [[Int]]
  private var index: [Int]
  /// Where the line starts in each source.
  private(set) var places: [Int]

  /// - Parameters:
  ///   - lengths: of the axes that lines lie along.
  ///   - strides: for each axis, how far apart its neighbours are in each source.
  ///   - line: the number of the first line.
  init(_ lengths: [Int], strides: [[Int]], sourceCount: Int, from line: Int = 0) {
    self.lengths = lengths
    self.strides = strides
    index = [Int](repeating: 0, count: lengths.count)
    places = [Int](repeating: 0, count: sourceCount)
    var rest = line
    for axis in lengths.indices.reversed() where lengths[axis] > 0 {
      index[axis] = rest % lengths[axis]
      rest /= lengths[axis]
      for source in places.indices { places[source] += index[axis] * strides[axis][source] }
    }
  }

  /// Goes to the next line; after the last comes the first.
  mutating func advance() {
    for axis in lengths.indices.reversed() {
      index[axis] += 1
      for source in places.indices { places[source] += strides[axis][source] }
      if index[axis] < lengths[axis] { return }
      for source in places.indices { places[source] -= strides[axis][source] * lengths[axis] }
      index[axis] = 0
    }
  }
}
