internal import TLCCore
public import TLCKernels

/// Turns pairs of elements of each head by the angles of their position, whose cosines and sines are
/// given: `formats/graph.md` §Numbers.
public struct RotaryEmbedding: Operator {
  public static let name = "RotaryEmbedding"
  public static let inputCounts = 3...4
  private let isInterleaved: Bool
  private let headCount: Int
  /// The elements of a head that are turned; 0 where all are.
  private let turnedSize: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    isInterleaved = try attributes.flag("interleaved", default: false)
    headCount = try attributes.int("num_heads", in: 0...Int(Int32.max), default: 0)
    turnedSize = try attributes.int("rotary_embedding_dim", in: 0...Int(Int32.max), default: 0)
  }

  private func heads(_ input: [Dimension]) throws(OperatorError) -> (count: Int, size: Int) {
    if input.count == 4, let heads = input[1].length, let size = input[3].length {
      return (heads, size)
    }
    guard input.count == 3, let row = input[2].length, headCount > 0, row.isMultiple(of: headCount)
    else {
      throw OperatorError(
        "its input has the lengths \(input), and \"num_heads\" is \(headCount): rows are not heads")
    }
    return (headCount, row / headCount)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    try input.requireComputedAsFloat()
    let size = try heads(input.dimensions).size
    let turned = turnedSize == 0 ? size : turnedSize
    guard turned <= size, turned.isMultiple(of: 2) else {
      throw OperatorError("\(turned) elements of heads of \(size) are no pairs")
    }
    let batch = input.dimensions[0]
    let steps = input.dimensions[input.rank - 2]
    let positions = inputs.optional(3)?.type
    if let positions, positions != ValueType(.i64, [batch, steps]) {
      throw OperatorError("input 3 is \(positions), not i64 [\(batch), \(steps)]")
    }
    for place in 1...2 {
      let cache = try inputs[place]
      let last = Dimension(turned / 2)
      let fits =
        positions == nil
        ? cache.dimensions == [batch, steps, last]
        : cache.rank == 2 && cache.dimensions[1] == last
      guard fits, cache.dtype == input.dtype, cache == (try inputs[1]) else {
        throw OperatorError("input \(place) is \(cache), for \(turned / 2) pairs of \(input)")
      }
    }
    return [input]
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    let copies = FloatTensor.copiedCount([inputs[0], inputs[1], inputs[2], outputs[0]])
    return Scratch.byteCount(floats: copies[0], copies[1], copies[2], copies[3])
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let cosines = inputs[1], let sines = inputs[2],
      let out = outputs[0]
    else { return }
    let lengths = input.shape.dimensions
    let (heads, size) = try heads(lengths.map { Dimension($0) })
    let half = (turnedSize == 0 ? size : turnedSize) / 2
    let steps = lengths[lengths.count - 2]
    let places = try (inputs.count > 3 ? inputs[3] : nil).map { view throws(OperatorError) in
      try Self.positions(view, below: cosines.shape.dimensions[0])
    }
    var scratch = Scratch(context)
    let x = FloatTensor(reading: input, &scratch).elements
    let (c, s) = (
      FloatTensor(reading: cosines, &scratch).elements,
      FloatTensor(reading: sines, &scratch).elements
    )
    let result = FloatTensor(writing: out, &scratch)
    let y = result.elements
    let isRowMajor = lengths.count == 3
    let isInterleaved = isInterleaved
    context.team.share(size == 0 ? 0 : x.count / size) { rows in
      for row in rows {
        let start = row * size
        y.copy(size, from: x, at: start, to: start)
        // Rows are [batch, step, head] or [batch, head, step].
        let (batch, rest) = row.quotientAndRemainder(dividingBy: heads * steps)
        let step = isRowMajor ? rest / heads : rest % steps
        let angle = (places?[batch * steps + step] ?? batch * steps + step) * half
        for i in 0..<half {
          let first = start + (isInterleaved ? 2 * i : i)
          let second = isInterleaved ? first + 1 : first + half
          let (a, b) = (x[first], x[second])
          y[first] = FloatFunctions.canonical(c[angle + i] * a - s[angle + i] * b)
          y[second] = FloatFunctions.canonical(s[angle + i] * a + c[angle + i] * b)
        }
      }
    }
    result.finish()
  }

  private static func positions(
    _ view: TensorView, below count: Int
  ) throws(OperatorError) -> [Int] {
    let positions = view.integers
    if let wrong = positions.first(where: { $0 < 0 || $0 >= count }) {
      throw OperatorError("a position is \(wrong), not from 0 and below \(count)")
    }
    return positions
  }
}
