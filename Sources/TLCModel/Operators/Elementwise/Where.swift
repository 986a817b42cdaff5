internal import TLCCore
public import TLCKernels

/// Elements of input 1 where input 0 is true, else of input 2, with broadcasting.
public struct Where: PlainOperator {
  public static let name = "Where"
  public static let inputCounts = 3...3
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (condition, a, b) = (try inputs[0], try inputs[1], try inputs[2])
    guard condition.dtype == .bool else {
      throw OperatorError("input 0 is \(condition.dtype), not bool")
    }
    guard a.dtype == b.dtype else {
      throw OperatorError("inputs 1 and 2 are \(a.dtype) and \(b.dtype), not of one type")
    }
    let all = [condition, a, b].map { $0.dimensions }
    return [ValueType(a.dtype, try Broadcasting.dimensions(all))]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let condition = inputs[0], let a = inputs[1], let b = inputs[2], let out = outputs[0]
    else { return }
    let walk = Walk(
      out.shape.dimensions,
      sources: [condition, a, b].map { Broadcasting.strides(of: $0.shape, in: out.shape) })
    let steps = walk.steps
    let mask = condition.elements(of: UInt8.self)
    func choose<Word: TensorElement>(_: Word.Type) {
      let (x, y) = (a.words(of: Word.self), b.words(of: Word.self))
      let z = out.words(of: Word.self)
      walk.share(context.team) { start, count, places in
        Lines.choose(
          count, mask, from: places[0], step: steps[0], x, from: places[1], step: steps[1], y,
          from: places[2], step: steps[2], into: z, at: start)
      }
    }
    switch out.dtype.byteCount {
    case 1: choose(UInt8.self)
    case 2: choose(UInt16.self)
    case 4: choose(UInt32.self)
    default: choose(UInt64.self)
    }
  }
}
