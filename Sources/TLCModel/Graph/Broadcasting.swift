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
    let outer = shape.dimensions.dropLast()
    var places = Places(
      Array(outer), strides: outer.indices.map { axis in sources.map { $0[axis] } },
      sourceCount: sources.count)
    for start in stride(from: 0, to: shape.count, by: shape.dimensions.last ?? 1) {
      body(start, places.places)
      places.advance()
    }
  }
}
