internal import TLCCore
public import TLCKernels

/// Input 0 with elements put before and behind, as many as input 1 says; less than 0 takes away.
///
/// Input 2 is the element to put, 0 where it is left out; input 3 the axes, all where it is.
public struct Pad: Operator {
  public static let name = "Pad"
  public static let inputCounts = 2...4

  enum Mode: String, CaseIterable { case constant, reflect, edge, wrap }
  private let mode: Mode

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    mode = try attributes.choice("mode", default: .constant)
  }

  /// What is put before and behind each axis.
  private static func margins(
    rank: Int, _ pads: [Int], _ axes: [Int]?
  ) throws(OperatorError) -> [(before: Int, behind: Int)] {
    let axes = try Axis.indices(axes ?? Array(0..<rank), rank: rank)
    guard pads.count == 2 * axes.count, pads.allSatisfy({ $0.magnitude < 1 << 53 }) else {
      throw OperatorError("input 1 is \(pads), not two numbers for each of \(axes.count) axes")
    }
    var margins = [(before: Int, behind: Int)](repeating: (0, 0), count: rank)
    for (place, axis) in axes.enumerated() {
      margins[axis] = (pads[place], pads[axes.count + place])
    }
    return margins
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    var type = try inputs[0]
    guard let pads = try inputs.integers(1) else { throw OperatorError("input 1 is missing") }
    if let value = inputs.optional(2)?.type {
      guard value.dtype == type.dtype, value.dimensions.product == 1 else {
        throw OperatorError("input 2 is \(value), not one \(type.dtype)")
      }
    }
    let margins = try Self.margins(rank: type.rank, pads, try inputs.integers(3))
    for (axis, margin) in margins.enumerated() where margin != (0, 0) {
      guard let length = type.dimensions[axis].length else {
        type.dimensions[axis] = Dimension(named: inputs.freshName(0, axis))
        continue
      }
      let padded = length + margin.before + margin.behind
      guard padded >= 0 else {
        throw OperatorError("axis \(axis) of length \(length) would have length \(padded)")
      }
      guard mode == .constant || length > 0 || padded == 0 else {
        throw OperatorError("axis \(axis) has no element to pad with")
      }
      type.dimensions[axis] = Dimension(padded)
    }
    return [type]
  }

  /// For each place of a padded axis the index that its element is taken from; −1 for none.
  private func sources(length: Int, before: Int, count: Int) -> [Int] {
    (0..<count).map { place in
      let index = place - before
      switch mode {
      case .constant: return index >= 0 && index < length ? index : -1
      case .edge: return min(max(index, 0), length - 1)
      case .wrap:
        let rest = index % length
        return rest < 0 ? rest + length : rest
      case .reflect:
        // There and back again, without the ends twice.
        let period = max(1, 2 * (length - 1))
        let rest = index % period
        let place = rest < 0 ? rest + period : rest
        return min(place, period - place) % length
      }
    }
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let pads = inputs[1], let out = outputs[0], out.shape.count > 0
    else { return }
    func optional(_ place: Int) -> TensorView? {
      inputs.indices.contains(place) ? inputs[place] : nil
    }
    let rank = input.shape.rank
    let margins = try Self.margins(rank: rank, pads.integers, optional(3)?.integers)
    guard rank > 0 else {
      Movement.fill(out, with: input)
      return
    }
    let value = optional(2) ?? TensorView(zeros: input.dtype, .scalar)
    let tables = (0..<rank).map { axis in
      sources(
        length: input.shape.dimensions[axis], before: margins[axis].before,
        count: out.shape.dimensions[axis])
    }
    switch out.dtype.byteCount {
    case 1: copy(UInt8.self, input, value, tables, out)
    case 2: copy(UInt16.self, input, value, tables, out)
    case 4: copy(UInt32.self, input, value, tables, out)
    default: copy(UInt64.self, input, value, tables, out)
    }
  }

  private func copy<Word: TensorElement>(
    _: Word.Type, _ input: TensorView, _ value: TensorView, _ tables: [[Int]], _ out: TensorView
  ) {
    let (source, target) = (input.words(of: Word.self), out.words(of: Word.self))
    let value = value.words(of: Word.self)[0]
    let strides = input.shape.strides
    let lengths = out.shape.dimensions
    let last = lengths.count - 1
    for line in 0..<out.shape.count / lengths[last] {
      var (rest, start, isInside) = (line, 0, true)
      for axis in (0..<last).reversed() {
        let index = tables[axis][rest % lengths[axis]]
        rest /= lengths[axis]
        isInside = isInside && index >= 0
        start += index * strides[axis]
      }
      for (i, index) in tables[last].enumerated() {
        target[line * lengths[last] + i] = isInside && index >= 0 ? source[start + index] : value
      }
    }
  }
}
