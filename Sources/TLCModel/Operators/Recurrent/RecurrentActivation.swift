internal import TLCCore
internal import TLCKernels

/// A function of a recurrent cell: `formats/graph.md` §Numbers.
enum RecurrentActivation: Sendable {
  case kernel(Kernels.Function)
  case relu
  case softsign
  case affine(alpha: Float, beta: Float)
  case leakyRelu(alpha: Float)
  case thresholdedRelu(alpha: Float)
  case scaledTanh(alpha: Float, beta: Float)
  case hardSigmoid(alpha: Float, beta: Float)

  /// Reads a function by name, and its parameters from those that are left.
  init(
    _ name: String, _ alphas: inout ArraySlice<Float>, _ betas: inout ArraySlice<Float>
  ) throws(OperatorError) {
    func next(_ list: inout ArraySlice<Float>, _ standard: Float) -> Float {
      list.popFirst() ?? standard
    }
    switch name {
    case "Tanh": self = .kernel(.tanh)
    case "Sigmoid": self = .kernel(.sigmoid)
    case "Relu": self = .relu
    case "Softsign": self = .softsign
    case "Softplus": self = .kernel(.softplus)
    case "Affine": self = .affine(alpha: next(&alphas, 1), beta: next(&betas, 0))
    case "Elu": self = .kernel(.exponentialUnit(.elu(alpha: next(&alphas, 1))))
    case "LeakyRelu": self = .leakyRelu(alpha: next(&alphas, 0.01))
    case "ThresholdedRelu": self = .thresholdedRelu(alpha: next(&alphas, 1))
    case "ScaledTanh": self = .scaledTanh(alpha: next(&alphas, 1), beta: next(&betas, 1))
    case "HardSigmoid": self = .hardSigmoid(alpha: next(&alphas, 0.2), beta: next(&betas, 0.5))
    default: throw OperatorError("there is no function \"\(name)\" of recurrent cells")
    }
  }

  /// Sets each element of a range to the function of it.
  func apply(_ x: Elements<Float>, in range: Range<Int>) {
    func map(_ body: (Float) -> Float) {
      Lines.map(range.count, x, from: range.lowerBound, into: x, at: range.lowerBound) {
        FloatFunctions.canonical(body($0))
      }
    }
    switch self {
    case .kernel(let function): Kernels.apply(function, x, to: x, in: range)
    case .relu: map { $0 < 0 ? 0 : $0 }
    case .softsign: map { $0 / (1 + abs($0)) }
    case .affine(let alpha, let beta): map { alpha * $0 + beta }
    case .leakyRelu(let alpha): map { $0 < 0 ? alpha * $0 : $0 }
    case .thresholdedRelu(let alpha): map { $0 > alpha || $0.isNaN ? $0 : 0 }
    case .scaledTanh(let alpha, let beta): map { alpha * FloatFunctions.tanh(beta * $0) }
    case .hardSigmoid(let alpha, let beta):
      map {
        let y = alpha * $0 + beta
        return y < 0 ? 0 : y > 1 ? 1 : y
      }
    }
  }
}
