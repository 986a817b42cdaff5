internal import TLCCore
internal import TLCKernels

/// Which scale and zero point each element of a tensor has.
struct QuantizationScale {
  let axis: Int
  /// How many neighbours along the axis share a scale; 0 where blocks are not meant.
  let blockSize: Int

  init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? 1
    blockSize = try attributes.int("block_size", in: 0...1 << 53, default: 0)
  }

  /// Requires that scales and zero points fit the tensor: one for all, one for each index along the
  /// axis, or one a block along it.
  func require(_ inputs: OperatorInputs) throws(OperatorError) {
    let (input, scale) = (try inputs[0], try inputs[1])
    try scale.requireComputedAsFloat()
    if let zero = inputs.optional(2)?.type, zero.dimensions != scale.dimensions {
      throw OperatorError("inputs 1 and 2 are \(scale) and \(zero), not of one shape")
    }
    if blockSize > 0 {
      let axis = try Axis.index(axis, rank: input.rank)
      var expected = input.dimensions
      guard let length = expected[axis].length else {
        throw OperatorError("axis \(axis) of \(input), which is divided into blocks, has no length")
      }
      expected[axis] = Dimension(length == 0 ? 0 : (length - 1) / blockSize + 1)
      guard scale.dimensions == expected else {
        throw OperatorError("input 1 is \(scale), not \(ValueType(scale.dtype, expected))")
      }
    } else if scale.dimensions.product != 1 || scale.rank > 1 {
      let axis = try Axis.index(axis, rank: input.rank)
      guard scale.dimensions == [input.dimensions[axis]] else {
        throw OperatorError(
          "input 1 is \(scale), neither one element nor [\(input.dimensions[axis])]")
      }
    }
  }

  /// Calls `body` with each element's place, and that of its scale.
  func forEach(
    of shape: Shape, scaleCount: Int, _ body: (_ element: Int, _ scale: Int) -> Void
  ) throws(OperatorError) {
    guard shape.count > 0 else { return }
    guard blockSize > 0 || scaleCount > 1 else {
      for element in 0..<shape.count { body(element, 0) }
      return
    }
    let axis = try Axis.index(axis, rank: shape.rank)
    let (length, inner) = (shape.dimensions[axis], shape.stride(of: axis))
    let blockCount = blockSize > 0 ? (length - 1) / blockSize + 1 : 0
    for line in 0..<shape.count / inner {
      let (outer, place) = line.quotientAndRemainder(dividingBy: length)
      for i in 0..<inner {
        body(
          line * inner + i,
          blockSize > 0 ? (outer * blockCount + place / blockSize) * inner + i : place)
      }
    }
  }
}

extension TensorView {
  /// The elements as float32; integers are rounded to nearest even.
  var asFloats: Elements<Float> {
    if dtype == .f32 { return elements(of: Float.self) }
    let converted = TensorView(zeros: .f32, shape)
    convert(to: converted, EvaluationContext())
    return converted.elements(of: Float.self)
  }
}
