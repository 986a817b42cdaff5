internal import TLCCore
internal import TLCKernels
internal import TLCSystem

/// The symbols of a matrix, each coded by what is known of its row, its column, and of other
/// symbols of its row: `formats/codecs/rans-matrix.md`.
enum RANSMatrixCodec: PlaneCodec {
  static let name = "rans-matrix"
  static let minorVersion: UInt16 = 2
  static let isAutomatic = true

  static let greatestWidth = 16
  static let precisions = 10...14
  static let greatestChunkGroups = 17
  static let greatestRowLength = 1 << 17
  /// A chunk has no more symbols, where it has more than a group of rows.
  static let greatestChunkLength = 1 << 20
  static let laneCount = RowStream.laneCount
  static let levelCount = 128
  static let greatestLevelDifference = 127
  static let weightCount = 8
  static let phaseCount = 4
  /// The least and greatest residual of a window.
  static let residuals = -127...127
  static let exponents = 3...10
  static let greatestReferenceCount = 256
  static let inputBound: Int32 = 1_023
  static let greatestCoefficientSum = 1 << 12
  static let greatestOffset = 1 << 22
  /// The greatest exponent of an exponential Golomb code.
  static let greatestExponent = 24
  static let base = RowStream.base

  static func encode(_ symbols: PlaneSymbols, limit: Int, parallelism: Parallelism) -> [UInt8]? {
    guard case .rows(let rowLength) = symbols.structure, symbols.width <= greatestWidth,
      (1...greatestRowLength).contains(rowLength), symbols.count > 0,
      symbols.count % rowLength == 0
    else { return nil }
    let words: [UInt32] =
      switch symbols.storage {
      case .bytes(let bytes): bytes.map { UInt32($0) }
      case .words(let words): words
      }
    return RANSMatrixEncoder(
      words, width: symbols.width, rowLength: rowLength, parallelism: parallelism
    ).encode(limit: limit)
  }

  static func open(
    _ stored: [UInt8], count: Int, width: Int
  ) throws(PlaneError) -> any OpenPlane {
    try RANSMatrixPlane(stored, count: count, width: width)
  }
}

extension Int {
  /// 0, −1, 1, −2, … as 0, 1, 2, 3, …
  var zigzag: UInt32 { UInt32(truncatingIfNeeded: self >= 0 ? 2 * self : -2 * self - 1) }
}

extension UInt32 {
  /// What ``Int/zigzag`` made this number of.
  var unzigzag: Int { self & 1 == 0 ? Int(self >> 1) : -Int(self >> 1) - 1 }

  /// The bits of an exponential Golomb code of this number.
  func golombBitCount(order: Int) -> Int {
    2 * (31 - (self + 1 << UInt32(order)).leadingZeroBitCount) - order + 1
  }
}

extension [UInt32] {
  /// The order of the exponential Golomb code that takes the fewest bits, and these.
  func golombOrder() -> (order: Int, bitCount: Int) {
    var best = (order: 0, bitCount: Int.max)
    for order in 0...15 {
      var bits = 0
      for number in self { bits += number.golombBitCount(order: order) }
      if bits < best.bitCount { best = (order, bits) }
    }
    return best
  }
}

extension BitWriter {
  /// Writes an exponential Golomb code: `formats/codecs/rans.md` §Table.
  ///
  /// - Precondition: `number` + 2^`order` < 2²⁵.
  mutating func writeGolomb(_ number: UInt32, order: Int) {
    let u = number + 1 << UInt32(order)
    let b = 31 - u.leadingZeroBitCount
    write(1 << UInt32(b - order) - 1, count: b - order)
    write(0, count: 1)
    write(u & (1 << UInt32(b) - 1), count: b)
  }
}

extension BitReader {
  /// Reads an exponential Golomb code, or returns `nil` where it is cut short or too long.
  mutating func readGolomb(order: Int) -> UInt32? {
    var b = order
    while true {
      guard let bit = read(count: 1) else { return nil }
      if bit == 0 { break }
      b += 1
      guard b <= RANSMatrixCodec.greatestExponent else { return nil }
    }
    guard let low = read(count: b) else { return nil }
    return (1 << UInt32(b) | low) - 1 << UInt32(order)
  }
}
