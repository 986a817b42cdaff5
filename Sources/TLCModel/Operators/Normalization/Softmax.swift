public import TLCCore
public import TLCKernels

/// exp(𝑥 − max) / Σ along an axis.
public struct Softmax: RowOperator {
  public static let name = "Softmax"
  public let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
  }

  public func apply(_ x: Elements<Float>, to y: Elements<Float>, length: Int, rows: Range<Int>) {
    Kernels.softmax(x, to: y, length: length, rows: rows)
  }
}

/// (𝑥 − max) − ln Σexp(𝑥 − max) along an axis.
public struct LogSoftmax: RowOperator {
  public static let name = "LogSoftmax"
  public let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
  }

  public func apply(_ x: Elements<Float>, to y: Elements<Float>, length: Int, rows: Range<Int>) {
    guard let shape = Shape([length]) else { return }
    let powers = TensorView(zeros: .f32, shape).elements(of: Float.self)
    for start in rows.lazy.map({ $0 * length }) {
      var most = -Float.infinity
      for i in 0..<length where x[start + i] > most { most = x[start + i] }
      Lines.map(length, x, from: start, into: y, at: start) { $0 - most }
      Lines.map(length, y, from: start, into: powers, at: 0) { $0 }
      Kernels.apply(.exp, powers, to: powers, in: 0..<length)
      let logarithm = FloatFunctions.log(Lines.sum(length, powers, from: 0) { $0 })
      Lines.map(length, y, from: start, into: y, at: start) {
        FloatFunctions.canonical($0 - logarithm)
      }
    }
  }
}

/// 1 at the first of the greatest elements along an axis, else 0.
public struct Hardmax: RowOperator {
  public static let name = "Hardmax"
  public let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
  }

  public func apply(_ x: Elements<Float>, to y: Elements<Float>, length: Int, rows: Range<Int>) {
    for start in rows.lazy.map({ $0 * length }) {
      var best = 0
      for i in 1..<max(1, length)
      where x[start + i] > x[start + best] || x[start + best].isNaN && !x[start + i].isNaN {
        best = i
      }
      for i in 0..<length { y[start + i] = i == best ? 1 : 0 }
    }
  }
}

/// 𝑥 / Σ|𝑥|, or 𝑥 / √Σ𝑥², along an axis.
public struct LpNormalization: RowOperator {
  public static let name = "LpNormalization"
  public let axis: Int
  private let power: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
    power = try attributes.int("p", in: 1...2, default: 2)
  }

  public func apply(_ x: Elements<Float>, to y: Elements<Float>, length: Int, rows: Range<Int>) {
    for start in rows.lazy.map({ $0 * length }) {
      let norm =
        power == 1
        ? Lines.sum(length, x, from: start) { abs($0) }
        : Lines.sum(length, x, from: start) { $0 * $0 }.squareRoot()
      Lines.map(length, x, from: start, into: y, at: start) {
        FloatFunctions.canonical($0 / norm)
      }
    }
  }
}
