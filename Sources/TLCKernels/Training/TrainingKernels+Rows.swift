internal import CTLCKernels
public import TLCCore

extension TrainingKernels {
  /// dx = factor · y · (dy − Σ y · dy) of contiguous rows, with y the softmax of x.
  ///
  /// - Parameters:
  ///   - y: rows of `length` elements, the value of the function.
  ///   - dy: the gradient of the value.
  ///   - factor: what the gradient is multiplied by.
  ///   - dx: takes the gradient; it may be `dy`.
  ///   - length: the elements of a row.
  ///   - rows: the rows to compute; threads may share them out.
  ///   - adding: whether it is added to what is there.
  public static func softmaxGradient(
    _ y: Elements<Float>, _ dy: Elements<Float>, factor: Float = 1, into dx: Elements<Float>,
    length: Int, rows: Range<Int>, adding: Bool
  ) {
    let range = rows.lowerBound * length..<rows.upperBound * length
    for elements in [y, dy, dx] { elements.require(range) }
    // SAFETY: all three have the rows.
    unsafe tlc_softmax_gradient_f32(
      isa, rows.count, length, y.memory + range.lowerBound, dy.memory + range.lowerBound, factor,
      dx.memory + range.lowerBound, adding ? 1 : 0)
  }

  /// What `layerNormalizationGradient` takes.
  public struct NormalizedRows: Sendable {
    /// Rows of `length` elements that were normalized.
    public var x: Elements<Float>
    /// `[length]`.
    public var scale: Elements<Float>
    /// The mean of each row.
    public var means: Elements<Float>
    /// The inverse of each row.
    public var inverses: Elements<Float>
    /// The elements of a row.
    public var length: Int

    /// These rows.
    public init(
      x: Elements<Float>, scale: Elements<Float>, means: Elements<Float>,
      inverses: Elements<Float>, length: Int
    ) {
      self.x = x
      self.scale = scale
      self.means = means
      self.inverses = inverses
      self.length = length
    }
  }

  /// The gradient of normalized rows.
  ///
  /// - Parameters:
  ///   - normalized: what was normalized.
  ///   - dy: the gradient of the result.
  ///   - dx: takes that of the rows; or nothing.
  ///   - adding: whether it is added to what is there.
  ///   - dscale: that of the scale is added to it; or nothing.
  ///   - dbias: that of the bias is added to it; or nothing.
  ///   - rows: the rows to compute.
  public static func layerNormalizationGradient(
    _ normalized: NormalizedRows, _ dy: Elements<Float>, into dx: Elements<Float>?, adding: Bool,
    dscale: Elements<Float>?, dbias: Elements<Float>?, rows: Range<Int>
  ) {
    let length = normalized.length
    let range = rows.lowerBound * length..<rows.upperBound * length
    normalized.x.require(range)
    dy.require(range)
    dx?.require(range)
    for elements in [normalized.means, normalized.inverses] { elements.require(rows) }
    for elements in [normalized.scale, dscale, dbias] { elements?.require(0..<length) }
    // SAFETY: all have what the rows need.
    unsafe tlc_layer_norm_gradient_f32(
      isa, rows.count, length, normalized.x.memory + range.lowerBound, normalized.scale.memory,
      normalized.means.memory + rows.lowerBound, normalized.inverses.memory + rows.lowerBound,
      dy.memory + range.lowerBound, dx.map { unsafe $0.memory + range.lowerBound },
      adding ? 1 : 0, dscale?.memory, dbias?.memory)
  }

  /// Rows of scores with a label each.
  public struct LabelledRows: Sendable {
    /// Rows of `length` scores.
    public var scores: Elements<Float>
    /// A label a row, from 0 to below `length`, or `ignored`.
    public var labels: Elements<Int64>
    /// The label of rows that do not count.
    public var ignored: Int64
    /// What of a target is spread over all labels.
    public var smoothing: Float
    /// The logarithm of the sum of the exponentials of each row.
    public var logs: Elements<Float>
    /// The scores of a row.
    public var length: Int

    /// These rows.
    public init(
      scores: Elements<Float>, labels: Elements<Int64>, ignored: Int64, smoothing: Float,
      logs: Elements<Float>, length: Int
    ) {
      self.scores = scores
      self.labels = labels
      self.ignored = ignored
      self.smoothing = smoothing
      self.logs = logs
      self.length = length
    }

    func require(_ rows: Range<Int>) {
      scores.require(rows.lowerBound * length..<rows.upperBound * length)
      labels.require(rows)
      logs.require(rows)
      for row in rows {
        let label = labels[row]
        precondition(label == ignored || (0..<Int64(length)).contains(label), "label \(label)")
      }
    }
  }

  /// The sum of the cross entropy of rows, whose ``LabelledRows/logs`` it sets.
  public static func crossEntropy(_ labelled: LabelledRows, rows: Range<Int>) -> Double {
    labelled.require(rows)
    // SAFETY: all have the rows, and labels are places of them.
    return unsafe tlc_cross_entropy_f32(
      isa, rows.count, labelled.length,
      labelled.scores.memory + rows.lowerBound * labelled.length,
      labelled.labels.memory + rows.lowerBound, labelled.ignored, labelled.smoothing,
      labelled.logs.memory + rows.lowerBound)
  }

  /// The gradient of the scores of rows, times a factor.
  public static func crossEntropyGradient(
    _ labelled: LabelledRows, factor: Float, into dx: Elements<Float>, adding: Bool,
    rows: Range<Int>
  ) {
    labelled.require(rows)
    dx.require(rows.lowerBound * labelled.length..<rows.upperBound * labelled.length)
    // SAFETY: all have the rows, and labels are places of them.
    unsafe tlc_cross_entropy_gradient_f32(
      isa, rows.count, labelled.length,
      labelled.scores.memory + rows.lowerBound * labelled.length,
      labelled.labels.memory + rows.lowerBound, labelled.ignored, labelled.smoothing,
      labelled.logs.memory + rows.lowerBound, factor,
      dx.memory + rows.lowerBound * labelled.length, adding ? 1 : 0)
  }

  /// One step of AdamW (Loshchilov and Hutter, 2019).
  public struct AdamW: Sendable {
    /// What gradients are multiplied by first.
    public var factor: Float
    /// How slowly the mean of gradients follows.
    public var beta1: Float
    /// How slowly the mean of their squares follows.
    public var beta2: Float
    /// The learning rate.
    public var rate: Float
    /// What of a weight, times the rate, is taken off.
    public var decay: Float
    /// Is added to the root of the mean square.
    public var epsilon: Float
    /// The number of the step, from 1.
    public var step: Int

    /// A step.
    public init(
      factor: Float, beta1: Float, beta2: Float, rate: Float, decay: Float, epsilon: Float,
      step: Int
    ) {
      self.factor = factor
      self.beta1 = beta1
      self.beta2 = beta2
      self.rate = rate
      self.decay = decay
      self.epsilon = epsilon
      self.step = step
    }

    var c: tlc_adamw {
      func rest(_ beta: Float) -> Double {
        1 - DoubleFunctions.exp(Double(step) * DoubleFunctions.log(Double(beta)))
      }
      return tlc_adamw(
        factor: factor, beta1: beta1, beta2: beta2, rate: rate, decay: decay,
        step: Float(Double(rate) / rest(beta1)), root: Float(1 / rest(beta2).squareRoot()),
        epsilon: epsilon)
    }
  }

  /// Moves a range of weights, and their means, by a step.
  public static func adamW(
    _ how: AdamW, gradients: Elements<Float>, means: Elements<Float>, squares: Elements<Float>,
    weights: Elements<Float>, in range: Range<Int>
  ) {
    for elements in [gradients, means, squares, weights] { elements.require(range) }
    var c = how.c
    let start = range.lowerBound
    // SAFETY: all four have the range.
    unsafe tlc_adamw_f32(
      isa, range.count, &c, gradients.memory + start, means.memory + start,
      squares.memory + start, weights.memory + start)
  }
}
