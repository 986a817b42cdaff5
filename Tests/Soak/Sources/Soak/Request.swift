import TLC

/// What a session is asked for, and what it gave when nothing else ran.
struct Request: Sendable {
  let inputs: [String: Tensor]
  let compute: Compute
  let expected: Outcome

  /// Every request that is made of a file: its first probe's elements in many more shapes than a
  /// session keeps plans for, and elements that the graph refuses.
  ///
  /// - Throws: `SoakError` where the file records no run; what opening a session throws.
  static func all(of checkpoint: Checkpoint) throws -> [Request] {
    guard let probe = checkpoint.main.probes.first else {
      throw SoakError("the file records no run, and so no inputs")
    }
    let recorded = try probe.inputs.map { try checkpoint.main.tensor($0) }
    var requests: [Request] = []
    for compute in Compute.allCases {
      let session = try Session(checkpoint, verifying: .probes, compute: compute, threadCount: 1)
      func add(_ inputs: [String: Tensor]) {
        let expected = Outcome(session, inputs)
        requests.append(Request(inputs: inputs, compute: compute, expected: expected))
      }
      for batch in 1...3 {
        for length in 1...12 { add(inputs(session, recorded, batch: batch, length: length)) }
      }
      var wrong = inputs(session, recorded, batch: 1, length: 4)
      for (name, tensor) in wrong where tensor.dtype == .i64 {
        let bytes = [UInt8](repeating: 0x7f, count: tensor.bytes.count)
        wrong[name] = Tensor(dtype: .i64, shape: tensor.shape, bytes: bytes)
      }
      add(wrong)
    }
    return requests
  }

  /// Recorded elements, over and over, in other lengths: the first axis that a run fixes is the batch.
  private static func inputs(
    _ session: Session, _ recorded: [Tensor], batch: Int, length: Int
  ) -> [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for (input, tensor) in zip(session.inputs, recorded) {
      let lengths = input.type.dimensions.enumerated().map { axis, dimension in
        dimension.length ?? (axis == 0 ? batch : min(length, tensor.shape.dimensions[axis]))
      }
      let shape = Shape(lengths) ?? .scalar
      let count = shape.count * tensor.dtype.byteCount
      let bytes = (0..<count).map { tensor.bytes[$0 % tensor.bytes.count] }
      inputs[input.name] = Tensor(dtype: tensor.dtype, shape: shape, bytes: bytes)
    }
    return inputs
  }
}

/// What a run comes to.
enum Outcome: Equatable, Sendable {
  case outputs([Tensor])
  case refused(String)

  init(_ session: Session, _ inputs: [String: Tensor]) {
    do { self = .outputs(try session.run(inputs)) } catch { self = .refused("\(error)") }
  }
}

/// Why a soak cannot go on.
struct SoakError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
