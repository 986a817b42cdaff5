public import TLCCore
internal import TLCKernels
public import TLCSystem

extension TensorCalibration {
  /// How far outputs are from what they were, for the inputs of calibration.
  public struct OutputError: Equatable, Sendable {
    /// Σ‖(𝑊 − 𝑊′)𝑥‖², divided by the number of inputs.
    public var meanSquare: Double
    /// The mean of (𝑊 − 𝑊′)𝑥, an element an output: what a bias would have to be more.
    public var mean: [Double]
  }

  /// Measures what the outputs of a matrix lose where other values stand in its place; `nil` where
  /// inputs are not known. The same for any number of threads.
  ///
  /// - Precondition: both have the shape that was calibrated.
  public func outputError(
    of source: Tensor, decoded: Tensor, parallelism: Parallelism
  ) -> OutputError? {
    guard let (axes, moments) = inputs, moments.width > 0, source.shape.count > 0 else {
      return nil
    }
    precondition(source.shape == decoded.shape, "\(source.shape) and \(decoded.shape)")
    let width = moments.width
    let rows = source.shape.count / width
    let differences = source.differences(from: decoded)
    let (a, b) = axes == .trailing ? (width, 1) : (1, rows)
    guard let matrix = Shape([rows, width]), let square = Shape([width, width]) else { return nil }
    let errors = TensorView(zeros: .f32, matrix).elements(of: Float.self)
    let products = TensorView(zeros: .f32, matrix).elements(of: Float.self)
    let symmetric = TensorView(zeros: .f32, square).elements(of: Float.self)
    for i in 0..<width {
      for j in 0...i {
        let product = Float(moments[i, j])
        symmetric[i * width + j] = product
        symmetric[j * width + i] = product
      }
    }
    for row in 0..<rows {
      for i in 0..<width { errors[row * width + i] = differences[row * a + i * b] }
    }
    PackedMatrix(symmetric, depth: width, columnCount: width, isTransposed: false).multiply(
      errors, into: products, rowCount: rows, team: Team(threadCount: parallelism.threads))
    var total = 0.0
    for i in errors.indices { total += Double(errors[i]) * Double(products[i]) }
    let means = moments.means
    let mean = (0..<rows).map { row in
      (0..<width).reduce(0.0) { $0 + Double(errors[row * width + $1]) * means[$1] }
    }
    return OutputError(meanSquare: max(0, total) / Double(max(1, moments.count)), mean: mean)
  }
}

extension Tensor {
  /// Each element less that of another tensor, rounded to `f32`.
  fileprivate func differences(from other: Tensor) -> [Float] {
    func subtract<Element: FloatingTensorElement>(_: Element.Type) -> [Float] {
      withElements(of: Element.self) { mine in
        other.withElements(of: Element.self) { theirs in
          mine.indices.map { Float(mine[$0].double - theirs[$0].double) }
        }
      }
    }
    guard let type = dtype.floatingElementType else { return [] }
    return dtype == .f32 ? subtract(Float.self) : subtract(type)
  }
}
