public import TLCCore
internal import TLCKernels

/// Loops over elements that operators share; threads share them out.
enum Elementwise {
  /// Sets `out` to `body` of the elements of `a`, which has the same shape.
  @inline(__always)
  static func unary<A: TensorElement, Out: TensorElement>(
    _ a: TensorView, _ out: TensorView, _: A.Type, _: Out.Type, _ context: EvaluationContext,
    _ body: @Sendable (A) -> Out
  ) {
    let (x, z) = (a.elements(of: A.self), out.elements(of: Out.self))
    context.team.share(z.count, unit: Walk.unit) { part in
      Lines.map(part.count, x, from: part.lowerBound, into: z, at: part.lowerBound, body)
    }
  }

  /// Sets `out` to `body` of the elements of `a` and `b`, broadcast.
  @inline(__always)
  static func binary<A: TensorElement, B: TensorElement, Out: TensorElement>(
    _ a: TensorView, _ b: TensorView, _ out: TensorView, _: A.Type, _: B.Type, _: Out.Type,
    _ context: EvaluationContext, _ body: @Sendable (A, B) -> Out
  ) {
    let (x, y) = (a.elements(of: A.self), b.elements(of: B.self))
    let z = out.elements(of: Out.self)
    let walk = Walk(
      out.shape.dimensions,
      sources: [a, b].map { Broadcasting.strides(of: $0.shape, in: out.shape) })
    let (xStep, yStep) = (walk.steps[0], walk.steps[1])
    walk.share(context.team) { start, count, places in
      Lines.map(
        count, x, from: places[0], step: xStep, y, from: places[1], step: yStep, into: z,
        at: start, body)
    }
  }
}

/// Work on elements that is written once for all types of numbers.
protocol ElementWork {
  func floating<Number: FloatingNumber>(_: Number.Type)
  func integer<Number: IntegerNumber>(_: Number.Type)
}

/// A floating-point number that Swift computes with.
public typealias FloatingNumber = FloatingTensorElement & BinaryFloatingPoint & SIMDScalar
/// An integer.
public typealias IntegerNumber = TensorElement & FixedWidthInteger

extension DType {
  /// Does the work in this type's memory; `bool` is `UInt8`.
  ///
  /// - Precondition: it is not `bf16`, which operators compute as `f32`.
  func run(_ work: some ElementWork) {
    switch self {
    case .f32: work.floating(Float.self)
    case .f64: work.floating(Double.self)
    case .f16: work.floating(Float16.self)
    case .bf16: preconditionFailure("bf16 is computed as f32")
    case .u8, .bool: work.integer(UInt8.self)
    case .i8: work.integer(Int8.self)
    case .u16: work.integer(UInt16.self)
    case .i16: work.integer(Int16.self)
    case .u32: work.integer(UInt32.self)
    case .i32: work.integer(Int32.self)
    case .u64: work.integer(UInt64.self)
    case .i64: work.integer(Int64.self)
    }
  }
}
