internal import TLCCore
internal import TLCKernels

/// Float32 products of pairs of matrices of one shape: `formats/graph.md` §Numbers.
struct BatchedProduct {
  var rows: Int
  /// The length of the axis that is summed.
  var depth: Int
  var columns: Int
  /// How far apart the rows of left factors are.
  var leftStride: Int
  /// How far apart the rows and columns of right factors are.
  var rightStrides: (row: Int, column: Int)
  /// How far apart the rows of products are.
  var outStride: Int

  /// Where the matrices of a pair start, and their product.
  struct Batch {
    var left: Int
    var right: Int
    var out: Int
  }

  /// The elements of memory that right factors are packed into.
  func panelElementCount(batchCount: Int, threadCount: Int) -> Int {
    (batchCount >= threadCount ? threadCount : 1)
      * PackedMatrix.elementCount(depth: depth, columnCount: columns)
  }

  /// - Parameter panels: memory of ``panelElementCount(batchCount:threadCount:)`` elements.
  func multiply(
    _ left: Elements<Float>, _ right: Elements<Float>, into out: Elements<Float>,
    _ batches: [Batch], panels: Elements<Float>, team: Team
  ) {
    guard rows > 0, columns > 0 else { return }
    let panelCount = PackedMatrix.elementCount(depth: depth, columnCount: columns)
    guard batches.count >= team.threadCount, team.threadCount > 1 else {
      multiply(left, right, into: out, batches[...], panels: panels, team: team)
      return
    }
    let workers = team.threadCount
    team.share(workers) { part in
      for worker in part {
        let range = batches.count * worker / workers..<batches.count * (worker + 1) / workers
        multiply(
          left, right, into: out, batches[range],
          panels: panels[worker * panelCount..<(worker + 1) * panelCount], team: .alone)
      }
    }
  }

  private func multiply(
    _ left: Elements<Float>, _ right: Elements<Float>, into out: Elements<Float>,
    _ batches: ArraySlice<Batch>, panels: Elements<Float>, team: Team
  ) {
    var last: (start: Int, packed: PackedMatrix)?
    for batch in batches {
      if last?.start != batch.right {
        let packed = PackedMatrix(
          right, from: batch.right, rowStride: rightStrides.row,
          columnStride: rightStrides.column, depth: depth, columnCount: columns, in: panels)
        last = (batch.right, packed)
      }
      last?.packed.multiply(
        left, from: batch.left, leftStride: leftStride, into: out, at: batch.out,
        outStride: outStride,
        rowCount: rows, team: team)
    }
  }
}
