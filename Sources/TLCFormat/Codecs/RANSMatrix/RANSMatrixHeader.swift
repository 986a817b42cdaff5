internal import TLCCore

/// What stands before the chunks: `formats/codecs/rans-matrix.md` §Header.
struct RANSMatrixHeader: Equatable, Sendable {
  var precision: Int
  /// The order of the codes of escapes.
  var escapeOrder: Int
  /// A chunk has 8 · 2^this rows.
  var chunkGroups: Int
  var rowLength: Int
  /// The symbol that predictions are added to.
  var center: Int
  /// The level where those of the row and the column are 0.
  var baseLevel: Int
  var distribution: RANSMatrixDistribution
  var rowLevels: RANSMatrixLevels
  var columnLevels: RANSMatrixLevels
  var predictor: RANSMatrixPredictor?

  /// The levels that there may be.
  var levels: ClosedRange<Int> {
    baseLevel + rowLevels.least + columnLevels.least...baseLevel + rowLevels.greatest
      + columnLevels.greatest
  }

  /// Writes the header, up to the end of its last byte.
  func write(width: Int) -> [UInt8] {
    var writer = BitWriter()
    writer.write(UInt32(precision), count: 4)
    writer.write(UInt32(escapeOrder), count: 4)
    writer.write(UInt32(chunkGroups), count: 5)
    writer.writeGolomb(UInt32(rowLength - 1), order: 8)
    writer.write(UInt32(center), count: width)
    writer.write(UInt32(baseLevel), count: 7)
    for weight in distribution.weights { writer.write(UInt32(weight), count: 6) }
    rowLevels.write(to: &writer)
    columnLevels.write(to: &writer)
    writer.write(predictor == nil ? 0 : 1, count: 1)
    predictor?.write(to: &writer)
    writer.finish()
    return writer.bytes
  }

  init(
    precision: Int, escapeOrder: Int, chunkGroups: Int, rowLength: Int, center: Int, baseLevel: Int,
    distribution: RANSMatrixDistribution, rowLevels: RANSMatrixLevels,
    columnLevels: RANSMatrixLevels, predictor: RANSMatrixPredictor?
  ) {
    self.precision = precision
    self.escapeOrder = escapeOrder
    self.chunkGroups = chunkGroups
    self.rowLength = rowLength
    self.center = center
    self.baseLevel = baseLevel
    self.distribution = distribution
    self.rowLevels = rowLevels
    self.columnLevels = columnLevels
    self.predictor = predictor
  }

  /// Reads a header, and says where it ends; what it allocates is bounded by what is there.
  init(
    parsing stored: [UInt8], count: Int, width: Int, end: inout Int
  ) throws(PlaneError) {
    guard width <= RANSMatrixCodec.greatestWidth else {
      throw .malformed("symbols have \(width) bits, more than \(RANSMatrixCodec.greatestWidth)")
    }
    var reader = BitReader(stored, in: 0..<stored.count)
    precision = Int(try reader.require(count: 4))
    guard RANSMatrixCodec.precisions.contains(precision) else {
      throw .malformed("the precision is \(precision), not 10 to 14")
    }
    escapeOrder = Int(try reader.require(count: 4))
    chunkGroups = Int(try reader.require(count: 5))
    guard chunkGroups <= RANSMatrixCodec.greatestChunkGroups else {
      throw .malformed("a chunk has 8 times 2^\(chunkGroups) rows, not up to 2^17")
    }
    rowLength = Int(try reader.requireGolomb(order: 8)) + 1
    guard rowLength <= RANSMatrixCodec.greatestRowLength, count % rowLength == 0 else {
      throw .malformed("rows of \(rowLength) symbols do not make \(count)")
    }
    guard
      chunkGroups == 0
        || rowLength << (3 + chunkGroups) <= RANSMatrixCodec.greatestChunkLength
    else {
      throw .malformed("8 times 2^\(chunkGroups) rows of \(rowLength) symbols are too many")
    }
    center = Int(try reader.require(count: width))
    baseLevel = Int(try reader.require(count: 7))
    var weights: [Int] = []
    for _ in 0..<RANSMatrixCodec.weightCount { weights.append(Int(try reader.require(count: 6))) }
    guard weights.contains(where: { $0 > 0 }) else { throw .malformed("all weights are 0") }
    distribution = RANSMatrixDistribution(weights: weights)
    rowLevels = try RANSMatrixLevels(parsing: &reader, count: count / rowLength)
    columnLevels = try RANSMatrixLevels(parsing: &reader, count: rowLength)
    predictor =
      try reader.require(count: 1) == 0
      ? nil : try RANSMatrixPredictor(parsing: &reader, rowLength: rowLength)
    guard let byte = reader.finish() else { throw .malformed("the header's last bits are not 0") }
    end = byte
    let levels = levels
    guard levels.lowerBound >= 0, levels.upperBound < RANSMatrixCodec.levelCount else {
      throw .malformed("levels are \(levels), not in 0 to 127")
    }
  }
}

/// The levels of the rows, or of the columns; none where all are 0.
struct RANSMatrixLevels: Equatable, Sendable {
  static let zero = RANSMatrixLevels(shift: 0, values: [])

  /// The binary logarithm of what every level is a multiple of.
  let shift: Int
  private let values: [Int8]
  let least: Int
  let greatest: Int

  var isZero: Bool { values.isEmpty }

  /// - Parameter values: in units of 2^`shift`.
  init(shift: Int, values: [Int8]) {
    self.shift = shift
    self.values = values
    least = Int(values.min() ?? 0) << shift
    greatest = Int(values.max() ?? 0) << shift
  }

  func mapValues(_ transform: (Int8) -> Int8) -> RANSMatrixLevels {
    RANSMatrixLevels(shift: shift, values: values.map(transform))
  }

  /// The level of a row or a column.
  subscript(index: Int) -> Int { values.isEmpty ? 0 : Int(values[index]) << shift }

  /// The bits that the levels take.
  var bitCount: Int {
    isZero ? 1 : 7 + values.map { Int($0).zigzag }.golombOrder().bitCount
  }

  func write(to writer: inout BitWriter) {
    writer.write(isZero ? 0 : 1, count: 1)
    guard !isZero else { return }
    let numbers = values.map { Int($0).zigzag }
    let order = numbers.golombOrder().order
    writer.write(UInt32(shift), count: 2)
    writer.write(UInt32(order), count: 4)
    for number in numbers { writer.writeGolomb(number, order: order) }
  }

  init(parsing reader: inout BitReader, count: Int) throws(PlaneError) {
    guard try reader.require(count: 1) == 1 else {
      self = .zero
      return
    }
    let shift = Int(try reader.require(count: 2))
    let order = Int(try reader.require(count: 4))
    var values: [Int8] = []
    for _ in 0..<count {
      guard let value = Int8(exactly: try reader.requireGolomb(order: order).unzigzag),
        value > Int8.min
      else { throw .malformed("a level is beyond 127") }
      values.append(value)
    }
    self.init(shift: shift, values: values)
  }
}

extension BitReader {
  /// Reads `count` bits of a header.
  mutating func require(count: Int) throws(PlaneError) -> UInt32 {
    guard let bits = read(count: count) else { throw .malformed("the header is cut short") }
    return bits
  }

  /// Reads an exponential Golomb code of a header.
  mutating func requireGolomb(order: Int) throws(PlaneError) -> UInt32 {
    guard let number = readGolomb(order: order) else {
      throw .malformed("a number of the header is cut short or too long")
    }
    return number
  }
}
