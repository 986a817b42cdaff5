import Foundation
import TLCCore
import TLCKernels
import TLCModel
import TLCTraining

/// A tensor of the evaluator below.
struct Doubles {
  var lengths: [Int]
  var elements: [Double]

  init(_ lengths: [Int], _ elements: [Double]) {
    (self.lengths, self.elements) = (lengths, elements)
  }

  init(_ tensor: Tensor) {
    lengths = tensor.shape.dimensions
    elements =
      switch tensor.dtype {
      case .f32: tensor.elements(of: Float.self).map { Double($0) }
      case .i64: tensor.elements(of: Int64.self).map { Double($0) }
      default: []
      }
  }

  var rank: Int { lengths.count }
  func stride(_ axis: Int) -> Int { lengths[(axis + 1)...].reduce(1, *) }

  /// Where each element of a shape is in this tensor, which is broadcast to it.
  func places(in shape: [Int]) -> [Int] {
    let lead = shape.count - rank
    return (0..<shape.reduce(1, *)).map { index in
      var (rest, place) = (index, 0)
      for axis in shape.indices.reversed() {
        if axis >= lead, lengths[axis - lead] != 1 {
          place += rest % shape[axis] * stride(axis - lead)
        }
        rest /= shape[axis]
      }
      return place
    }
  }
}

/// Computes a graph in `f64` in the plainest way: what gradients are held to.
struct DoubleEvaluator {
  let graph: Graph
  /// Values that are given: inputs and tensors by the name of the value.
  var given: [String: Doubles]

  /// The value of the first output.
  func callAsFunction() -> Doubles {
    var values = given
    for constant in graph.constants { values[constant.name] = Doubles(constant.tensor) }
    for node in graph.nodes {
      values[node.outputs[0]] = compute(node, node.inputs.map { values[$0] ?? Doubles([], []) })
    }
    return values[graph.outputs[0]] ?? Doubles([], [])
  }

  private func compute(_ node: Node, _ x: [Doubles]) -> Doubles {
    func int(_ name: String, _ standard: Int) -> Int {
      if case .int(let value) = node.attributes[name] { value } else { standard }
    }
    func float(_ name: String, _ standard: Double) -> Double {
      if case .float(let value) = node.attributes[name] { Double(value) } else { standard }
    }
    switch node.operation {
    case "Add": return pairs(x[0], x[1], +)
    case "Sub": return pairs(x[0], x[1], -)
    case "Mul": return pairs(x[0], x[1], *)
    case "Div": return pairs(x[0], x[1], /)
    case "Neg": return map(x[0]) { -$0 }
    case "Relu": return map(x[0]) { max($0, 0) }
    case "Tanh": return map(x[0]) { tanh($0) }
    case "Sigmoid": return map(x[0]) { 1 / (1 + exp(-$0)) }
    case "Gelu" where node.attributes["approximate"] == .string("tanh"):
      return map(x[0]) { a in
        0.5 * a * (1 + tanh((2 / Double.pi).squareRoot() * (a + 0.044715 * a * a * a)))
      }
    case "Gelu": return map(x[0]) { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
    case "Softmax": return rows(x[0]) { softmax($0) }
    case "LayerNormalization":
      return rows(x[0]) { row in
        let n = Double(row.count)
        let mean = row.reduce(0, +) / n
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
        let inverse = 1 / (variance + float("epsilon", 1e-5)).squareRoot()
        return row.indices.map { i in
          (row[i] - mean) * inverse * x[1].elements[i] + (x.count > 2 ? x[2].elements[i] : 0)
        }
      }
    case "MatMul": return product(x[0], x[1])
    case "Gemm":
      let right = int("transB", 0) == 1 ? transposed(x[1], [1, 0]) : x[1]
      return pairs(product(x[0], right), x[2], +)
    case "Transpose":
      guard case .ints(let order) = node.attributes["perm"] else { return x[0] }
      return transposed(x[0], order)
    case "Reshape":
      return Doubles(x[1].elements.map { Int($0) }, x[0].elements)
    case "Gather": return gather(x[0], x[1], axis: int("axis", 0))
    case "Concat": return concatenated(x, axis: int("axis", 0))
    case "Slice": return sliced(x)
    case "ReduceMean":
      return Doubles([], [x[0].elements.reduce(0, +) / Double(x[0].elements.count)])
    case "Attention":
      return attention(x, heads: int("q_num_heads", 1), isCausal: int("is_causal", 0) == 1)
    case "CrossEntropy":
      return crossEntropy(x[0], x[1], smoothing: float("label_smoothing", 0))
    case "Distillation":
      return divergence(x[0], x[1], x[2], temperature: float("temperature", 1))
    default: preconditionFailure(node.operation)
    }
  }

  /// T² Σ q (ln q − ln p) of rows whose label is not −100.
  private func divergence(
    _ scores: Doubles, _ teacher: Doubles, _ labels: Doubles, temperature: Double
  ) -> Doubles {
    let length = scores.lengths[scores.rank - 1]
    var sum = 0.0
    for (row, label) in labels.elements.enumerated() where label != -100 {
      let range = row * length..<(row + 1) * length
      let p = softmax(scores.elements[range].map { $0 / temperature })
      let q = softmax(teacher.elements[range].map { $0 / temperature })
      sum += zip(p, q).reduce(0) { $0 + $1.1 * (log($1.1) - log($1.0)) }
    }
    return Doubles([], [sum * temperature * temperature])
  }

  private func map(_ x: Doubles, _ body: (Double) -> Double) -> Doubles {
    Doubles(x.lengths, x.elements.map(body))
  }

  private func pairs(_ a: Doubles, _ b: Doubles, _ body: (Double, Double) -> Double) -> Doubles {
    let rank = max(a.rank, b.rank)
    let padded = [a, b].map { [Int](repeating: 1, count: rank - $0.rank) + $0.lengths }
    let shape = zip(padded[0], padded[1]).map { max($0, $1) }
    let places = zip(a.places(in: shape), b.places(in: shape))
    return Doubles(shape, places.map { body(a.elements[$0], b.elements[$1]) })
  }

  private func rows(_ x: Doubles, _ body: ([Double]) -> [Double]) -> Doubles {
    let length = x.lengths[x.rank - 1]
    let starts = stride(from: 0, to: x.elements.count, by: length)
    return Doubles(x.lengths, starts.flatMap { body(Array(x.elements[$0..<$0 + length])) })
  }

  private func softmax(_ row: [Double]) -> [Double] {
    let most = row.max() ?? 0
    let powers = row.map { exp($0 - most) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  private func product(_ a: Doubles, _ b: Doubles) -> Doubles {
    let (m, k, n) = (a.lengths[a.rank - 2], a.lengths[a.rank - 1], b.lengths[b.rank - 1])
    let (left, right) = (a.lengths.dropLast(2), b.lengths.dropLast(2))
    let lead = left.count >= right.count ? Array(left) : Array(right)
    let starts = zip(
      Doubles(Array(left), []).places(in: lead), Doubles(Array(right), []).places(in: lead))
    var elements: [Double] = []
    for (first, second) in starts {
      for i in 0..<m {
        for j in 0..<n {
          elements.append(
            (0..<k).reduce(0) {
              $0 + a.elements[(first * m + i) * k + $1] * b.elements[(second * k + $1) * n + j]
            })
        }
      }
    }
    return Doubles(lead + [m, n], elements)
  }

  private func transposed(_ x: Doubles, _ order: [Int]) -> Doubles {
    let shape = order.map { x.lengths[$0] }
    let elements = (0..<x.elements.count).map { index in
      var (rest, place) = (index, 0)
      for axis in shape.indices.reversed() {
        place += rest % shape[axis] * x.stride(order[axis])
        rest /= shape[axis]
      }
      return x.elements[place]
    }
    return Doubles(shape, elements)
  }

  private func gather(_ x: Doubles, _ places: Doubles, axis: Int) -> Doubles {
    let (outer, inner) = (x.lengths[..<axis].reduce(1, *), x.stride(axis))
    let length = x.lengths[axis]
    let elements = (0..<outer).flatMap { block in
      places.elements.flatMap { place -> ArraySlice<Double> in
        let row = Int(place) < 0 ? Int(place) + length : Int(place)
        let start = (block * length + row) * inner
        return x.elements[start..<start + inner]
      }
    }
    return Doubles(
      Array(x.lengths[..<axis]) + places.lengths + Array(x.lengths[(axis + 1)...]), elements)
  }

  private func concatenated(_ x: [Doubles], axis: Int) -> Doubles {
    let outer = x[0].lengths[..<axis].reduce(1, *)
    var shape = x[0].lengths
    shape[axis] = x.reduce(0) { $0 + $1.lengths[axis] }
    let elements = (0..<outer).flatMap { block in
      x.flatMap { part -> ArraySlice<Double> in
        let own = part.lengths[axis] * part.stride(axis)
        return part.elements[block * own..<(block + 1) * own]
      }
    }
    return Doubles(shape, elements)
  }

  /// A part of two axes.
  private func sliced(_ x: [Doubles]) -> Doubles {
    var ranges = x[0].lengths.map { Array(0..<$0) }
    for (index, axis) in x[3].elements.enumerated() {
      ranges[Int(axis)] = Array(
        stride(
          from: Int(x[1].elements[index]), to: Int(x[2].elements[index]),
          by: Int(x[4].elements[index])))
    }
    let columns = x[0].lengths[1]
    return Doubles(
      ranges.map { $0.count },
      ranges[0].flatMap { row in ranges[1].map { x[0].elements[row * columns + $0] } })
  }

  private func attention(_ x: [Doubles], heads: Int, isCausal: Bool) -> Doubles {
    let (batch, rows, width) = (x[0].lengths[0], x[0].lengths[1], x[0].lengths[2])
    let columns = x[1].lengths[1]
    let size = width / heads
    let mask = x.count > 3 ? x[3] : Doubles([1], [0])
    let masks = mask.places(in: [batch, heads, rows, columns])
    var out = [Double](repeating: 0, count: batch * rows * width)
    for b in 0..<batch {
      for h in 0..<heads {
        for i in 0..<rows {
          let start = (b * rows + i) * width + h * size
          let scores = (0..<columns).map { j in
            let key = (b * columns + j) * width + h * size
            let dot = (0..<size).reduce(0) {
              $0 + x[0].elements[start + $1] * x[1].elements[key + $1]
            }
            return dot / Double(size).squareRoot() + (isCausal && j > i ? -.infinity : 0)
              + mask.elements[masks[((b * heads + h) * rows + i) * columns + j]]
          }
          for (j, weight) in softmax(scores).enumerated() {
            let key = (b * columns + j) * width + h * size
            for d in 0..<size { out[start + d] += weight * x[2].elements[key + d] }
          }
        }
      }
    }
    return Doubles([batch, rows, width], out)
  }

  private func crossEntropy(_ scores: Doubles, _ labels: Doubles, smoothing: Double) -> Doubles {
    let length = scores.lengths[scores.rank - 1]
    var loss = 0.0
    for (row, label) in labels.elements.enumerated() where label != -100 {
      let own = softmax(Array(scores.elements[row * length..<(row + 1) * length])).map { log($0) }
      loss -= (1 - smoothing) * own[Int(label)] + smoothing * own.reduce(0, +) / Double(length)
    }
    return Doubles([], [loss])
  }
}
