internal import TLCCore
public import TLCKernels

/// Products of matrices, as NumPy's: the last two axes are the matrices', those before broadcast,
/// and a tensor of one axis is a row on the left, a column on the right.
public struct MatMul: Operator {
  public static let name = "MatMul"
  public static let inputCounts = 2...2

  public init(_ attributes: inout Attributes) throws(OperatorError) {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (a, b) = (try inputs[0], try inputs[1])
    try Products.requireFactors(a, b)
    return [ValueType(a.dtype, try Products.dimensions(a, b))]
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let a = inputs[0], let b = inputs[1], let out = outputs[0] else { return 0 }
    guard [.f32, .f16, .bf16].contains(out.dtype), out.shape.count > 0 else { return 0 }
    let layout = MatrixPairs(a.shape, b.shape)
    let copies = FloatTensor.copiedCount([a, b, out])
    return Scratch.byteCount(
      floats: copies[0], copies[1], copies[2],
      layout.product.panelElementCount(
        batchCount: layout.batches.count, threadCount: threadCount))
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let a = inputs[0], let b = inputs[1], let out = outputs[0], out.shape.count > 0
    else { return }
    let layout = MatrixPairs(a.shape, b.shape)
    guard [.f32, .f16, .bf16].contains(out.dtype) else {
      Products.multiplyPlainly(layout.product, layout.batches, a, b, into: out)
      return
    }
    var scratch = Scratch(context)
    let left = FloatTensor(reading: a, &scratch)
    let right = FloatTensor(reading: b, &scratch)
    let result = FloatTensor(writing: out, &scratch)
    let panels = scratch.floats(
      layout.product.panelElementCount(
        batchCount: layout.batches.count, threadCount: context.team.threadCount))
    layout.product.multiply(
      left.elements, right.elements, into: result.elements, layout.batches, panels: panels,
      team: context.team)
    result.finish()
  }
}

/// The pairs of matrices of two tensors.
struct MatrixPairs {
  let product: BatchedProduct
  let batches: [BatchedProduct.Batch]

  /// - Precondition: the shapes fit.
  init(_ a: Shape, _ b: Shape) {
    let left = a.rank == 1 ? [1] + a.dimensions : a.dimensions
    let right = b.rank == 1 ? b.dimensions + [1] : b.dimensions
    var rows = left[left.count - 2]
    let (depth, columns) = (right[right.count - 2], right[right.count - 1])
    var leading = left.dropLast(2)
    if right.count == 2 {
      // One right factor for all: the left ones are one matrix.
      rows = a.rank == 1 ? 1 : a.dimensions.dropLast().reduce(1, *)
      leading = []
    }
    product = BatchedProduct(
      rows: rows, depth: depth, columns: columns, leftStride: depth,
      rightStrides: (row: columns, column: 1), outStride: columns)
    batches = Self.batches(
      Array(leading), right.dropLast(2), leftCount: rows * depth, rightCount: depth * columns,
      outCount: rows * columns)
  }

  private static func batches(
    _ left: [Int], _ right: [Int], leftCount: Int, rightCount: Int, outCount: Int
  ) -> [BatchedProduct.Batch] {
    let rank = max(left.count, right.count)
    let padded = [left, right].map { [Int](repeating: 1, count: rank - $0.count) + $0 }
    let common = zip(padded[0], padded[1]).map { $0 == 1 ? $1 : $0 }
    guard let shape = Shape(common), let a = Shape(left), let b = Shape(right) else { return [] }
    let strides = [Broadcasting.strides(of: a, in: shape), Broadcasting.strides(of: b, in: shape)]
    let length = common.last ?? 1
    var batches: [BatchedProduct.Batch] = []
    batches.reserveCapacity(shape.count)
    Broadcasting.forEachLine(of: shape, sources: strides) { start, places in
      for i in 0..<length {
        let places = [0, 1].map { places[$0] + i * (strides[$0].last ?? 0) }
        batches.append(
          .init(
            left: places[0] * leftCount, right: places[1] * rightCount,
            out: (start + i) * outCount))
      }
    }
    return batches
  }
}
