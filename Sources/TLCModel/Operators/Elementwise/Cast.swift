internal import TLCCore
public import TLCKernels

/// The elements in the type `to`: `formats/graph.md` §Numbers.
public struct Cast: Operator {
  public static let name = "Cast"
  public static let inputCounts = 1...1
  private let type: DType

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    guard let type = try attributes.elementType("to") else {
      throw OperatorError("attribute \"to\" is missing")
    }
    self.type = type
    // It speaks of types that are not here.
    _ = try attributes.flag("saturate", default: true)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] { [ValueType(type, try inputs[0].dimensions)] }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    input.convert(to: out, context)
  }
}

/// The elements in the type of input 1.
public struct CastLike: Operator {
  public static let name = "CastLike"
  public static let inputCounts = 2...2

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    _ = try attributes.flag("saturate", default: true)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    [ValueType(try inputs[1].dtype, try inputs[0].dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    input.convert(to: out, context)
  }
}

extension TensorView {
  /// Sets the elements of `out`, which has this shape, to these in its type.
  func convert(to out: TensorView, _ context: EvaluationContext) {
    if dtype == out.dtype {
      out.bytes.copy(byteCount, from: bytes, at: 0, to: 0)
    } else if dtype == .bf16 {
      widened.convert(to: out, context)
    } else if out.dtype == .bf16 {
      let wide = TensorView(zeros: .f32, shape)
      convert(to: wide, context)
      out.round(wide)
    } else {
      dtype.run(ReadingWork(input: self, out: out, context: context))
    }
  }
}

/// Finds the type that is converted from.
private struct ReadingWork: ElementWork {
  let input: TensorView
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    if out.dtype == .bool {
      Elementwise.unary(input, out, Number.self, UInt8.self, context) { $0.map { $0 == 0 ? 0 : 1 } }
    } else {
      out.dtype.run(FromFloating<Number>(input: input, out: out, context: context))
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    if out.dtype == .bool {
      Elementwise.unary(input, out, Number.self, UInt8.self, context) { $0.map { $0 == 0 ? 0 : 1 } }
    } else {
      out.dtype.run(FromInteger<Number>(input: input, out: out, context: context))
    }
  }
}

private struct FromFloating<Source: FloatingNumber>: ElementWork {
  let input: TensorView
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    Elementwise.unary(input, out, Source.self, Number.self, context) {
      $0.map { Number($0.double) }
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    Elementwise.unary(input, out, Source.self, Number.self, context) {
      $0.map { Number(holding: $0.double) }
    }
  }
}

private struct FromInteger<Source: IntegerNumber>: ElementWork {
  let input: TensorView
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    Elementwise.unary(input, out, Source.self, Number.self, context) { $0.map { Number($0) } }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    Elementwise.unary(input, out, Source.self, Number.self, context) {
      $0.map {
        Number(truncatingIfNeeded: $0)
      }
    }
  }
}

extension FixedWidthInteger {
  /// A number without its fraction, held to what there is; 0 of a NaN.
  init(holding x: Double) {
    let whole = x.rounded(.towardZero)
    if whole > Double(Self.min), whole < Double(Self.max) {
      self = Self(whole)
    } else {
      self = whole <= Double(Self.min) ? .min : whole >= Double(Self.max) ? .max : 0
    }
  }
}
