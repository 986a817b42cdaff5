import TLCCore
import TLCKernels
import TLCSystem

/// How much of a column's error goes to each column after it, in the order that they are rounded in.
///
/// With the moments 𝐻 = 𝑀𝐷𝑀ᵀ in that order, 𝑀 with ones on its diagonal and nothing below, the squared
/// error of a row's outputs, Σ(𝑒𝑀)ⱼ²𝐷ⱼ, is least where each column is rounded after the errors of
/// those before were added to it, times the column of 𝑀.
struct FeedbackFactor: Sendable {
  /// The columns in the order that they are rounded in.
  let order: [Int]
  /// 𝑀, of which what is right of the diagonal counts: `[width, width]`.
  let shares: Elements<Float>
  /// 𝐷: what the square of what is left of a column weighs.
  let weights: [Double]

  var width: Int { order.count }

  /// The weights over their mean.
  var relativeWeights: [Double] {
    let mean = weights.reduce(0, +) / Double(max(1, width))
    return weights.map { mean > 0 ? $0 / mean : 1 }
  }

  /// What damping is multiplied by where moments have no factor.
  private static let escalation = 10.0
  /// A pivot below this share of the mean of the diagonal counts as none.
  private static let leastPivot = 1e-5

  /// Factors moments; where they have no factor, with more and more damping.
  init(_ moments: InputMoments, _ options: FeedbackOptions, _ parallelism: Parallelism) {
    let width = moments.width
    var order = Array(0..<width)
    if options.order == .descending {
      let diagonal = order.map { moments[$0, $0] }
      order.sort { (diagonal[$1], $0) < (diagonal[$0], $1) }
    }
    self.order = order
    guard let shape = Shape([width, width]) else {
      preconditionFailure("moments of \(width) elements")
    }
    let factor = Self.reversedFactor(moments, order, options.damping, parallelism)
    let shares = TensorView(zeros: .f32, shape).elements(of: Float.self)
    let last = width - 1
    weights = (0..<width).map { factor[last - $0, last - $0] * factor[last - $0, last - $0] }
    Team(threadCount: parallelism.threads).share(width) { rows in
      for i in rows {
        for j in i + 1..<width {
          shares[i * width + j] = Float(factor[last - i, last - j] / factor[last - j, last - j])
        }
      }
    }
    self.shares = shares
  }

  /// The Cholesky factor of damped moments in reverse order.
  static func reversedFactor(
    _ moments: InputMoments, _ order: [Int], _ damping: Double, _ parallelism: Parallelism
  ) -> SymmetricMatrix {
    let sum = (0..<moments.width).reduce(0.0) { $0 + moments[$1, $1] }
    let mean = sum / Double(max(1, moments.width))
    let unit = mean > 0 ? mean : 1
    var damping = damping
    while true {
      if let factor = factor(moments, order, adding: damping * unit, unit, parallelism) {
        return factor
      }
      damping *= Self.escalation
    }
  }

  private static func factor(
    _ moments: InputMoments, _ order: [Int], adding damping: Double, _ unit: Double,
    _ parallelism: Parallelism
  ) -> SymmetricMatrix? {
    let matrix = SymmetricMatrix(width: order.count)
    let reversed = Array(order.reversed())
    let team = Team(threadCount: parallelism.threads)
    team.share(order.count) { rows in
      for row in rows {
        for column in 0...row { matrix[row, column] = moments[reversed[row], reversed[column]] }
        matrix[row, row] += damping
      }
    }
    guard matrix.factor(team: team) else { return nil }
    let least = (leastPivot * unit).squareRoot()
    return (0..<order.count).allSatisfy { matrix[$0, $0] >= least } ? matrix : nil
  }
}
