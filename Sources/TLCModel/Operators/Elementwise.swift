public import TLCCore
internal import TLCKernels

/// Loops over elements that operators share; threads share them out.
///
/// What is done with elements is told a line at a time, so that its loop is compiled with it.
enum Elementwise {
  /// Sets `out` to what `body` makes of lines of `a`, which has the same shape.
  static func unary<A: TensorElement, Out: TensorElement>(
    _ a: TensorView, _ out: TensorView, _: A.Type, _: Out.Type, _ context: EvaluationContext,
    _ body: @Sendable (UnaryLine<A, Out>) -> Void
  ) {
    let (x, z) = (a.elements(of: A.self), out.elements(of: Out.self))
    context.team.share(z.count, unit: Walk.unit) { body(UnaryLine(x: x, z: z, range: $0)) }
  }

  /// Sets `out` to what `body` makes of lines of `a` and `b`, broadcast.
  static func binary<A: TensorElement, B: TensorElement, Out: TensorElement>(
    _ a: TensorView, _ b: TensorView, _ out: TensorView, _: A.Type, _: B.Type, _: Out.Type,
    _ context: EvaluationContext, _ body: @Sendable (BinaryLine<A, B, Out>) -> Void
  ) {
    let (x, y) = (a.elements(of: A.self), b.elements(of: B.self))
    let z = out.elements(of: Out.self)
    let walk = Walk(
      out.shape.dimensions,
      sources: [a, b].map { Broadcasting.strides(of: $0.shape, in: out.shape) })
    let steps = (walk.steps[0], walk.steps[1])
    walk.share(context.team) { start, count, places in
      body(
        BinaryLine(
          x: x, y: y, z: z, starts: (places[0], places[1]), steps: steps,
          range: start..<start + count))
    }
  }
}

/// Neighbouring elements, and what they become.
struct UnaryLine<A: TensorElement, Out: TensorElement> {
  fileprivate let x: Elements<A>
  fileprivate let z: Elements<Out>
  fileprivate let range: Range<Int>

  /// Sets each element of the output.
  @inline(__always)
  func map(_ body: (A) -> Out) {
    Lines.map(range.count, x, from: range.lowerBound, into: z, at: range.lowerBound, body)
  }
}

/// Elements of two tensors, and the neighbouring ones that they become.
struct BinaryLine<A: TensorElement, B: TensorElement, Out: TensorElement> {
  fileprivate let x: Elements<A>
  fileprivate let y: Elements<B>
  fileprivate let z: Elements<Out>
  fileprivate let starts: (Int, Int)
  fileprivate let steps: (Int, Int)
  fileprivate let range: Range<Int>

  /// Sets each element of the output.
  @inline(__always)
  func map(_ body: (A, B) -> Out) {
    Lines.map(
      range.count, x, from: starts.0, step: steps.0, y, from: starts.1, step: steps.1, into: z,
      at: range.lowerBound, body)
  }

  /// The same, by a kernel.
  func combine(
    _ operation: Kernels.Arithmetic
  ) where A == Float, B == Float, Out == Float {
    Kernels.combine(
      operation, range.count, x, from: starts.0, step: steps.0, y, from: starts.1, step: steps.1,
      into: z, at: range.lowerBound)
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
