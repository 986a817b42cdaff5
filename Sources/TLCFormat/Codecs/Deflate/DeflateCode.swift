internal import TLCCore

/// The two prefix codes of a DEFLATE block: of bytes and lengths, and of distances (RFC 1951 §3.2).
struct DeflateCode: Sendable {
  /// Whether it is the code that a reader knows.
  private let isFixed: Bool
  private let symbols: PrefixCode
  private let distances: PrefixCode
  /// The bits of each length, with those that follow its symbol.
  private let lengthCosts: [UInt32]

  static let fixed = DeflateCode(
    isFixed: true,
    symbols: PrefixCode(
      lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }),
    distances: PrefixCode(lengths: Array(repeating: 5, count: 30)))

  /// The best code for tokens.
  init(_ tokens: [DeflateToken]) {
    var symbolCounts = [Int](repeating: 0, count: 286)
    var distanceCounts = [Int](repeating: 0, count: 30)
    symbolCounts[Self.end] = 1
    for token in tokens {
      if token.length == 0 {
        symbolCounts[Int(token.value)] += 1
      } else {
        symbolCounts[Self.symbol(ofLength: Int(token.length)).symbol] += 1
        distanceCounts[Self.symbol(ofDistance: Int(token.value)).symbol] += 1
      }
    }
    self.init(
      isFixed: false, symbols: PrefixCode(counts: symbolCounts, limit: 15),
      distances: PrefixCode(counts: distanceCounts, limit: 15))
  }

  private init(isFixed: Bool, symbols: PrefixCode, distances: PrefixCode) {
    self.isFixed = isFixed
    self.symbols = symbols
    self.distances = distances
    lengthCosts = (0...258).map { length in
      guard length >= 3 else { return 0 }
      let (symbol, bitCount, _) = Self.symbol(ofLength: length)
      return symbols.cost(of: symbol) + UInt32(bitCount)
    }
  }

  private static let end = 256

  /// The symbol, how many bits follow it, and these.
  private typealias Symbol = (symbol: Int, bitCount: Int, bits: UInt32)

  private static func symbol(ofLength length: Int) -> Symbol {
    guard length < 258 else { return (285, 0, 0) }
    let above = length - 3
    guard above >= 8 else { return (257 + above, 0, 0) }
    let bitCount = Int.bitWidth - above.leadingZeroBitCount - 3
    return (
      257 + 4 * (bitCount + 1) + (above >> bitCount & 3), bitCount,
      UInt32(above & (1 << bitCount - 1))
    )
  }

  private static func symbol(ofDistance distance: Int) -> Symbol {
    let above = distance - 1
    guard above >= 4 else { return (above, 0, 0) }
    let bitCount = Int.bitWidth - above.leadingZeroBitCount - 2
    return (
      2 * (bitCount + 1) + (above >> bitCount & 1), bitCount, UInt32(above & (1 << bitCount - 1))
    )
  }

  func cost(ofByte byte: UInt8) -> UInt32 { symbols.cost(of: Int(byte)) }

  func cost(ofLength length: Int) -> UInt32 { lengthCosts[length] }

  func cost(ofDistance distance: Int) -> UInt32 {
    let (symbol, bitCount, _) = Self.symbol(ofDistance: distance)
    return distances.cost(of: symbol) + UInt32(bitCount)
  }

  /// The bits of a block of tokens, but the first, which says whether it is the last block.
  func bitCount(_ tokens: [DeflateToken]) -> Int {
    var count = isFixed ? 2 : header.bitCount
    for token in tokens {
      count += Int(
        token.length == 0
          ? cost(ofByte: UInt8(truncatingIfNeeded: token.value))
          : cost(ofLength: Int(token.length)) + cost(ofDistance: Int(token.value)))
    }
    return count + Int(symbols.cost(of: Self.end))
  }

  func write(_ token: DeflateToken, to writer: inout BitWriter) {
    guard token.length > 0 else { return symbols.write(Int(token.value), to: &writer) }
    let length = Self.symbol(ofLength: Int(token.length))
    symbols.write(length.symbol, to: &writer)
    writer.write(length.bits, count: length.bitCount)
    let distance = Self.symbol(ofDistance: Int(token.value))
    distances.write(distance.symbol, to: &writer)
    writer.write(distance.bits, count: distance.bitCount)
  }

  func writeEnd(to writer: inout BitWriter) { symbols.write(Self.end, to: &writer) }

  /// Writes the kind of the block, and the code where a reader does not know it.
  func writeHeader(to writer: inout BitWriter) {
    if isFixed { writer.write(1, count: 2) } else { header.write(to: &writer) }
  }

  private var header: DeflateHeader {
    DeflateHeader(symbols: symbols.lengths, distances: distances.lengths)
  }
}
