internal import TLCCore
public import TLCKernels
public import TLCModel

/// The sum of the cross entropy of rows of scores with labels.
///
/// Its inputs are scores [..., classes] and labels, `i64` [...]; rows of the label `ignore_index` do
/// not count. A target is 1 − `label_smoothing` at the label, and `label_smoothing` / classes
/// everywhere. The outputs are the sum, and log Σ exp of each row.
public struct CrossEntropy: Operator {
  public static let name = "CrossEntropy"
  public static let domain = TrainingOperators.domain
  public static let inputCounts = 2...2
  public static let outputCounts = 1...2
  /// The label of rows that do not count, where nothing else is said.
  public static let ignoredLabel = -100
  let ignored: Int64
  let smoothing: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    ignored = Int64(try attributes.int("ignore_index") ?? Self.ignoredLabel)
    smoothing = try attributes.float("label_smoothing") ?? 0
    guard smoothing >= 0, smoothing < 1 else {
      throw OperatorError("attribute \"label_smoothing\" is \(smoothing), not from 0 to below 1")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (scores, labels) = (try inputs[0], try inputs[1])
    guard scores.dtype == .f32, scores.rank > 0, labels.dtype == .i64,
      Array(scores.dimensions.dropLast()) == labels.dimensions
    else {
      throw OperatorError("scores are \(scores) and labels \(labels), not f32 rows and an i64 each")
    }
    return [ValueType(.f32, Shape.scalar), ValueType(.f32, labels.dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let scores = inputs[0], let labels = inputs[1], let out = outputs[0],
      let length = scores.shape.dimensions.last
    else { return }
    let rows = labels.shape.count
    let all = labels.elements(of: Int64.self)
    for row in 0..<rows where all[row] != ignored && !(0..<Int64(length)).contains(all[row]) {
      throw OperatorError("label \(all[row]) is not from 0 to below \(length)")
    }
    let logs =
      (outputs.count > 1 ? outputs[1] : nil) ?? TensorView(zeros: .f32, labels.shape)
    let labelled = TrainingKernels.LabelledRows(
      scores: scores.floats, labels: all, ignored: ignored, smoothing: smoothing,
      logs: logs.floats, length: length)
    // Sums of blocks, which are the same for any number of threads, are added in order.
    let blockCount = max(1, min(32, rows / 16))
    let sums = TensorView(zeros: .f64, Shape.vector(blockCount)).elements(of: Double.self)
    context.team.share(blockCount) { blocks in
      for block in blocks {
        sums[block] = TrainingKernels.crossEntropy(
          labelled, rows: rows * block / blockCount..<rows * (block + 1) / blockCount)
      }
    }
    out.floats[0] = Float(sums.indices.reduce(0.0) { $0 + sums[$1] })
  }
}

extension Shape {
  /// The shape of a list.
  static func vector(_ count: Int) -> Shape {
    guard let shape = Shape([count]) else { preconditionFailure("a list of \(count)") }
    return shape
  }
}
