internal import TLCCore
internal import TLCSystem

extension TrellisValues: EncodableValues {
  func nonZero() -> Bitmap { Bitmap(count: codes.count) { codes[$0] != 0 } }

  func entropy(keeping mask: Bitmap?) -> Double {
    let (minimum, maximum) = bounds
    return symbols(keeping: mask, minimum).reduce(0) { sum, symbols in
      var histogram = [Int](repeating: 0, count: Int(maximum - minimum) + 1)
      for symbol in symbols { histogram[Int(symbol)] += 1 }
      return sum + histogram.entropyBits
    }
  }

  /// The least and the greatest code, 0 among them, and not the same.
  private var bounds: (minimum: Int32, maximum: Int32) {
    var (minimum, maximum): (Int32, Int32) = (0, 1)
    for code in codes {
      minimum = min(minimum, code)
      maximum = max(maximum, code)
    }
    return (minimum, maximum)
  }

  /// The symbols of the elements on each grid.
  private func symbols(keeping mask: Bitmap?, _ minimum: Int32) -> [[UInt32]] {
    var (first, second): ([UInt32], [UInt32]) = ([], [])
    var walk = TrellisWalk(shape: shape, axis: axis, states: states)
    for (index, code) in codes.enumerated() {
      let grid = walk.grid
      walk.take(code)
      guard mask?[index] ?? true else { continue }
      let symbol = UInt32(bitPattern: code &- minimum)
      if grid == 0 { first.append(symbol) } else { second.append(symbol) }
    }
    return [first, second]
  }

  func encode(keeping mask: Bitmap?, with encoder: PlaneEncoder) -> EncodedObject {
    let (minimum, maximum) = bounds
    let width = UInt(Int(maximum) - Int(minimum)).bitCount
    let symbols = symbols(keeping: mask, minimum)
    let type: DType = dtype == .f64 ? .f64 : .f32
    let stepBits = type.bits(of: step)
    let digits = (0..<type.byteCount).reversed().map {
      UInt8(truncatingIfNeeded: stepBits >> (8 * $0))
    }
    return EncodedObject(
      summary: TrellisRecord.summary(states), minorVersion: TrellisRecord.minorVersion,
      fields: [
        ("kind", .json(.string(TrellisRecord.kind))),
        ("axis", .json(.integer(axis))),
        ("states", .json(.integer(states.count))),
        ("minimum", .json(.integer(Int(minimum)))),
        ("maximum", .json(.integer(Int(maximum)))),
        ("step", .json(.string(digits.hex))),
        ("onGrid0", .json(.integer(symbols[0].count))),
        (
          "codes0",
          .plane(encoder.encode(PlaneSymbols(words: symbols[0], width: width), role: "codes"))
        ),
        (
          "codes1",
          .plane(encoder.encode(PlaneSymbols(words: symbols[1], width: width), role: "codes"))
        ),
      ])
  }
}
