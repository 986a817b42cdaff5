/// The definitions of functions of a row: `formats/graph.md` §Numbers.
public enum RowFunctions {
  /// exp(𝑥 − max) · (1 / Σ).
  public static func softmax(_ row: [Float]) -> [Float] {
    var most = -Float.infinity
    for x in row where x > most { most = x }
    let powers = row.map { FloatFunctions.exp($0 - most) }
    var sum = RowReduction()
    for power in powers { sum.add(power) }
    let inverse = 1 / sum.sum
    return powers.map { FloatFunctions.canonical($0 * inverse) }
  }

  /// ((𝑥 − mean) · inverse) · scale + bias, with mean = Σ𝑥 / 𝑛 and
  /// inverse = 1 / √(Σ(𝑥 − mean)² / 𝑛 + 𝜀).
  ///
  /// - Parameters:
  ///   - row: the elements 𝑥.
  ///   - scale: as long as the row.
  ///   - bias: as long as the row; with it the last product and sum are one fused multiply-add.
  ///   - epsilon: 𝜀, which is added to the variance.
  public static func layerNormalization(
    _ row: [Float], scale: [Float], bias: [Float]?, epsilon: Float
  ) -> (row: [Float], mean: Float, inverse: Float) {
    let count = Float(row.count)
    var sum = RowReduction()
    for x in row { sum.add(x) }
    let mean = sum.sum / count
    var squares = RowReduction()
    for x in row { squares.addSquare(x - mean) }
    let inverse = 1 / (squares.sum / count + epsilon).squareRoot()
    let result = row.indices.map { i in
      let d = (row[i] - mean) * inverse
      return FloatFunctions.canonical(
        bias.map { $0[i].addingProduct(d, scale[i]) } ?? d * scale[i])
    }
    return (result, mean, inverse)
  }
}
