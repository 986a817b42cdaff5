/// Gated recurrent units over a sequence: `formats/graph.md` §Numbers.
public struct GRU: RecurrentOperator {
  public static let name = "GRU"
  public static let inputCounts = 3...6
  public static let outputCounts = 0...2
  /// What it does.
  public var layer: RecurrentLayer

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    let resetsProduct = try attributes.flag("linear_before_reset", default: false)
    layer = RecurrentLayer(
      .gated(resetsProduct: resetsProduct),
      try RecurrentAttributes(&attributes, standard: ["Sigmoid", "Tanh"]))
  }
}
