internal import TLCCore
internal import TLCKernels

/// H = f(x + h), with x and h the products of the input and of the state.
struct PlainCell: RecurrentCell {
  let attributes: RecurrentAttributes

  func step(_ part: RecurrentPart) {
    let size = part.sizes.hiddenSize
    part.multiply(part.hidden, by: 0, into: part.sums)
    part.forEachRow { row, input in
      let range = row * size..<(row + 1) * size
      Gates.add(part.sums, at: range.lowerBound, part.inputs, at: input, to: part.hidden, range)
      attributes.hold(part.hidden, in: range)
      attributes.activations[part.direction][0].apply(part.hidden, in: range)
    }
  }
}

/// The cell of `GRU`: `formats/graph.md` §Numbers.
struct GatedCell: RecurrentCell {
  let attributes: RecurrentAttributes
  /// Whether the reset gate is applied to the product of the state, not to the state.
  let resetsProduct: Bool

  func step(_ part: RecurrentPart) {
    let size = part.sizes.hiddenSize
    let functions = attributes.activations[part.direction]
    part.multiply(part.hidden, by: 0, into: part.sums)
    let width = resetsProduct ? 3 * size : 2 * size
    part.forEachRow { row, input in
      let gates = row * width..<row * width + 2 * size
      Gates.add(part.sums, at: gates.lowerBound, part.inputs, at: input, to: part.sums, gates)
      attributes.hold(part.sums, in: gates)
      functions[0].apply(part.sums, in: gates)
    }
    candidates(part, width)
    part.forEachRow { row, input in
      let (update, range) = (row * width, row * size..<(row + 1) * size)
      let candidate = part.spare.1
      let reset = part.spare.0
      // x + r · h, or x + (r · H) R, is in `candidate`, without x.
      Gates.add(
        candidate, at: range.lowerBound, part.inputs, at: input + 2 * size, to: candidate, range)
      attributes.hold(candidate, in: range)
      functions[1].apply(candidate, in: range)
      Lines.map(
        size, part.sums, from: update, step: 1, candidate, from: range.lowerBound, step: 1,
        into: reset, at: range.lowerBound
      ) { (1 - $0) * $1 }
      Gates.multiply(
        part.sums, at: update, part.hidden, at: range.lowerBound, to: part.hidden, range)
      Lines.map(
        size, reset, from: range.lowerBound, step: 1, part.hidden, from: range.lowerBound, step: 1,
        into: part.hidden, at: range.lowerBound
      ) { FloatFunctions.canonical($0 + $1) }
    }
  }

  /// What the input's product is added to, to give the candidate of each row, in `part.spare.1`.
  private func candidates(_ part: RecurrentPart, _ width: Int) {
    let size = part.sizes.hiddenSize
    if resetsProduct {
      let bias = (part.direction * 2 + 1) * part.sizes.gateSize + 2 * size
      part.forEachRow { row, _ in
        let range = row * width + 2 * size..<(row + 1) * width
        if let biases = part.weights.biases {
          Gates.add(part.sums, at: range.lowerBound, biases, at: bias, to: part.sums, range)
        }
        Gates.multiply(
          part.sums, at: row * width + size, part.sums, at: range.lowerBound, to: part.spare.1,
          row * size..<(row + 1) * size)
      }
    } else {
      part.forEachRow { row, _ in
        let range = row * size..<(row + 1) * size
        Gates.multiply(
          part.sums, at: row * width + size, part.hidden, at: range.lowerBound, to: part.spare.0,
          range)
      }
      part.multiply(part.spare.0, by: 1, into: part.spare.1)
    }
  }
}

/// The cell of `LSTM`: `formats/graph.md` §Numbers.
struct LongShortTermCell: RecurrentCell {
  let attributes: RecurrentAttributes
  /// Whether what is forgotten is what is not put in.
  let couplesForget: Bool

  func step(_ part: RecurrentPart) {
    let size = part.sizes.hiddenSize
    let functions = attributes.activations[part.direction]
    let gates = part.sums
    part.multiply(part.hidden, by: 0, into: gates)
    part.forEachRow { row, start in
      let first = row * 4 * size
      let (input, output) = (first..<first + size, first + size..<first + 2 * size)
      let (forget, candidate) = (first + 2 * size..<first + 3 * size, first + 3 * size)
      let range = row * size..<(row + 1) * size
      let all = first..<first + 4 * size
      Gates.add(gates, at: first, part.inputs, at: start, to: gates, all)
      addPeephole(0, part, range, to: input)
      addPeephole(2, part, range, to: forget)
      let inner = candidate..<candidate + size
      for gate in [input, forget] {
        attributes.hold(gates, in: gate)
        functions[0].apply(gates, in: gate)
      }
      attributes.hold(gates, in: inner)
      functions[1].apply(gates, in: inner)
      if couplesForget {
        Lines.map(size, gates, from: input.lowerBound, into: gates, at: forget.lowerBound) {
          1 - $0
        }
      }
      Gates.multiply(gates, at: input.lowerBound, gates, at: candidate, to: gates, input)
      Gates.multiply(
        gates, at: forget.lowerBound, part.cell, at: range.lowerBound, to: gates, forget)
      Lines.map(
        size, gates, from: forget.lowerBound, step: 1, gates, from: input.lowerBound, step: 1,
        into: part.cell, at: range.lowerBound
      ) { FloatFunctions.canonical($0 + $1) }
      addPeephole(1, part, range, to: output)
      attributes.hold(gates, in: output)
      functions[0].apply(gates, in: output)
      part.hidden.copy(size, from: part.cell, at: range.lowerBound, to: range.lowerBound)
      attributes.hold(part.hidden, in: range)
      functions[2].apply(part.hidden, in: range)
      Lines.map(
        size, gates, from: output.lowerBound, step: 1, part.hidden, from: range.lowerBound,
        step: 1, into: part.hidden, at: range.lowerBound
      ) { FloatFunctions.canonical($0 * $1) }
    }
  }

  /// Adds the products of a peephole's weights and the cell.
  private func addPeephole(
    _ gate: Int, _ part: RecurrentPart, _ range: Range<Int>, to place: Range<Int>
  ) {
    guard let weights = part.weights.peepholes else { return }
    let start = (part.direction * 3 + gate) * part.sizes.hiddenSize
    let products = part.spare.0
    Gates.multiply(weights, at: start, part.cell, at: range.lowerBound, to: products, range)
    Gates.add(part.sums, at: place.lowerBound, products, at: range.lowerBound, to: part.sums, place)
  }
}

/// Sums and products of rows.
private enum Gates {
  static func add(
    _ x: Elements<Float>, at xStart: Int, _ y: Elements<Float>, at yStart: Int,
    to z: Elements<Float>, _ range: Range<Int>
  ) {
    Lines.map(
      range.count, x, from: xStart, step: 1, y, from: yStart, step: 1, into: z,
      at: range.lowerBound
    ) { $0 + $1 }
  }

  static func multiply(
    _ x: Elements<Float>, at xStart: Int, _ y: Elements<Float>, at yStart: Int,
    to z: Elements<Float>, _ range: Range<Int>
  ) {
    Lines.map(
      range.count, x, from: xStart, step: 1, y, from: yStart, step: 1, into: z,
      at: range.lowerBound
    ) { $0 * $1 }
  }
}
