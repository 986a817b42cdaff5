public import TLCCore
public import TLCModel

/// Writes text token by token: what depends on the source is computed once, and attention keeps the
/// keys and values of what is written.
///
/// Logits have the bits that the whole graph gives for all tokens at once.
public struct IncrementalDecoder: Sendable {
  /// What is known of texts that are being written, a row each.
  public struct State: Sendable {
    /// By the names of a step's inputs; each has a row as its first axis.
    fileprivate var values: [String: Tensor]
    /// How many tokens are written.
    public fileprivate(set) var tokenCount = 0
    /// How many rows there are.
    public fileprivate(set) var rowCount: Int

    /// The state of some rows, in another order, or several times.
    ///
    /// - Precondition: there are such rows.
    public func rows(_ places: [Int]) -> State {
      guard places != Array(0..<rowCount) else { return self }
      return State(
        values: values.mapValues { $0.rows(places) }, tokenCount: tokenCount,
        rowCount: places.count)
    }
  }

  private let encoder: Session
  private let step: Session
  private let split: DecoderSplit

  fileprivate init(_ session: Session) throws(GraphError) {
    split = try DecoderSplit(session.program)
    encoder = Session(split.encoder, sharing: session.team)
    step = Session(split.step, sharing: session.team)
  }

  /// What texts are read from: the inputs of the graph but `decoder_input_ids`.
  public var inputs: [Graph.Input] { encoder.inputs }

  /// Reads texts.
  ///
  /// - Parameter inputs: a tensor for each of ``inputs``, a row a text.
  /// - Throws: `GraphError` where they do not fit.
  public func read(_ inputs: [String: Tensor]) throws(GraphError) -> State {
    let results = try encoder.run(inputs)
    let rowCount = inputs.values.first?.shape.dimensions.first ?? 0
    var values = Dictionary(uniqueKeysWithValues: zip(encoder.outputs, results))
    for name in split.shared where values[name] == nil { values[name] = inputs[name] }
    for (past, _) in split.kept {
      let lengths = past.type.dimensions.enumerated().map { axis, dimension in
        axis == 0 ? rowCount : dimension.length ?? 0
      }
      guard let shape = Shape(lengths) else { throw .value(past.name, "it is too large") }
      values[past.name] = Tensor(dtype: past.type.dtype, shape: shape, bytes: [])
    }
    for (name, tensor) in values where tensor.shape.dimensions.first != rowCount {
      throw .value(name, "its shape is \(tensor.shape), for \(rowCount) texts")
    }
    return State(values: values, rowCount: rowCount)
  }

  /// Takes a token of each row, and gives scores of the one behind it, `f32` [rows, 1, vocabulary].
  ///
  /// - Parameters:
  ///   - tokens: one a row.
  ///   - state: goes on by a token.
  /// - Throws: `GraphError` where a token is none, or there are more than the model takes.
  public func write(_ tokens: [Int], _ state: inout State) throws(GraphError) -> Tensor {
    guard let shape = Shape([tokens.count, 1]), tokens.count == state.rowCount else {
      throw .value(DecoderSplit.ids, "\(tokens.count) tokens are given for \(state.rowCount) rows")
    }
    var inputs = state.values
    inputs[DecoderSplit.ids] = Tensor(tokens.map { Int64($0) }, shape: shape)
    inputs[DecoderSplit.positions] = Tensor(
      tokens.map { _ in Int64(state.tokenCount) }, shape: shape)
    let results = try step.run(inputs)
    for (place, kept) in split.kept.enumerated() {
      state.values[kept.past.name] = results[place + 1]
    }
    state.tokenCount += 1
    return results[0]
  }
}

extension Session {
  /// This model as one that writes token by token; its weights are not in memory twice.
  ///
  /// - Throws: `GraphError` where the graph is none of `formats/training.md` §A model that translates.
  public func incrementalDecoder() throws(GraphError) -> IncrementalDecoder {
    try IncrementalDecoder(self)
  }
}

extension Tensor {
  /// Rows along the first axis.
  fileprivate func rows(_ places: [Int]) -> Tensor {
    var lengths = shape.dimensions
    let size = lengths[0] == 0 ? 0 : bytes.count / lengths[0]
    lengths[0] = places.count
    guard let shape = Shape(lengths) else { preconditionFailure("\(lengths) is too large") }
    var picked: [UInt8] = []
    picked.reserveCapacity(places.count * size)
    for place in places { picked += bytes[place * size..<(place + 1) * size] }
    return Tensor(dtype: dtype, shape: shape, bytes: picked)
  }
}
