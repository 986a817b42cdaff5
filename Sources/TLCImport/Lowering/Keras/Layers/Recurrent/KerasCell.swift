internal import TLCCore
internal import TLCModel

/// The cell of a recurrent layer: what is done at each step.
struct KerasCell: Sendable {
  enum Kind: String, Sendable {
    case lstm = "LSTM"
    case gru = "GRU"
    case simple = "RNN"

    /// Where ONNX's gates are among those of Keras: ONNX has i, o, f, c, Keras i, f, c, o.
    var order: [Int] {
      switch self {
      case .lstm: [0, 3, 1, 2]
      case .gru: [0, 1, 2]
      case .simple: [0]
      }
    }

    /// The number of states.
    var stateCount: Int { self == .lstm ? 2 : 1 }
  }

  /// How the weights of the gates are stored.
  enum Storage: Sendable {
    /// Side by side, a column a unit.
    case joined
    /// Side by side, in memory as cuDNN has them: a row a unit.
    case cuDNN
    /// A matrix each, with these names of the gates in the order of the file.
    case apart([String])
  }

  let kind: Kind
  let units: Int
  let activation: KerasActivation
  let gateActivation: KerasActivation?
  let hasBias: Bool
  /// Of a GRU: whether the reset gate acts behind the product.
  let resetsAfter: Bool
  let storage: Storage
  /// Where Keras 3 stores the weights of a cell in a stack.
  let storedName: String

  /// The classes that have a cell.
  static let classNames = [
    "CuDNNGRU", "CuDNNLSTM", "GRU", "GRUCell", "LSTM", "LSTMCell", "SimpleRNN", "SimpleRNNCell",
  ]

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    let name = fields.className
    kind = name.contains("LSTM") ? .lstm : name.contains("GRU") ? .gru : .simple
    storedName = ["LSTMCell": "lstm_cell", "GRUCell": "gru_cell"][name] ?? "simple_rnn_cell"
    units = try fields.integer("units", "output_dim")
    guard units >= 1 else { throw fields.malformed("\"units\" is \(units), not from 1 on") }
    let isCuDNN = name.hasPrefix("CuDNN")
    activation = try KerasActivation(fields, "activation", default: "tanh", in: context)
    let standard = isCuDNN || fields.generation > .second ? "sigmoid" : "hard_sigmoid"
    gateActivation =
      kind == .simple
      ? nil
      : try KerasActivation(
        fields, "recurrent_activation", "inner_activation", default: standard, in: context)
    hasBias = try fields.flag("use_bias", default: true)
    let isAfter = try fields.flag("reset_after", default: fields.generation > .second)
    resetsAfter = isCuDNN || isAfter
    if isCuDNN {
      storage = .cuDNN
    } else if fields.generation == .first, kind != .simple,
      try fields.text("consume_less", default: "cpu") != "gpu"
    {
      // The first version has no layer without a bias.
      storage = .apart(kind == .lstm ? ["i", "c", "f", "o"] : ["z", "r", "h"])
    } else {
      storage = .joined
    }
  }

  var weights: KerasWeightTree {
    if case .apart(let gates) = storage {
      return KerasWeightTree(gates.flatMap { ["W \($0)", "U \($0)", "b \($0)"] })
    }
    return KerasWeightTree(["kernel", "recurrent kernel"] + (hasBias ? ["bias"] : []))
  }

  /// ONNX's names of the activations, with their numbers.
  ///
  /// - Returns: `nil` where ONNX's operator does not have one of them.
  var functions: [(name: String, alpha: Float?, beta: Float?)]? {
    let all =
      switch kind {
      case .lstm: [gateActivation, activation, activation]
      case .gru: [gateActivation, activation]
      case .simple: [activation]
      }
    let functions = all.compactMap { $0?.recurrent() }
    return functions.count == all.count ? functions : nil
  }

  /// Whether another cell can be the other direction of the same node.
  func pairs(with other: KerasCell) -> Bool {
    guard let functions, let others = other.functions else { return false }
    return kind == other.kind && units == other.units && resetsAfter == other.resetsAfter
      && hasBias == other.hasBias && functions.map { $0.name } == others.map { $0.name }
  }
}
