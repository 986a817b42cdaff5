internal import TLCCore
internal import TLCSystem

/// Values that a writer knows how to store.
protocol EncodableValues: TensorValues {
  /// The elements that cannot be left out by a mask: those that are not +0.
  func nonZero() -> Bitmap

  /// A bound, in bits, that coding the kept elements will hardly undercut: the order-0 entropy.
  func entropy(keeping mask: Bitmap?) -> Double

  /// The values of the elements that `mask` keeps, or of all.
  func encode(keeping mask: Bitmap?, with encoder: PlaneEncoder) -> EncodedObject
}

extension Tensor: EncodableValues {
  func nonZero() -> Bitmap {
    func nonZero<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) -> Bitmap {
      bytes.withElements(of: Word.self) { words in Bitmap(count: words.count) { words[$0] != 0 } }
    }
    switch dtype.byteCount {
    case 1: return nonZero(UInt8.self)
    case 2: return nonZero(UInt16.self)
    case 4: return nonZero(UInt32.self)
    default: return nonZero(UInt64.self)
    }
  }

  func entropy(keeping mask: Bitmap?) -> Double {
    let kept = mask.map { bytes.gathered(by: $0, elementByteCount: dtype.byteCount) } ?? bytes
    let size = dtype.byteCount
    var bits = 0.0
    for byte in 0..<size {
      var histogram = [Int](repeating: 0, count: 256)
      for i in stride(from: byte, to: kept.count, by: size) { histogram[Int(kept[i])] += 1 }
      bits += histogram.entropyBits
    }
    return bits
  }

  func encode(keeping mask: Bitmap?, with encoder: PlaneEncoder) -> EncodedObject {
    let kept = mask.map { bytes.gathered(by: $0, elementByteCount: dtype.byteCount) } ?? bytes
    let symbols = PlaneSymbols(
      bytes: kept, structure: dtype.byteCount > 1 ? .elements(size: dtype.byteCount) : .none)
    return EncodedObject(
      summary: DenseRecord.summary,
      fields: [
        ("kind", .json(.string(DenseRecord.kind))),
        ("plane", .plane(encoder.encode(symbols, role: "values"))),
      ])
  }
}

extension UniformValues: EncodableValues {
  func nonZero() -> Bitmap {
    guard let zeroPoints else { return Bitmap(count: codes.count) { codes[$0] != 0 } }
    var mask = Bitmap(repeating: false, count: codes.count)
    layout.forEachRun(in: shape, within: 0..<codes.count) { run in
      for i in run.elements
      where codes[i] != zeroPoints[run.step + (i - run.elements.lowerBound) * run.stride] {
        mask[i] = true
      }
    }
    return mask
  }

  func entropy(keeping mask: Bitmap?) -> Double {
    var histogram = [Int](repeating: 0, count: Int(maximum - minimum) + 1)
    if let mask {
      mask.forEachKept { histogram[Int(codes[$0] - minimum)] += 1 }
    } else {
      for code in codes { histogram[Int(code - minimum)] += 1 }
    }
    return histogram.entropyBits
  }

  func encode(keeping mask: Bitmap?, with encoder: PlaneEncoder) -> EncodedObject {
    let width = UInt(Int(maximum) - Int(minimum)).bitCount
    var words: [UInt32] = []
    if let mask {
      words.reserveCapacity(mask.keptCount)
      mask.forEachKept { words.append(UInt32(bitPattern: codes[$0] &- minimum)) }
    } else {
      words = codes.map { UInt32(bitPattern: $0 &- minimum) }
    }
    let summary = UniformRecord.summary(layout, minimum, maximum)
    let isMatrix = mask == nil && shape.rank >= 2
    let symbols = PlaneSymbols(
      words: words, width: width,
      structure: isMatrix ? .rows(length: shape.dimensions[shape.rank - 1]) : .none)
    var fields: [(key: String, value: EncodedObject.Field)] = [
      ("kind", .json(.string(UniformRecord.kind))),
      ("minimum", .json(.integer(Int(minimum)))),
      ("maximum", .json(.integer(Int(maximum)))),
      ("codes", .plane(encoder.encode(symbols, role: "codes"))),
      ("stepType", .json(.string(stepType.rawValue))),
    ]
    switch layout {
    case .tensor:
      let digits = stepBytes.reversed().map { $0 }.hex
      fields.append(("step", .json(.string(digits))))
      if let zero = zeroPoints?[0], zero != 0 {
        fields.append(("zeroPoint", .json(.integer(Int(zero)))))
      }
      return EncodedObject(summary: summary, fields: fields)
    case .axis(let axis): fields.append(("axis", .json(.integer(axis))))
    case .group(let axis, let size):
      fields.append(("axis", .json(.integer(axis))))
      fields.append(("group", .json(.integer(size))))
    }
    let stepSymbols = PlaneSymbols(
      bytes: stepBytes, structure: .elements(size: stepType.byteCount))
    fields.append(("steps", .plane(encoder.encode(stepSymbols, role: "steps"))))
    if let zeroPoints, zeroPoints.contains(where: { $0 != 0 }) {
      let zeros = PlaneSymbols(
        words: zeroPoints.map { UInt32(bitPattern: $0 &- minimum) }, width: width)
      fields.append(("zeroPoints", .plane(encoder.encode(zeros, role: "zero-points"))))
    }
    return EncodedObject(summary: summary, fields: fields)
  }

  /// The steps as they are stored.
  private var stepBytes: [UInt8] {
    var bytes: [UInt8] = []
    for step in steps {
      let bits = stepType.bits(of: step)
      for byte in 0..<stepType.byteCount {
        bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * byte)))
      }
    }
    return bytes
  }
}

extension CodebookValues: EncodableValues {
  func nonZero() -> Bitmap {
    let size = dtype.byteCount
    let isZero = (0..<entries.shape.count).map { entry in
      entries.bytes[entry * size..<(entry + 1) * size].allSatisfy { $0 == 0 }
    }
    return Bitmap(count: codes.count) { !isZero[Int(codes[$0])] }
  }

  func entropy(keeping mask: Bitmap?) -> Double {
    var histogram = [Int](repeating: 0, count: entries.shape.count)
    if let mask {
      mask.forEachKept { histogram[Int(codes[$0])] += 1 }
    } else {
      for code in codes { histogram[Int(code)] += 1 }
    }
    return histogram.entropyBits
  }

  func encode(keeping mask: Bitmap?, with encoder: PlaneEncoder) -> EncodedObject {
    var words: [UInt32] = []
    if let mask {
      mask.forEachKept { words.append(UInt32(codes[$0])) }
    } else {
      words = codes.map { UInt32($0) }
    }
    let width = UInt(entries.shape.count - 1).bitCount
    let table = PlaneSymbols(bytes: entries.bytes, structure: .elements(size: dtype.byteCount))
    return EncodedObject(
      summary: CodebookRecord.summary(entries.shape.count),
      fields: [
        ("kind", .json(.string(CodebookRecord.kind))),
        ("count", .json(.integer(entries.shape.count))),
        ("codes", .plane(encoder.encode(PlaneSymbols(words: words, width: width), role: "codes"))),
        ("entries", .plane(encoder.encode(table, role: "entries"))),
      ])
  }
}

extension [Int] {
  /// The bits that an ideal order-0 coder needs for symbols of these counts.
  var entropyBits: Double {
    let total = Double(reduce(0, +))
    var bits = 0.0
    for count in self where count > 0 {
      bits -= Double(count) * (Double(count) / total).portableLog2
    }
    return bits
  }
}
