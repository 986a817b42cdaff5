/// A plain recurrence over a sequence: `formats/graph.md` §Numbers.
public struct RNN: RecurrentOperator {
  public static let name = "RNN"
  public static let inputCounts = 3...6
  public static let outputCounts = 0...2
  /// What it does.
  public var layer: RecurrentLayer

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    layer = RecurrentLayer(
      .plain,
      try RecurrentAttributes(&attributes, standard: ["Tanh"]))
  }
}
