package import TLCCore

/// ONNX's multidirectional broadcasting.
package enum Broadcasting {
  /// The dimensions that all inputs broadcast to.
  ///
  /// A named length fits itself and 1; what else it fits is known when a run fixes it.
  package static func dimensions(_ all: [[Dimension]]) throws(OperatorError) -> [Dimension] {
    let rank = all.map { $0.count }.max() ?? 0
    var result: [Dimension] = []
    for axis in 0..<rank {
      var common = Dimension(1)
      for dimensions in all {
        let place = axis - (rank - dimensions.count)
        guard place >= 0 else { continue }
        let dimension = dimensions[place]
        if common == 1 || common == dimension {
          common = dimension
        } else if dimension != 1 {
          throw OperatorError(
            "lengths \(common) and \(dimension) of axis \(axis - rank) do not broadcast")
        }
      }
      result.append(common)
    }
    return result
  }

  /// For each axis of `shape`, how far apart its neighbours are in a tensor of shape `source` that
  /// is broadcast to it: 0 where it repeats.
  package static func strides(of source: Shape, in shape: Shape) -> [Int] {
    let lead = shape.rank - source.rank
    return shape.dimensions.indices.map { axis in
      axis < lead || source.dimensions[axis - lead] == 1 ? 0 : source.stride(of: axis - lead)
    }
  }

  /// Calls `body` for each line along the last axis, with where it starts in the broadcast tensor
  /// and in each source, in order.
  package static func forEachLine(
    of shape: Shape, sources: [[Int]], _ body: (_ start: Int, _ sources: [Int]) -> Void
  ) {
    guard shape.count > 0 else { return }
    let outer = max(0, shape.rank - 1)
    let length = shape.dimensions.last ?? 1
    var index = [Int](repeating: 0, count: outer)
    var places = [Int](repeating: 0, count: sources.count)
    for start in stride(from: 0, to: shape.count, by: length) {
      body(start, places)
      var axis = outer - 1
      while axis >= 0 {
        index[axis] += 1
        for source in sources.indices { places[source] += sources[source][axis] }
        if index[axis] < shape.dimensions[axis] { break }
        for source in sources.indices {
          places[source] -= sources[source][axis] * shape.dimensions[axis]
        }
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
