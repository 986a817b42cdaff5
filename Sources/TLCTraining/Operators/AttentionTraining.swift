internal import TLCCore
public import TLCKernels
public import TLCModel

/// `Attention` as training has it: of packed heads, and with dropout of its weights.
///
/// Inputs are queries [batch, queries, heads · size], keys and values [batch, keys, heads · size],
/// what is added to scores and broadcasts to [batch, heads, queries, keys], and where `ratio` is not
/// 0 the seed that ``Dropout`` takes. With `is_causal`, a query takes from no key behind its place.
/// Weights are computed again for the gradient, so that memory grows with the tokens and not with
/// their pairs.
public struct AttentionTraining: Operator {
  public static let name = "Attention"
  public static let domain = TrainingOperators.domain
  public static let inputCounts = 3...5
  let headCount: Int
  let scale: Float?
  let ratio: Float
  let stream: Int
  let isCausal: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    headCount = try attributes.int("heads", in: 1...65_536, default: 1)
    scale = try attributes.float("scale")
    ratio = try attributes.float("ratio") ?? 0
    stream = try attributes.int("stream") ?? 0
    isCausal = try attributes.flag("is_causal", default: false)
    guard ratio >= 0, ratio < 1 else {
      throw OperatorError("attribute \"ratio\" is \(ratio), not from 0 to below 1")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (q, k, v) = (try inputs[0], try inputs[1], try inputs[2])
    let width = q.dimensions.last?.length ?? 0
    guard q.dtype == .f32, q.rank == 3, k.rank == 3, k == v, k.dtype == .f32,
      q.dimensions[0] == k.dimensions[0], q.dimensions[2] == k.dimensions[2], width > 0,
      width % headCount == 0
    else { throw OperatorError("queries are \(q), keys \(k) and values \(v)") }
    if let mask = inputs.optional(3) {
      let scores = [q.dimensions[0], Dimension(headCount), q.dimensions[1], k.dimensions[1]]
      guard mask.type.dtype == .f32,
        try Broadcasting.dimensions([scores, mask.type.dimensions]) == scores
      else { throw OperatorError("what is added to scores of \(scores) is \(mask.type)") }
    }
    guard ratio == 0 || inputs.optional(4)?.type == ValueType(.i64, [2]) else {
      throw OperatorError("it has a \"ratio\" and no seed, an i64 [2]")
    }
    return [q]
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let q = inputs[0]?.shape, let k = inputs[1]?.shape else { return 0 }
    return AttentionHeads.scratchByteCount(q, k, matrices: 1, threadCount: threadCount)
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let q = inputs[0], let k = inputs[1], let v = inputs[2], let out = outputs[0] else {
      return
    }
    let heads = AttentionHeads(
      self, q: q, k: k, v: v, mask: inputs.count > 3 ? inputs[3] : nil,
      seed: inputs.count > 4 ? inputs[4] : nil)
    heads.share(context, matrices: 1) { item, scratch in
      heads.weigh(item, into: scratch)
      heads.drop(item, scratch)
      heads.multiply(item, scratch, into: out.floats)
    }
  }
}
