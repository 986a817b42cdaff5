internal import TLCCore
internal import TLCKernels

/// What `RNN`, `GRU` and `LSTM` say in their attributes.
struct RecurrentAttributes: Sendable {
  enum Direction: String, CaseIterable, Sendable {
    case forward
    case reverse
    case bidirectional
  }

  let direction: Direction
  /// Whether the first axis is the batch.
  let isBatchFirst: Bool
  let hiddenSize: Int?
  /// The functions of each direction.
  let activations: [[RecurrentActivation]]
  /// What the arguments of functions are held to, from minus this to this.
  let clip: Float?

  /// - Parameter standard: the names of the functions of a direction where none are named.
  init(_ attributes: inout Attributes, standard: [String]) throws(OperatorError) {
    direction = try attributes.choice("direction", default: .forward)
    isBatchFirst = try attributes.flag("layout", default: false)
    hiddenSize = try attributes.int("hidden_size")
    clip = try attributes.float("clip")
    if let clip, !(clip >= 0) { throw OperatorError("attribute \"clip\" is \(clip), not from 0") }
    let directions = direction == .bidirectional ? 2 : 1
    let names = try attributes.strings("activations") ?? Array(standard)
    var all = names
    if names.count == standard.count, directions == 2 { all += names }
    guard all.count == directions * standard.count else {
      throw OperatorError(
        "attribute \"activations\" has \(names.count) names, not \(directions * standard.count)")
    }
    var alphas = (try attributes.floats("activation_alpha") ?? [])[...]
    var betas = (try attributes.floats("activation_beta") ?? [])[...]
    var functions: [RecurrentActivation] = []
    for name in all { functions.append(try RecurrentActivation(name, &alphas, &betas)) }
    activations = stride(from: 0, to: all.count, by: standard.count).map {
      Array(functions[$0..<$0 + standard.count])
    }
  }

  var directionCount: Int { direction == .bidirectional ? 2 : 1 }

  /// Whether a direction goes from the last step to the first.
  func isReversed(_ place: Int) -> Bool { direction == .reverse || place == 1 }

  /// Holds elements to ``clip``; a NaN stays.
  func hold(_ x: Elements<Float>, in range: Range<Int>) {
    guard let clip else { return }
    Lines.map(range.count, x, from: range.lowerBound, into: x, at: range.lowerBound) {
      $0 < -clip ? -clip : $0 > clip ? clip : $0
    }
  }
}
