import TLCCore
import TLCKernels
import TLCModel

/// What a fixed factor is multiplied by in a run, as rows.
enum ProductInputs: Hashable {
  /// The rows of a value: all its axes but the last are taken together.
  case rows(value: String)
  /// The columns of a matrix.
  case columns(value: String)
  /// The windows of a convolution on a value, a node's of this place: channels, and in each the
  /// positions of the kernel.
  case windows(value: String, node: Int)
  /// The channels of a value at each place.
  case channels(value: String)
  /// The states that a direction of a recurrent node starts its steps with.
  case states(value: String, first: String, lengths: String, node: Int, direction: Int)

  /// The values of a run that are looked at.
  var values: [String] {
    switch self {
    case .rows(let value), .columns(let value), .windows(let value, _), .channels(let value):
      [value]
    case .states(let value, let first, let lengths, _, _):
      [value, first, lengths].filter { !$0.isEmpty }
    }
  }

  /// The rows of a run, one after the other.
  ///
  /// - Parameters:
  ///   - typed: the graph.
  ///   - width: the elements of a row.
  ///   - mask: which rows are no padding, where a value has a row a token.
  ///   - value: the value of a name.
  func rows(
    of typed: TypedGraph, width: Int, mask: TokenMask?, _ value: (String) -> TensorView?
  ) -> [Float] {
    guard width > 0 else { return [] }
    switch self {
    case .rows(let name):
      guard let view = value(name) else { return [] }
      let elements = view.floats
      guard let mask, mask.fits(view.shape), mask.kept.contains(false) else { return elements }
      return mask.kept.indices.filter { mask.kept[$0] }.flatMap {
        elements[$0 * width..<($0 + 1) * width]
      }
    case .columns(let name):
      guard let view = value(name) else { return [] }
      return view.floats.transposed(blocks: 1, rows: width)
    case .channels(let name):
      guard let view = value(name), let batch = view.shape.dimensions.first else { return [] }
      return view.floats.transposed(blocks: batch, rows: width)
    case .windows(let name, let node):
      guard let view = value(name), let convolution = typed.operators[node] as? Conv,
        let weights = typed.types[typed.graph.nodes[node].inputs[1]]?.shape,
        let window = convolution.window(input: view.shape, weights: weights)
      else { return [] }
      return view.floats.windows(window, channels: weights.dimensions[1])
    case .states(let name, let first, let lengths, let node, let direction):
      guard let view = value(name) else { return [] }
      return RecurrentStates(typed.graph.nodes[node], direction: direction).rows(
        view, first: value(first)?.floats, lengths: value(lengths)?.floats.map { Int($0) })
    }
  }
}

/// Which tokens of one sample are no padding.
struct TokenMask {
  var kept: [Bool]

  /// Whether a value has a row for each token.
  func fits(_ shape: Shape) -> Bool {
    shape.rank >= 3 && Array(shape.dimensions[..<2]) == [1, kept.count]
  }
}

extension TensorView {
  /// The elements as `f32`.
  var floats: [Float] {
    let tensor = tensor()
    return dtype == .f32 ? tensor.elements(of: Float.self) : tensor.numbers.map { Float($0) }
  }
}

extension [Float] {
  /// Blocks of `rows` rows, each turned so that columns become rows.
  fileprivate func transposed(blocks: Int, rows: Int) -> [Float] {
    guard blocks > 0, rows > 0 else { return [] }
    let columns = count / blocks / rows
    var turned: [Float] = []
    turned.reserveCapacity(count)
    for block in 0..<blocks {
      for column in 0..<columns {
        for row in 0..<rows { turned.append(self[(block * rows + row) * columns + column]) }
      }
    }
    return turned
  }

  /// What each window reads of blocks of channels, +0 beyond them: a row a window.
  fileprivate func windows(_ window: Window, channels: Int) -> [Float] {
    let blockCount = channels * window.inputCount
    guard blockCount > 0 else { return [] }
    var rows: [Float] = []
    rows.reserveCapacity(count / blockCount * window.outputCount * channels * window.kernelCount)
    for block in 0..<count / blockCount {
      for place in 0..<window.outputCount {
        let reads = (0..<window.kernelCount).map { window.place(place, $0) }
        for channel in 0..<channels {
          let start = block * blockCount + channel * window.inputCount
          for read in reads { rows.append(read.map { self[start + $0] } ?? 0) }
        }
      }
    }
    return rows
  }
}
