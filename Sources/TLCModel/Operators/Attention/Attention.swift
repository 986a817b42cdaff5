internal import TLCCore
public import TLCKernels

/// Scaled dot-product attention of heads, several of queries for one of keys where there are more:
/// `formats/graph.md` §Numbers.
///
/// Its inputs are queries, keys, values, a mask, keys and values that are there already, and how many
/// keys of each of the batch are no padding.
public struct Attention: Operator {
  public static let name = "Attention"
  public static let inputCounts = 3...7
  public static let outputCounts = 1...4
  let layout: AttentionLayout
  let isCausal: Bool
  let scale: Float?
  /// What scores are held to smoothly; 0 where they are not.
  let softcap: Float
  /// After which step the scores are given as an output.
  let scoreStep: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    layout = try AttentionLayout(&attributes)
    isCausal = try attributes.flag("is_causal", default: false)
    scale = try attributes.float("scale")
    softcap = try attributes.float("softcap") ?? 0
    scoreStep = try attributes.int("qk_matmul_output_mode", in: 0...3, default: 0)
    // Scores are float32 whatever is asked for.
    _ = try attributes.elementType("softmax_precision")
    guard scale ?? 0 >= 0, softcap >= 0 else {
      throw OperatorError("\"scale\" and \"softcap\" are \(scale ?? 0) and \(softcap), not from 0")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (q, k, v) = (try inputs[0], try inputs[1], try inputs[2])
    try q.requireComputedAsFloat()
    guard k.dtype == q.dtype, v.dtype == q.dtype, k.rank == q.rank, v.rank == q.rank else {
      throw OperatorError("queries are \(q), keys \(k) and values \(v)")
    }
    let (pastKey, pastValue) = (inputs.optional(4)?.type, inputs.optional(5)?.type)
    let lengths = try layout.lengths(
      query: q.dimensions, key: k.dimensions, value: v.dimensions,
      past: try past(pastKey, pastValue)
    ) { $0.length }
    let heads = [lengths.batch, Dimension(lengths.keyHeads)]
    if let past = lengths.past {
      let key = ValueType(q.dtype, heads + [past, Dimension(lengths.headSize)])
      let value = ValueType(q.dtype, heads + [past, Dimension(lengths.valueSize)])
      guard pastKey == key, pastValue == value else {
        throw OperatorError("inputs 4 and 5 are not \(key) and \(value)")
      }
    }
    let total = total(lengths) ?? Dimension(named: inputs.freshName(1, 2))
    try requireMask(inputs.optional(3)?.type, q, lengths, total)
    if let counts = inputs.optional(6)?.type {
      guard counts == ValueType(.i64, [lengths.batch]), pastKey == nil else {
        throw OperatorError(
          "input 6 is \(counts), not i64 [\(lengths.batch)] without inputs 4 and 5")
      }
    }
    let result =
      q.rank == 3
      ? [lengths.batch, lengths.queries, Dimension(lengths.queryHeads * lengths.valueSize)]
      : [
        lengths.batch, Dimension(lengths.queryHeads), lengths.queries, Dimension(lengths.valueSize),
      ]
    return [
      ValueType(q.dtype, result),
      ValueType(q.dtype, heads + [total, Dimension(lengths.headSize)]),
      ValueType(q.dtype, heads + [total, Dimension(lengths.valueSize)]),
      ValueType(
        q.dtype, [lengths.batch, Dimension(lengths.queryHeads), lengths.queries, total]),
    ]
  }

  private func past(_ key: ValueType?, _ value: ValueType?) throws(OperatorError) -> [Dimension]? {
    guard key != nil || value != nil else { return nil }
    guard let key, let value, key.rank == 4, value.rank == 4 else {
      throw OperatorError("inputs 4 and 5 are not both there, of four axes")
    }
    return key.dimensions
  }

  /// The number of all keys; `nil` where it is no product of names.
  private func total(_ lengths: AttentionLengths<Dimension>) -> Dimension? {
    guard let past = lengths.past else { return lengths.keys }
    if past == 0 { return lengths.keys }
    guard let first = past.length, let rest = lengths.keys.length else { return nil }
    return Dimension(first + rest)
  }

  private func requireMask(
    _ mask: ValueType?, _ query: ValueType, _ lengths: AttentionLengths<Dimension>,
    _ total: Dimension
  ) throws(OperatorError) {
    guard let mask else { return }
    guard mask.dtype == .bool || mask.dtype == query.dtype, (2...4).contains(mask.rank) else {
      throw OperatorError("input 3 is \(mask), not bool or \(query.dtype) of 2 to 4 axes")
    }
    let leading = [lengths.batch, Dimension(lengths.queryHeads), lengths.queries]
    let last = mask.dimensions[mask.rank - 1]
    let isShort = last.length.flatMap { l in total.length.map { l <= $0 } } ?? true
    guard isShort,
      try Broadcasting.dimensions([leading, Array(mask.dimensions.dropLast())]) == leading
    else {
      throw OperatorError(
        "input 3 is \(mask), which does not broadcast to \(leading + [total])")
    }
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let sizes = try? sizes(inputs.map { $0?.shape }, threadCount: threadCount) else {
      return 0
    }
    let copies = FloatTensor.copiedCount(inputs + outputs).reduce(0) { $0 + ($1 + 15) / 16 * 16 }
    return Scratch.byteCount(
      floats: copies, sizes.keepsPast ? sizes.keyCount : 0, sizes.keepsPast ? sizes.valueCount : 0,
      sizes.partCount * sizes.workerCount)
  }

  private func sizes(
    _ shapes: [Shape?], threadCount: Int
  ) throws(OperatorError) -> AttentionSizes? {
    guard let q = shapes[0], let k = shapes[1], let v = shapes[2] else { return nil }
    let past = shapes.count > 4 ? shapes[4] : nil
    let lengths = try layout.lengths(
      query: q.dimensions, key: k.dimensions, value: v.dimensions, past: past?.dimensions
    ) { $0 }
    return AttentionSizes(lengths, isRowMajor: q.rank == 3, threadCount: threadCount)
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let sizes = try sizes(inputs.map { $0?.shape }, threadCount: context.team.threadCount)
    else { return }
    var scratch = Scratch(context)
    func read(_ place: Int) -> Elements<Float>? {
      guard inputs.indices.contains(place), let view = inputs[place] else { return nil }
      return FloatTensor(reading: view, &scratch).elements
    }
    guard let query = read(0), let key = read(1), let value = read(2) else { return }
    let results = outputs.map { view in view.map { FloatTensor(writing: $0, &scratch) } }
    func result(_ place: Int) -> Elements<Float>? {
      results.indices.contains(place) ? results[place]?.elements : nil
    }
    let (keys, values) = sizes.gather(
      key, value, past: read(4), read(5), into: result(1), result(2), &scratch)
    let mask = inputs.count > 3 ? inputs[3] : nil
    let run = AttentionRun(
      sizes: sizes, scale: scale ?? 1 / Float(sizes.lengths.headSize).squareRoot(),
      softcap: softcap, isCausal: isCausal, scoreStep: scoreStep, query: query, keys: keys,
      values: values,
      mask: try mask.map { view throws(OperatorError) in
        try AttentionMask(view, sizes, &scratch)
      },
      counts: try counts(inputs.count > 6 ? inputs[6] : nil, sizes), result: result(0),
      scores: result(3))
    run.compute(
      in: scratch.floats(sizes.partCount * sizes.workerCount), team: context.team)
    for result in results { result?.finish() }
  }

  private func counts(
    _ view: TensorView?, _ sizes: AttentionSizes
  ) throws(OperatorError) -> [Int]? {
    guard let counts = view?.integers else { return nil }
    if let wrong = counts.first(where: { $0 < 0 || $0 > sizes.total }) {
      throw OperatorError("a number of keys is \(wrong), not 0 to \(sizes.total)")
    }
    return counts
  }
}
