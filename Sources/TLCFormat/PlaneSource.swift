internal import TLCCore
internal import TLCSystem

/// Where the planes of one tensor or asset come from: each is read into private memory, checked
/// there, and decoded from that copy.
struct PlaneSource: Sendable {
  let file: InputFile
  let records: [PlaneRecord]
  let codecs: PlaneCodecs
  let parallelism: Parallelism
  /// The tensor that errors name.
  let tensor: String?

  func formatError(_ reason: FormatError.Reason, at offset: Int) -> CheckpointError {
    .format(path: file.path, FormatError(reason, at: offset, in: tensor))
  }

  /// An error about the content of a plane.
  func formatError(_ reason: FormatError.Reason, in plane: PlaneReference) -> CheckpointError {
    formatError(reason, at: records[plane.index].bytes.lowerBound)
  }

  /// The stored bytes of a plane, whose digest and padding are right: rules R25 and R26.
  func storedBytes(ofPlane index: Int) throws(CheckpointError) -> [UInt8] {
    let record = records[index]
    var bytes = try system { () throws(IOError) in
      try file.read(at: record.bytes.lowerBound, count: record.end - record.bytes.lowerBound)
    }
    let padding = bytes[record.bytes.count...]
    let firstBad = padding.firstIndex { $0 != 0 }
    bytes.removeLast(padding.count)
    guard PlaneRecord.digest(of: bytes, parallelism: parallelism) == record.digest else {
      throw formatError(.planeDigest(plane: index), at: record.bytes.lowerBound)
    }
    if let firstBad { throw formatError(.padding, at: record.bytes.lowerBound + firstBad) }
    return bytes
  }

  /// Opens a plane for decoding.
  func open(_ plane: PlaneReference) throws(CheckpointError) -> any OpenPlane {
    let record = records[plane.index]
    guard let codec = codecs[record.codec] else {
      throw formatError(.unknownCodec(record.codec), at: record.codecOffset)
    }
    let stored = try storedBytes(ofPlane: plane.index)
    return try located(plane) { () throws(PlaneError) in
      try codec.open(stored, count: plane.count, width: plane.width)
    }
  }

  /// All symbols of a plane of 8-bit symbols; none where there is no plane.
  func bytes(_ plane: PlaneReference?) throws(CheckpointError) -> [UInt8] {
    guard let plane else { return [] }
    let open = try open(plane)
    return try located(plane) { () throws(PlaneError) in
      try parallelism.fill(count: plane.count, pieceLength: open.pieceLength) {
        (piece, out: inout MutableSpan<UInt8>) throws(PlaneError) in
        try open.decodeBytes(ofPiece: piece, into: &out)
      }
    }
  }

  /// All symbols of a plane, none above `limit` (R29); `count` zeros where there is no plane.
  func symbols(
    _ plane: PlaneReference?, count: Int, limit: UInt32
  ) throws(CheckpointError) -> [UInt32] {
    guard let plane else { return Array(repeating: 0, count: count) }
    let open = try open(plane)
    return try located(plane) { () throws(PlaneError) in
      try parallelism.fill(count: plane.count, pieceLength: open.pieceLength) {
        (piece, out: inout MutableSpan<UInt32>) throws(PlaneError) in
        let first = piece * open.pieceLength
        try open.forEachBlock(ofPiece: piece) { (start, symbols) throws(PlaneError) in
          try symbols.requireAtMost(limit, from: start)
          for i in symbols.indices { out[start - first + i] = symbols[i] }
        }
      }
    }
  }

  /// Runs `body`, and says where the plane is in whose content it finds an error.
  func located<Result>(
    _ plane: PlaneReference, _ body: () throws(PlaneError) -> Result
  ) throws(CheckpointError) -> Result {
    do throws(PlaneError) {
      return try body()
    } catch {
      switch error {
      case .malformed(let what): throw formatError(.malformedPlane(what), in: plane)
      case .trailingBits: throw formatError(.trailingBits, in: plane)
      case .symbolRange(let index, let symbol, let limit):
        throw formatError(
          .symbolRange(index: index, symbol: Int(symbol), limit: Int(limit)), in: plane)
      }
    }
  }
}

extension Span<UInt32> {
  /// Throws where a symbol is above `limit`, naming the first such.
  func requireAtMost(_ limit: UInt32, from start: Int) throws(PlaneError) {
    var greatest: UInt32 = 0
    for i in indices { greatest = Swift.max(greatest, self[i]) }
    guard greatest > limit else { return }
    for i in indices where self[i] > limit {
      throw .symbolRange(index: start + i, symbol: self[i], limit: limit)
    }
  }
}

/// Runs `body`, and makes its error one of a checkpoint's.
func system<Result>(_ body: () throws(IOError) -> Result) throws(CheckpointError) -> Result {
  do throws(IOError) { return try body() } catch { throw .system(error) }
}
