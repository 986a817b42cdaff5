internal import TLCCore
public import TLCKernels

/// 𝛼 · 𝐴𝐵 + 𝛽 · 𝐶 of matrices, either factor transposed before: `formats/graph.md` §Numbers.
public struct Gemm: Operator {
  public static let name = "Gemm"
  public static let inputCounts = 2...3
  /// What the product is multiplied by.
  public let alpha: Float
  /// What the third input is multiplied by.
  public let beta: Float
  /// Whether the first factor is given transposed.
  public let isLeftTransposed: Bool
  /// Whether the second factor is given transposed.
  public let isRightTransposed: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    alpha = try attributes.float("alpha") ?? 1
    beta = try attributes.float("beta") ?? 1
    isLeftTransposed = try attributes.int("transA") ?? 0 != 0
    isRightTransposed = try attributes.int("transB") ?? 0 != 0
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (a, b) = (try inputs[0], try inputs[1])
    try Products.requireFactors(a, b)
    guard a.rank == 2, b.rank == 2 else {
      throw OperatorError("its factors are \(a) and \(b), not matrices")
    }
    guard a.dtype.isFloatingPoint || (alpha == 1 && beta == 1) else {
      throw OperatorError(
        "\"alpha\" is \(alpha) and \"beta\" \(beta), and with \(a.dtype) they are 1")
    }
    let left = isLeftTransposed ? Array(a.dimensions.reversed()) : a.dimensions
    let right = isRightTransposed ? Array(b.dimensions.reversed()) : b.dimensions
    guard left[1] == right[0] else {
      throw OperatorError("its factors have \(left[1]) columns and \(right[0]) rows")
    }
    let result = [left[0], right[1]]
    if let summand = inputs.optional(2)?.type {
      guard summand.dtype == a.dtype else {
        throw OperatorError("input 2 is \(summand.dtype), and the others are \(a.dtype)")
      }
      guard summand.rank <= 2,
        try Broadcasting.dimensions([result, summand.dimensions]) == result
      else {
        throw OperatorError("input 2 is \(summand), which does not broadcast to \(result)")
      }
    }
    return [ValueType(a.dtype, result)]
  }

  private func product(_ a: Shape, _ b: Shape) -> BatchedProduct {
    let (left, right) = (a.dimensions, b.dimensions)
    let depth = left[isLeftTransposed ? 0 : 1]
    let columns = right[isRightTransposed ? 0 : 1]
    return BatchedProduct(
      rows: left[isLeftTransposed ? 1 : 0], depth: depth, columns: columns, leftStride: depth,
      rightStrides: isRightTransposed ? (row: 1, column: depth) : (row: columns, column: 1),
      outStride: columns)
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let a = inputs[0], let b = inputs[1], let out = outputs[0] else { return 0 }
    guard [.f32, .f16, .bf16].contains(out.dtype) else {
      return isLeftTransposed ? a.shape.count * a.dtype.byteCount : 0
    }
    let copies = FloatTensor.copiedCount([a, b, out, inputs.count > 2 ? inputs[2] : nil])
    let product = product(a.shape, b.shape)
    return Scratch.byteCount(
      floats: isLeftTransposed ? a.shape.count : 0, copies[0], copies[1], copies[2],
      product.panelElementCount(batchCount: 1, threadCount: threadCount), copies[3])
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard var a = inputs[0], let b = inputs[1], let out = outputs[0], out.shape.count > 0
    else { return }
    var scratch = Scratch(context)
    let product = product(a.shape, b.shape)
    if isLeftTransposed, let shape = Shape(a.shape.dimensions.reversed()) {
      let turned = scratch.tensor(a.dtype, shape)
      Movement.gather(a, strides: [1, a.shape.stride(of: 0)], into: turned)
      a = turned
    }
    let summand = inputs.count > 2 ? inputs[2] : nil
    guard [.f32, .f16, .bf16].contains(out.dtype) else {
      Products.multiplyPlainly(product, [.init(left: 0, right: 0, out: 0)], a, b, into: out)
      addPlainly(summand, to: out)
      return
    }
    let left = FloatTensor(reading: a, &scratch)
    let right = FloatTensor(reading: b, &scratch)
    let result = FloatTensor(writing: out, &scratch)
    let panels = scratch.floats(product.panelElementCount(batchCount: 1, threadCount: 1))
    product.multiply(
      left.elements, right.elements, into: result.elements, [.init(left: 0, right: 0, out: 0)],
      panels: panels, team: context.team)
    let scaled = summand.map { FloatTensor(reading: $0, &scratch).elements }
    add(scaled, summand?.shape, to: result.elements, out.shape, alpha, beta) {
      FloatFunctions.canonical($0 * $1)
    } _: {
      FloatFunctions.canonical($0 + $1)
    }
    result.finish()
  }

  /// out = alpha · out + beta · summand, each step rounded.
  @inline(__always)
  private func add<Number: TensorElement & Numeric>(
    _ summand: Elements<Number>?, _ summandShape: Shape?, to out: Elements<Number>,
    _ shape: Shape, _ alpha: Number, _ beta: Number, _ times: (Number, Number) -> Number,
    _ plus: (Number, Number) -> Number = { $0 + $1 }
  ) {
    if alpha != 1 {
      Lines.map(out.count, out, from: 0, into: out, at: 0) { times($0, alpha) }
    }
    guard let summand, let summandShape else { return }
    let strides = Broadcasting.strides(of: summandShape, in: shape)
    Broadcasting.forEachLine(of: shape, sources: [strides]) { start, places in
      Lines.map(
        shape.dimensions[1], out, from: start, step: 1, summand, from: places[0],
        step: strides[1], into: out, at: start
      ) { plus($0, times($1, beta)) }
    }
  }

  /// The same for other types; integers wrap around.
  private func addPlainly(_ summand: TensorView?, to out: TensorView) {
    func integers<Number: TensorElement & FixedWidthInteger>(_: Number.Type) {
      add(
        summand?.elements(of: Number.self), summand?.shape, to: out.elements(of: Number.self),
        out.shape, 1, 1, { $0 &* $1 }, { $0 &+ $1 })
    }
    switch out.dtype {
    case .f64:
      add(
        summand?.elements(of: Double.self), summand?.shape, to: out.elements(of: Double.self),
        out.shape, Double(alpha), Double(beta), { $0 * $1 })
    case .i32: integers(Int32.self)
    case .u32: integers(UInt32.self)
    case .i64: integers(Int64.self)
    case .u64: integers(UInt64.self)
    default: preconditionFailure("products of \(out.dtype)")
    }
  }
}
