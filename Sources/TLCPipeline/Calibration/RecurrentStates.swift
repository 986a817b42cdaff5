import TLCCore
import TLCKernels
import TLCModel

/// The states that one direction of a recurrent node starts its steps with.
struct RecurrentStates {
  private let isBatchFirst: Bool
  private let isReversed: Bool
  private let direction: Int

  init(_ node: Node, direction: Int) {
    isBatchFirst = node.attributes["layout"] == .int(1)
    isReversed = node.attributes["direction"] == .string("reverse") || direction == 1
    self.direction = direction
  }

  /// A row for each step of each sequence: the first state, and then what the step before gave.
  ///
  /// - Parameters:
  ///   - states: what all steps give.
  ///   - first: the first states, zeros where there are none.
  ///   - lengths: of the sequences, where they are not all steps.
  func rows(_ states: TensorView, first: [Float]?, lengths: [Int]?) -> [Float] {
    let lengthsOfAxes = states.shape.dimensions
    guard lengthsOfAxes.count == 4 else { return [] }
    let directions = lengthsOfAxes[isBatchFirst ? 2 : 1]
    let (steps, batch, width) = (
      lengthsOfAxes[isBatchFirst ? 1 : 0], lengthsOfAxes[isBatchFirst ? 0 : 2], lengthsOfAxes[3]
    )
    let elements = states.floats
    var rows: [Float] = []
    for row in 0..<batch {
      let length = min(steps, lengths?[row] ?? steps)
      for step in 0..<length {
        if step == 0 {
          let start =
            (isBatchFirst ? row * directions + direction : direction * batch + row) * width
          rows +=
            first.map { Array($0[start..<start + width]) } ?? Array(repeating: 0, count: width)
          continue
        }
        let before = isReversed ? length - step : step - 1
        let start =
          (isBatchFirst
            ? (row * steps + before) * directions + direction
            : (before * directions + direction) * batch + row) * width
        rows += elements[start..<start + width]
      }
    }
    return rows
  }
}
