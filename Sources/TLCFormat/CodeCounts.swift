internal import TLCCore
public import TLCSystem

/// How often each code of a tensor is stored, and the bytes that all take.
public struct CodeCounts: Sendable {
  /// The stored bytes of the codes' planes.
  public var byteCount: Int
  /// The codes that there are, ascending, and how often each is; none where one code is all that there
  /// may be, which takes no bytes.
  public var counts: [(code: Int, count: Int)]

  /// The number of codes: the elements that a mask keeps.
  public var count: Int { counts.reduce(0) { $0 + $1.count } }

  /// −Σ𝑝 log₂ 𝑝: the least bits a code that a coder can reach which takes all codes to be drawn from
  /// one distribution; 0 where there are none.
  public var entropy: Double {
    let total = Double(max(1, count))
    return counts.reduce(0) { sum, entry in
      let share = Double(entry.count) / total
      return sum - share * share.portableLog2
    }
  }

  /// The stored bits of a code; 0 where there are none.
  public var storedBits: Double { count == 0 ? 0 : Double(byteCount) * 8 / Double(count) }
}

extension CheckpointReader {
  /// Reads and checks the codes of a tensor, and counts them.
  ///
  /// - Parameters:
  ///   - record: one of ``tensors``.
  ///   - parallelism: how many threads decode.
  /// - Returns: `nil` where the tensor's values are not codes.
  /// - Throws: ``CheckpointError``, as ``tensor(_:parallelism:checkingContent:)``.
  public func codeCounts(
    _ record: TensorRecord, parallelism: Parallelism = .serial
  ) throws(CheckpointError) -> CodeCounts? {
    let (target, stored) = stored(record)
    let source = planeSource(tensor: target.name, parallelism)
    try requireWithinLimit(target, stored, source)
    return try stored.encoding.codeCounts(from: source)
  }
}
