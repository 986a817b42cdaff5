internal import TLCCore
internal import TLCKernels

/// What a symbol is expected to be, from a few of its row: `formats/codecs/rans-matrix.md`
/// §Predictions.
struct RANSMatrixPredictor: Equatable, Sendable {
  /// Coefficients and offsets are in units of 2^−this.
  let exponent: Int
  /// The columns in the order in which they are coded: those that others are predicted from first.
  let order: [Int]
  /// How many of them others are predicted from.
  let referenceCount: Int
  /// For each column, in that order, what is added.
  private let offsets: [Int32]
  /// For each column, in that order, its coefficients.
  private let coefficients: [[Int32]]
  /// Those of the references, one after another.
  private let referenceCoefficients: [Float]
  /// The coefficients of the columns behind the references, as ``Kernels/predictRows`` takes them.
  private let blocks: [SIMD8<Float>]

  /// - Parameters:
  ///   - references: the columns that others are predicted from.
  ///   - coefficients: for each column in the order of coding, one of each reference before it.
  init(
    exponent: Int, references: [Int], offsets: [Int], coefficients: [[Int32]]
  ) {
    self.exponent = exponent
    referenceCount = references.count
    order = Self.order(references, count: offsets.count)
    self.offsets = offsets.map { Int32($0) }
    self.coefficients = coefficients
    referenceCoefficients = coefficients.prefix(references.count).flatMap { $0.map { Float($0) } }
    var blocks: [SIMD8<Float>] = []
    for first in stride(from: references.count, to: offsets.count, by: 8) {
      for k in references.indices {
        var block = SIMD8<Float>()
        for i in 0..<8 where first + i < offsets.count {
          block[i] = Float(coefficients[first + i][k])
        }
        blocks.append(block)
      }
    }
    self.blocks = blocks
  }

  static func order(_ references: [Int], count: Int) -> [Int] {
    var isReference = [Bool](repeating: false, count: count)
    for column in references { isReference[column] = true }
    return references + (0..<count).filter { !isReference[$0] }
  }

  /// What eight rows' symbols in reference column `place` are expected to be, in quarters.
  ///
  /// - Parameter inputs: what the columns before it hold.
  func quarters(ofReference place: Int, _ inputs: [SIMD8<Float>]) -> SIMD8<Int32> {
    let inputs = inputs.span
    let coefficients = referenceCoefficients.span
    let start = place * (place - 1) / 2
    var (sum0, sum1) = (SIMD8<Float>(), SIMD8<Float>())
    var k = 0
    while k + 1 < place {
      sum0 += inputs[k] * coefficients[start + k]
      sum1 += inputs[k + 1] * coefficients[start + k + 1]
      k += 2
    }
    if k < place { sum0 += inputs[k] * coefficients[start + k] }
    return quarters(sum0 + sum1, place)
  }

  /// Sets what eight rows' symbols in the columns behind the references are expected to be, in
  /// quarters, at the columns' places in the order of coding.
  func expect(_ inputs: [SIMD8<Float>], quarters: inout [SIMD8<Int32>]) {
    var quarters = quarters.mutableSpan
    Kernels.predictRows(
      from: inputs.span, coefficients: blocks.span, offsets: offsets.span,
      columns: referenceCount..<order.count, shift: exponent - 2, to: &quarters)
  }

  @inline(__always)
  private func quarters(_ sum: SIMD8<Float>, _ place: Int) -> SIMD8<Int32> {
    let whole = sum.smallIntegers &+ offsets[place]
    return (whole &+ (1 << Int32(exponent - 3))) &>> Int32(exponent - 2)
  }

  /// What is put in for a symbol, given as its difference from the center.
  @inline(__always)
  static func input(_ difference: Int32) -> Float {
    Float(min(max(difference, -RANSMatrixCodec.inputBound), RANSMatrixCodec.inputBound))
  }
}

extension RANSMatrixPredictor {
  private var numbers: (offsets: [UInt32], coefficients: [UInt32]) {
    (offsets.map { Int($0).zigzag }, coefficients.flatMap { $0.map { Int($0).zigzag } })
  }

  /// The bits that the predictor takes.
  var bitCount: Int {
    let numbers = numbers
    return 12 + UInt32(referenceCount).golombBitCount(order: 4)
      + referenceCount * UInt(order.count - 1).bitCount + numbers.offsets.golombOrder().bitCount
      + numbers.coefficients.golombOrder().bitCount
  }

  func write(to writer: inout BitWriter) {
    let numbers = numbers
    let offsetOrder = numbers.offsets.golombOrder().order
    let coefficientOrder = numbers.coefficients.golombOrder().order
    writer.write(UInt32(exponent), count: 4)
    writer.write(UInt32(offsetOrder), count: 4)
    writer.write(UInt32(coefficientOrder), count: 4)
    writer.writeGolomb(UInt32(referenceCount), order: 4)
    for column in order.prefix(referenceCount) {
      writer.write(UInt32(column), count: UInt(order.count - 1).bitCount)
    }
    for (offset, coefficients) in zip(offsets, coefficients) {
      writer.writeGolomb(Int(offset).zigzag, order: offsetOrder)
      for coefficient in coefficients {
        writer.writeGolomb(Int(coefficient).zigzag, order: coefficientOrder)
      }
    }
  }

  init(parsing reader: inout BitReader, rowLength: Int) throws(PlaneError) {
    let exponent = Int(try reader.require(count: 4))
    guard RANSMatrixCodec.exponents.contains(exponent) else {
      throw .malformed("the exponent of coefficients is \(exponent), not 3 to 10")
    }
    let offsetOrder = Int(try reader.require(count: 4))
    let coefficientOrder = Int(try reader.require(count: 4))
    let referenceCount = Int(try reader.requireGolomb(order: 4))
    guard referenceCount <= min(rowLength, RANSMatrixCodec.greatestReferenceCount) else {
      throw .malformed("\(referenceCount) columns to predict from are too many")
    }
    var references: [Int] = []
    var isReference = [Bool](repeating: false, count: rowLength)
    for _ in 0..<referenceCount {
      let column = Int(try reader.require(count: UInt(rowLength - 1).bitCount))
      guard column < rowLength, !isReference[column] else {
        throw .malformed("column \(column) to predict from is not one, or is named twice")
      }
      isReference[column] = true
      references.append(column)
    }
    var offsets: [Int] = []
    var coefficients: [[Int32]] = []
    for place in 0..<rowLength {
      let offset = try reader.requireGolomb(order: offsetOrder).unzigzag
      guard abs(offset) <= RANSMatrixCodec.greatestOffset else {
        throw .malformed("an offset is \(offset), beyond 2^22")
      }
      offsets.append(offset)
      var sum = 0
      var column: [Int32] = []
      for _ in 0..<min(place, referenceCount) {
        let coefficient = try reader.requireGolomb(order: coefficientOrder).unzigzag
        sum += abs(coefficient)
        column.append(Int32(coefficient))
      }
      guard sum <= RANSMatrixCodec.greatestCoefficientSum else {
        throw .malformed("the coefficients of a column add up to \(sum), more than 2^12")
      }
      coefficients.append(column)
    }
    self.init(
      exponent: exponent, references: references, offsets: offsets, coefficients: coefficients)
  }
}
