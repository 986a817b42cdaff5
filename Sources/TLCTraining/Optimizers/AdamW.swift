public import TLCCore
public import TLCKernels

/// AdamW (Loshchilov and Hutter, 2019): weights decay apart from their gradients, and biases and
/// the factors of norms, which have one axis, do not.
public final class AdamW {
  /// What stays the same from step to step.
  public struct Settings: Equatable, Sendable {
    /// How slowly the mean of gradients follows.
    public var beta1: Float
    /// How slowly the mean of their squares follows.
    public var beta2: Float
    /// Is added to the root of the mean square.
    public var epsilon: Float
    /// What of a matrix, times the learning rate, is taken off in a step.
    public var decay: Float
    /// The greatest norm of all gradients together; greater ones are scaled to it. `nil` for none.
    public var greatestNorm: Float?

    /// RoBERTa's settings, where nothing else is said.
    public init(
      beta1: Float = 0.9, beta2: Float = 0.98, epsilon: Float = 1e-6, decay: Float = 0.01,
      greatestNorm: Float? = 1
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.decay = decay
      self.greatestNorm = greatestNorm
    }
  }

  /// The settings.
  public let settings: Settings
  /// The steps that were done.
  public var stepCount = 0
  /// The means of gradients and of their squares, at the places of the parameters.
  public let means: Elements<Float>
  /// The means of squares.
  public let squares: Elements<Float>
  private let parameters: ParameterStore
  private let team: Team

  /// Elements that a thread is given at once.
  private static let unit = 1 << 14

  /// An optimizer of parameters, before its first step.
  public init(_ parameters: ParameterStore, _ settings: Settings = Settings(), threadCount: Int) {
    self.parameters = parameters
    self.settings = settings
    let shape = Shape.vector(parameters.values.count)
    means = TensorView(zeros: .f32, shape).floats
    squares = TensorView(zeros: .f32, shape).floats
    team = Team(threadCount: threadCount)
  }

  /// The norm of all gradients.
  public func gradientNorm() -> Double {
    let gradients = parameters.gradients
    let count = (gradients.count + Self.unit - 1) / Self.unit
    let sums = TensorView(zeros: .f64, .vector(count)).elements(of: Double.self)
    team.share(count) { blocks in
      for block in blocks {
        let start = block * Self.unit
        sums[block] = TrainingKernels.sumOfSquares(
          gradients, in: start..<min(start + Self.unit, gradients.count))
      }
    }
    return sums.indices.reduce(0) { $0 + sums[$1] }.squareRoot()
  }

  /// Does a step, and makes gradients 0.
  ///
  /// - Parameter rate: the learning rate of the step.
  /// - Returns: the norm of the gradients before they are scaled.
  /// - Throws: ``TrainingError/notFinite(step:tensor:)`` where it is no finite number; the weights
  ///   are then as before.
  @discardableResult public func step(rate: Float) throws(TrainingError) -> Double {
    let norm = gradientNorm()
    guard norm.isFinite else {
      let wrong = parameters.parameters.first {
        !TrainingKernels.isFinite(parameters.gradients, in: $0.range)
      }
      throw .notFinite(step: stepCount + 1, tensor: "gradient of \(wrong?.name ?? "all")")
    }
    stepCount += 1
    let greatest = settings.greatestNorm.map { Double($0) } ?? .infinity
    let factor = norm > greatest ? Float(greatest / norm) : 1
    let gradients = parameters.gradients
    let work = parameters.parameters.flatMap { parameter in
      stride(from: parameter.range.lowerBound, to: parameter.range.upperBound, by: Self.unit).map {
        (
          range: $0..<min($0 + Self.unit, parameter.range.upperBound),
          decays: parameter.shape.rank > 1
        )
      }
    }
    let (settings, step) = (settings, stepCount)
    let (means, squares, weights) = (means, squares, parameters.values)
    team.share(work.count) { places in
      for place in places {
        TrainingKernels.adamW(
          .init(
            factor: factor, beta1: settings.beta1, beta2: settings.beta2, rate: rate,
            decay: work[place].decays ? settings.decay : 0, epsilon: settings.epsilon, step: step),
          gradients: gradients, means: means, squares: squares, weights: weights,
          in: work[place].range)
        gradients[work[place].range].fill(0)
      }
    }
    return norm
  }
}
