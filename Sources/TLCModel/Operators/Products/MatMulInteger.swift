internal import TLCCore
public import TLCKernels

/// Products of matrices of `u8` or `i8`, less zero points of rows on the left and of columns on the
/// right: exact in `i32`, wrapping around.
public struct MatMulInteger: Operator {
  public static let name = "MatMulInteger"
  public static let inputCounts = 2...4

  public init(_ attributes: inout Attributes) throws(OperatorError) {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (a, b) = (try inputs[0], try inputs[1])
    guard [a, b].allSatisfy({ $0.dtype == .u8 || $0.dtype == .i8 }) else {
      throw OperatorError("its inputs are \(a.dtype) and \(b.dtype), not u8 or i8")
    }
    let dimensions = try Products.dimensions(a, b)
    for (place, factor) in [(2, a), (3, b)] {
      guard let zero = inputs.optional(place)?.type else { continue }
      let length = place == 2 ? factor.dimensions.suffix(2).first : factor.dimensions.last
      let isOne = zero.dimensions.isEmpty || zero.dimensions == [1]
      let isLine = factor.rank >= 2 && length.map { zero.dimensions == [$0] } ?? false
      // Of many matrices each has zero points of its own, or all have one.
      let isWhole =
        factor.rank >= 2 && zero.rank == factor.rank
        && zero.dimensions[factor.rank - (place == 2 ? 1 : 2)] == 1
        && zip(zero.dimensions, factor.dimensions).allSatisfy { $0 == 1 || $0 == $1 }
      guard zero.dtype == factor.dtype, isOne || isLine || isWhole else {
        throw OperatorError("input \(place) is \(zero), and no zero points of \(factor)")
      }
    }
    return [ValueType(.i32, dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let a = inputs[0], let b = inputs[1], let out = outputs[0], out.shape.count > 0
    else { return }
    let layout = MatrixPairs(a.shape, b.shape)
    let left = Self.centred(a, inputs.count > 2 ? inputs[2] : nil, isLeft: true)
    let right = Self.centred(b, inputs.count > 3 ? inputs[3] : nil, isLeft: false)
    Products.multiplyPlainly(layout.product, layout.batches, left, right, into: out)
  }

  /// The elements less their zero points.
  private static func centred(_ view: TensorView, _ zero: TensorView?, isLeft: Bool) -> TensorView {
    let result = TensorView(zeros: .i32, view.shape)
    let target = result.elements(of: Int32.self)
    func fill<Number: TensorElement & FixedWidthInteger>(_: Number.Type) {
      let source = view.elements(of: Number.self)
      let zeros = zero?.elements(of: Number.self)
      var strides = [Int](repeating: 0, count: view.shape.rank)
      if let zero, zero.shape.count > 1 {
        if zero.shape.rank == 1 {
          strides[view.shape.rank - (isLeft ? 2 : 1)] = 1
        } else {
          strides = Broadcasting.strides(of: zero.shape, in: view.shape)
        }
      }
      let walk = Walk(view.shape.dimensions, sources: [strides])
      walk.share(.alone) { start, count, places in
        for i in 0..<count {
          let point = zeros.map { Int32($0[places[0] + i * walk.steps[0]]) } ?? 0
          target[start + i] = Int32(source[start + i]) - point
        }
      }
    }
    view.dtype == .u8 ? fill(UInt8.self) : fill(Int8.self)
    return result
  }
}
