internal import TLCCore
public import TLCKernels
public import TLCModel

/// How far the scores of a model are from those of a teacher: the sum over rows of the divergence of
/// Kullback and Leibler of the softmax of both, each divided by a temperature, times its square
/// (Hinton et al., 2015).
///
/// Its inputs are scores [..., classes], the teacher's of the same shape, and labels, `i64` [...]; rows
/// of the label `ignore_index` do not count. The outputs are the sum, and softmax − target of each row
/// times the temperature, which the gradient is.
public struct Distillation: Operator {
  public static let name = "Distillation"
  public static let domain = TrainingOperators.domain
  public static let inputCounts = 3...3
  public static let outputCounts = 1...2
  let ignored: Int64
  let temperature: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    ignored = Int64(try attributes.int("ignore_index") ?? CrossEntropy.ignoredLabel)
    temperature = try attributes.float("temperature") ?? 1
    guard temperature > 0, temperature.isFinite else {
      throw OperatorError("attribute \"temperature\" is \(temperature), not above 0")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (scores, teacher, labels) = (try inputs[0], try inputs[1], try inputs[2])
    guard scores.dtype == .f32, scores.rank > 0, teacher.dtype == .f32,
      teacher.dimensions == scores.dimensions, labels.dtype == .i64,
      Array(scores.dimensions.dropLast()) == labels.dimensions
    else {
      throw OperatorError(
        "scores are \(scores), the teacher's \(teacher) and labels \(labels), not f32 rows twice and"
          + " an i64 each")
    }
    return [ValueType(.f32, Shape.scalar), ValueType(.f32, scores.dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let scores = inputs[0], let teacher = inputs[1], let labels = inputs[2],
      let out = outputs[0], let length = scores.shape.dimensions.last, length > 0
    else { return }
    let rows = labels.shape.count
    let slopes = (outputs.count > 1 ? outputs[1] : nil) ?? TensorView(zeros: .f32, scores.shape)
    let sums = TensorView(zeros: .f64, Shape.vector(max(1, rows))).elements(of: Double.self)
    let all = labels.elements(of: Int64.self)
    context.team.share(rows) { range in
      for row in range {
        guard all[row] != ignored else {
          slopes.floats[row * length..<(row + 1) * length].fill(0)
          continue
        }
        sums[row] = divergence(
          scores.floats, teacher.floats, slopes.floats, row * length..<(row + 1) * length)
      }
    }
    // Sums of rows are added in order, so that the result is the same for any number of threads.
    out.floats[0] = Float((0..<rows).reduce(0.0) { $0 + sums[$1] })
  }

  private func divergence(
    _ scores: Elements<Float>, _ teacher: Elements<Float>, _ slopes: Elements<Float>,
    _ range: Range<Int>
  ) -> Double {
    let scale = 1 / Double(temperature)
    func logSum(_ values: Elements<Float>) -> Double {
      let most = range.reduce(-Double.infinity) { max($0, Double(values[$1]) * scale) }
      return most
        + DoubleFunctions.log(
          range.reduce(0) { $0 + DoubleFunctions.exp(Double(values[$1]) * scale - most) })
    }
    let (own, other) = (logSum(scores), logSum(teacher))
    var sum = 0.0
    for place in range {
      let (x, y) = (Double(scores[place]) * scale - own, Double(teacher[place]) * scale - other)
      let target = DoubleFunctions.exp(y)
      sum += target * (y - x)
      slopes[place] = Float((DoubleFunctions.exp(x) - target) * Double(temperature))
    }
    return sum * Double(temperature) * Double(temperature)
  }
}
