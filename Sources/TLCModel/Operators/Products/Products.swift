internal import TLCCore
internal import TLCKernels

/// What operators of matrix products share.
enum Products {
  /// Requires two factors of one type that ONNX multiplies.
  static func requireFactors(_ a: ValueType, _ b: ValueType) throws(OperatorError) {
    guard a.dtype == b.dtype,
      a.dtype.isFloatingPoint || [.i32, .i64, .u32, .u64].contains(a.dtype)
    else {
      throw OperatorError(
        "its inputs are \(a.dtype) and \(b.dtype), not both a floating-point type, i32, i64, u32 "
          + "or u64")
    }
  }

  /// The dimensions of a product as NumPy's `matmul` gives it.
  static func dimensions(_ a: ValueType, _ b: ValueType) throws(OperatorError) -> [Dimension] {
    guard let inner = a.dimensions.last, let other = b.dimensions.suffix(2).first else {
      throw OperatorError("its inputs are \(a) and \(b), and one has no axis")
    }
    guard inner == other else {
      throw OperatorError("\(a) has \(inner) columns, and \(b) has \(other) rows")
    }
    let leading = try Broadcasting.dimensions([a.dimensions.dropLast(2), b.dimensions.dropLast(2)])
    let rows = a.rank == 1 ? [] : [a.dimensions[a.rank - 2]]
    let columns = b.rank == 1 ? [] : [b.dimensions[b.rank - 1]]
    return leading + rows + columns
  }

  /// Products of other types than those that are computed as float32, as they are defined: `f64`
  /// fused like float32, integers wrapping around.
  static func multiplyPlainly(
    _ product: BatchedProduct, _ batches: [BatchedProduct.Batch], _ a: TensorView,
    _ b: TensorView, into out: TensorView
  ) {
    func multiply<Number: TensorElement & Numeric>(
      _: Number.Type, _ step: (_ sum: Number, Number, Number) -> Number
    ) {
      let (x, y) = (a.elements(of: Number.self), b.elements(of: Number.self))
      let z = out.elements(of: Number.self)
      for batch in batches {
        for row in 0..<product.rows {
          for column in 0..<product.columns {
            var sum: Number = 0
            for k in 0..<product.depth {
              let left = x[batch.left + row * product.leftStride + k]
              let right = y[
                batch.right + k * product.rightStrides.row + column * product.rightStrides.column]
              sum = step(sum, left, right)
            }
            z[batch.out + row * product.outStride + column] = sum
          }
        }
      }
    }
    switch out.dtype {
    case .f64: multiply(Double.self) { $0.addingProduct($1, $2) }
    case .i32: multiply(Int32.self) { $0 &+ $1 &* $2 }
    case .u32: multiply(UInt32.self) { $0 &+ $1 &* $2 }
    case .i64: multiply(Int64.self) { $0 &+ $1 &* $2 }
    case .u64: multiply(UInt64.self) { $0 &+ $1 &* $2 }
    default: preconditionFailure("products of \(out.dtype)")
    }
  }
}
