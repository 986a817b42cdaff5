// Add a quantizer of one's own, and name it in a recipe.
//
// Reads `model.h5` and writes `ternary.tlcq`.
import TLC

/// Stores −s, 0 or s: the threshold and the scale of ternary weight networks (Li et al., 2016).
struct TernaryQuantizer: Quantizer {
  static let name = "ternary"
  /// In units of the mean magnitude.
  let threshold: Double

  init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    threshold = try parameters.number("threshold", in: 0...2)
    try parameters.finish()
  }

  func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    guard tensor.dtype == .f32 else { throw .notFloatingPoint(tensor.dtype.rawValue) }
    let elements = tensor.elements(of: Float.self).map { Double($0) }
    let mean = elements.reduce(0) { $0 + abs($1) } / Double(max(1, elements.count))
    let kept = elements.filter { abs($0) > threshold * mean }
    let step = Float(kept.reduce(0) { $0 + abs($1) } / Double(max(1, kept.count)))
    let codes = elements.map { abs($0) > threshold * mean ? Int32($0 < 0 ? -1 : 1) : 0 }
    return UniformValues(
      shape: tensor.shape, dtype: .f32, layout: .tensor, stepType: .f32, steps: [Double(step)],
      minimum: -1, maximum: 1, codes: codes)
  }
}

let ternary = RecipeStep(method: "ternary", parameters: ["threshold": .number(0.7)])
var conversion = Conversion(
  input: "model.h5", output: "ternary.tlcq",
  recipe: Recipe(rules: [RecipeRule(match: .floatingMatrices, quantize: ternary)]))
conversion.quantizers = .standard.adding(TernaryQuantizer.self)
conversion.overwriting = true
for tensor in try conversion.run().tensors {
  print(tensor.name, tensor.encoding, tensor.bitsPerElement, tensor.sparsity)
}
