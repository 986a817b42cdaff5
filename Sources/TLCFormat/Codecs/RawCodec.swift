internal import TLCCore
internal import TLCSystem

/// The raw form as it is: `formats/codecs/raw.md`.
enum RawCodec: PlaneCodec {
  static let name = "raw"
  static let isAutomatic = true

  static func encode(_ symbols: PlaneSymbols, limit: Int, parallelism: Parallelism) -> [UInt8]? {
    symbols.rawByteCount < limit ? symbols.rawForm() : nil
  }

  static func open(
    _ stored: [UInt8], count: Int, width: Int
  ) throws(PlaneError) -> any OpenPlane {
    try RawForm(stored, count: count, width: width)
  }
}

extension PlaneSymbols {
  /// The bit stream of the symbols.
  func rawForm() -> [UInt8] {
    switch storage {
    case .bytes(let bytes): return bytes
    case .words(let words):
      var writer = BitWriter()
      for word in words { writer.write(word, count: width) }
      writer.finish()
      return writer.bytes
    }
  }
}

/// A plane's raw form, ready to be unpacked.
struct RawForm: OpenPlane {
  /// Symbols of a piece: a multiple of 8, so that each piece starts at a byte.
  private static let pieceLength = 1 << 16
  private static let blockLength = 2_048

  let count: Int
  private let width: Int
  private let bytes: [UInt8]

  /// Checks the length and the last bits: rules R27 and R28.
  init(_ bytes: [UInt8], count: Int, width: Int) throws(PlaneError) {
    let (bits, overflow) = count.multipliedReportingOverflow(by: width)
    let expected = bits / 8 + (bits % 8 == 0 ? 0 : 1)
    guard !overflow, bytes.count == expected else {
      throw .malformed("the plane has \(bytes.count) bytes, not \(expected)")
    }
    if bits % 8 != 0, bytes[expected - 1] >> UInt8(bits % 8) != 0 { throw .trailingBits }
    self.bytes = bytes
    self.count = count
    self.width = width
  }

  var pieceLength: Int { Self.pieceLength }

  func forEachBlock(
    ofPiece piece: Int, _ body: (Int, Span<UInt32>) throws(PlaneError) -> Void
  ) throws(PlaneError) {
    let symbols = symbols(ofPiece: piece)
    var block = [UInt32](repeating: 0, count: min(Self.blockLength, symbols.count))
    for start in stride(from: symbols.lowerBound, to: symbols.upperBound, by: Self.blockLength) {
      let length = min(Self.blockLength, symbols.upperBound - start)
      unpack(from: start, count: length, into: &block)
      try body(start, block.span.extracting(0..<length))
    }
  }

  /// Unpacks symbols from one that starts at a byte.
  private func unpack(from start: Int, count: Int, into block: inout [UInt32]) {
    var byte = start * width / 8
    var pending: UInt64 = 0
    var pendingCount = 0
    let mask: UInt64 = (1 << UInt64(width)) - 1
    for i in 0..<count {
      while pendingCount < width {
        pending |= UInt64(bytes[byte]) << UInt64(pendingCount)
        byte += 1
        pendingCount += 8
      }
      block[i] = UInt32(truncatingIfNeeded: pending & mask)
      pending >>= UInt64(width)
      pendingCount -= width
    }
  }

  func decodeBytes(
    ofPiece piece: Int, into out: inout MutableSpan<UInt8>
  ) throws(PlaneError) {
    let first = piece * pieceLength
    for i in out.indices { out[i] = bytes[first + i] }
  }
}
