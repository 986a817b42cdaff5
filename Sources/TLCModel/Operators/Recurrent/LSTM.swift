/// A long short-term memory over a sequence: `formats/graph.md` §Numbers.
public struct LSTM: RecurrentOperator {
  public static let name = "LSTM"
  public static let inputCounts = 3...8
  public static let outputCounts = 0...3
  /// What it does.
  public var layer: RecurrentLayer

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    let couplesForget = try attributes.flag("input_forget", default: false)
    layer = RecurrentLayer(
      .longShortTerm(couplesForget: couplesForget),
      try RecurrentAttributes(&attributes, standard: ["Sigmoid", "Tanh", "Tanh"]))
  }
}
