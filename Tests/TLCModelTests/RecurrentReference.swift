import TLCCore
import TLCKernels

/// Recurrences in plain loops, after `formats/graph.md` §Numbers: one direction, one row at a time.
struct RecurrentReference {
  enum Kind {
    case plain
    case gated(resetsProduct: Bool)
    case longShortTerm(couplesForget: Bool)
  }

  var kind: Kind
  var inputSize: Int
  var hiddenSize: Int
  /// Of the direction: `[gates · hiddenSize, inputSize]` and `[gates · hiddenSize, hiddenSize]`.
  var weights: [Float]
  var recurrent: [Float]
  /// `[2 · gates · hiddenSize]`.
  var biases: [Float]?
  /// `[3 · hiddenSize]`.
  var peepholes: [Float]?
  var clip: Float?

  private func hold(_ x: Float) -> Float {
    guard let clip else { return x }
    return x < -clip ? -clip : x > clip ? clip : x
  }

  private func product(_ matrix: [Float], _ row: Int, _ vector: [Float]) -> Float {
    MatrixProduct.element(vector.count) {
      vector[$0]
    } _: {
      matrix[row * vector.count + $0]
    }
  }

  private var gateSize: Int {
    switch kind {
    case .plain: hiddenSize
    case .gated: 3 * hiddenSize
    case .longShortTerm: 4 * hiddenSize
    }
  }

  /// The product of the input and a gate's row, with the biases that are added to it.
  private func input(_ x: [Float], _ row: Int, divided: Bool = false) -> Float {
    let chain = product(weights, row, x)
    guard let biases else { return chain }
    return chain + (divided ? biases[row] : biases[row] + biases[gateSize + row])
  }

  /// The states after a step.
  func step(_ x: [Float], hidden: [Float], cell: [Float]) -> (hidden: [Float], cell: [Float]) {
    switch kind {
    case .plain:
      let next = hidden.indices.map { j in
        FloatFunctions.tanh(hold(input(x, j) + product(recurrent, j, hidden)))
      }
      return (next, cell)
    case .gated(let resetsProduct):
      return (gated(x, hidden, resetsProduct), cell)
    case .longShortTerm(let couplesForget):
      return longShortTerm(x, hidden, cell, couplesForget)
    }
  }

  private func gated(_ x: [Float], _ hidden: [Float], _ resetsProduct: Bool) -> [Float] {
    func gate(_ place: Int) -> [Float] {
      hidden.indices.map { j in
        let row = place * hiddenSize + j
        return FloatFunctions.sigmoid(hold(input(x, row) + product(recurrent, row, hidden)))
      }
    }
    let (update, reset) = (gate(0), gate(1))
    let kept = hidden.indices.map { reset[$0] * hidden[$0] }
    return hidden.indices.map { j in
      let row = 2 * hiddenSize + j
      let sum: Float
      if resetsProduct {
        let chain = product(recurrent, row, hidden)
        let inner = biases.map { chain + $0[gateSize + row] } ?? chain
        sum = input(x, row, divided: true) + reset[j] * inner
      } else {
        sum = input(x, row) + product(recurrent, row, kept)
      }
      return (1 - update[j]) * FloatFunctions.tanh(hold(sum)) + update[j] * hidden[j]
    }
  }

  private func longShortTerm(
    _ x: [Float], _ hidden: [Float], _ cell: [Float], _ couplesForget: Bool
  ) -> (hidden: [Float], cell: [Float]) {
    var (nextHidden, nextCell) = (hidden, cell)
    for j in hidden.indices {
      func sum(_ gate: Int) -> Float {
        let row = gate * hiddenSize + j
        return input(x, row) + product(recurrent, row, hidden)
      }
      func peephole(_ place: Int, _ cell: Float) -> Float? {
        peepholes.map { $0[place * hiddenSize + j] * cell }
      }
      func gate(_ gate: Int, _ place: Int, _ cell: Float) -> Float {
        FloatFunctions.sigmoid(hold(peephole(place, cell).map { sum(gate) + $0 } ?? sum(gate)))
      }
      let entering = gate(0, 0, cell[j])
      let kept = couplesForget ? 1 - entering : gate(2, 2, cell[j])
      let candidate = FloatFunctions.tanh(hold(sum(3)))
      nextCell[j] = kept * cell[j] + entering * candidate
      nextHidden[j] = gate(1, 1, nextCell[j]) * FloatFunctions.tanh(hold(nextCell[j]))
    }
    return (nextHidden, nextCell)
  }
}
