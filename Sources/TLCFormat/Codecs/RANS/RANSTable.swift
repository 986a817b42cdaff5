internal import TLCCore

/// The frequencies of a class: a window of symbols, and the escape for all others.
struct RANSTable: Equatable, Sendable {
  static let greatestWindow = 4_096
  static let greatestOrder = 15
  private static let greatestExponent = 16

  /// The window's first symbol.
  var first: UInt32
  /// The frequency of each symbol of the window, and last that of the escape.
  var frequencies: [UInt32]

  var windowLength: Int { frequencies.count - 1 }

  /// Writes the table: `formats/codecs/rans.md` §Table.
  func write(to bytes: inout [UInt8]) {
    let order = (0...Self.greatestOrder).min { bitCount(order: $0) < bitCount(order: $1) } ?? 0
    bytes.append(UInt8(truncatingIfNeeded: first))
    bytes.append(UInt8(truncatingIfNeeded: first >> 8))
    bytes.append(UInt8(truncatingIfNeeded: first >> 16))
    bytes.append(littleEndian: UInt16(windowLength))
    bytes.append(UInt8(order))
    var writer = BitWriter()
    forEachDifference { value in
      let u = value + 1 << UInt32(order)
      let b = 31 - u.leadingZeroBitCount
      writer.write(1 << UInt32(b - order) - 1, count: b - order)
      writer.write(0, count: 1)
      writer.write(u & (1 << UInt32(b) - 1), count: b)
    }
    writer.finish()
    bytes += writer.bytes
  }

  /// The length of the table in bytes.
  var byteCount: Int {
    let bits = (0...Self.greatestOrder).map { bitCount(order: $0) }.min() ?? 0
    return 6 + (bits + 7) / 8
  }

  private func bitCount(order: Int) -> Int {
    var bits = 0
    forEachDifference { value in
      let b = 31 - (value + 1 << UInt32(order)).leadingZeroBitCount
      bits +=
        b - order > Self.greatestExponent || b > Self.greatestExponent
        ? 1 << 20 : 2 * b - order + 1
    }
    return bits
  }

  private func forEachDifference(_ body: (UInt32) -> Void) {
    var previous: Int32 = 0
    for (i, frequency) in frequencies.enumerated() {
      let difference = Int32(frequency) - (i == windowLength ? 0 : previous)
      body(UInt32(bitPattern: difference >= 0 ? 2 * difference : -2 * difference - 1))
      previous = Int32(frequency)
    }
  }

  /// Reads a table that starts at `offset`, which moves behind it.
  init(
    parsing bytes: [UInt8], at offset: inout Int, precision: Int, width: Int
  ) throws(PlaneError) {
    guard bytes.count - offset >= 6 else { throw .malformed("a table is cut short") }
    first =
      UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
    let windowLength = Int(bytes.littleEndian(at: offset + 3) as UInt16)
    let order = Int(bytes[offset + 5])
    guard windowLength <= Self.greatestWindow, Int(first) + windowLength <= 1 << width else {
      throw .malformed("a table's window of \(windowLength) symbols from \(first) is too long")
    }
    guard order <= Self.greatestOrder else {
      throw .malformed("a table's order is \(order), above \(Self.greatestOrder)")
    }
    var reader = BitReader(bytes, in: offset + 6..<bytes.count)
    var frequencies: [UInt32] = []
    var previous: Int32 = 0
    var sum: UInt32 = 0
    for i in 0...windowLength {
      let value = try Self.difference(from: &reader, order: order)
      let difference =
        value & 1 == 0 ? Int32(value >> 1) : -Int32(value >> 1) - 1
      let frequency = difference + (i == windowLength ? 0 : previous)
      guard frequency >= 0, frequency <= 1 << precision else {
        throw .malformed("a frequency is \(frequency), not in 0 to 2^\(precision)")
      }
      frequencies.append(UInt32(frequency))
      previous = frequency
      sum += UInt32(frequency)
    }
    guard sum == 1 << precision else {
      throw .malformed("frequencies add up to \(sum), not 2^\(precision)")
    }
    guard let end = reader.finish() else {
      throw .malformed("a table's last bits are not 0")
    }
    self.frequencies = frequencies
    offset = end
  }

  init(first: UInt32, frequencies: [UInt32]) {
    self.first = first
    self.frequencies = frequencies
  }

  private static func difference(
    from reader: inout BitReader, order: Int
  ) throws(PlaneError) -> UInt32 {
    var b = order
    while true {
      guard let bit = reader.read(count: 1) else { throw .malformed("a table is cut short") }
      if bit == 0 { break }
      b += 1
      guard b <= greatestExponent else {
        throw .malformed("a frequency's code is longer than any frequency needs")
      }
    }
    guard let low = reader.read(count: b) else { throw .malformed("a table is cut short") }
    return (1 << UInt32(b) | low) - 1 << UInt32(order)
  }
}
