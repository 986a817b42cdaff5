public import TLCCore

/// The distance of a decoded tensor from its source: `formats/tlcq.md` §6.
public struct Certificate: Equatable, Sendable {
  /// Σ𝑠𝑑 / (√Σ𝑠² · √Σ𝑑²).
  public var cosine: Double
  /// Source elements that are infinite.
  public var infiniteCount: Int
  /// The greatest |𝑑 − 𝑠|.
  public var maximumAbsoluteError: Double
  /// Source elements that are NaN.
  public var nanCount: Int
  /// Decoded elements that are not zero.
  public var nonZeroCount: Int
  /// √(Σ(𝑑 − 𝑠)² / Σ𝑠²).
  public var relativeRMSError: Double
  /// Kept elements that lie beyond the grid by more than half a step.
  public var saturatedCount: Int

  public init(
    cosine: Double, infiniteCount: Int, maximumAbsoluteError: Double, nanCount: Int,
    nonZeroCount: Int, relativeRMSError: Double, saturatedCount: Int
  ) {
    self.cosine = cosine
    self.infiniteCount = infiniteCount
    self.maximumAbsoluteError = maximumAbsoluteError
    self.nanCount = nanCount
    self.nonZeroCount = nonZeroCount
    self.relativeRMSError = relativeRMSError
    self.saturatedCount = saturatedCount
  }
}

extension Certificate {
  /// Measures a decoded tensor against its source.
  ///
  /// - Parameter saturatedCount: as its values count it; 0 but for uniform ones.
  /// - Precondition: both have the same type and shape.
  public init(source: Tensor, decoded: Tensor, saturatedCount: Int = 0) {
    precondition(
      source.dtype == decoded.dtype && source.shape == decoded.shape, "different tensors")
    func measure<Element: TensorElement>(_: Element.Type) -> Sums {
      source.withElements(of: Element.self) { source in
        decoded.withElements(of: Element.self) { decoded in Sums(source, decoded) }
      }
    }
    let sums: Sums =
      switch source.dtype {
      case .f16: measure(Float16.self)
      case .bf16: measure(BFloat16.self)
      case .f32: measure(Float.self)
      case .f64: measure(Double.self)
      default: measure(source.dtype.elementType)
      }
    let error = sums.error.total
    let squares = (source: sums.source.total, decoded: sums.decoded.total)
    self.init(
      cosine: squares.source == 0 || squares.decoded == 0
        ? (squares.source == squares.decoded ? 1 : 0)
        : sums.product.total / (squares.source.squareRoot() * squares.decoded.squareRoot()),
      infiniteCount: sums.infiniteCount, maximumAbsoluteError: sums.maximum,
      nanCount: sums.nanCount, nonZeroCount: sums.nonZeroCount,
      relativeRMSError: squares.source == 0
        ? (error == 0 ? 0 : .infinity) : (error / squares.source).squareRoot(),
      saturatedCount: saturatedCount)
  }

  init(parsing object: JSONObject) throws(FormatError) {
    let most = 1 << 53 - 1
    cosine = Double(bitPattern: try object.bits("cosine", byteCount: 8))
    infiniteCount = try object.integer("infinite", in: 0...most)
    maximumAbsoluteError = Double(bitPattern: try object.bits("maxAbsoluteError", byteCount: 8))
    nanCount = try object.integer("nan", in: 0...most)
    nonZeroCount = try object.integer("nonZero", in: 0...most)
    relativeRMSError = Double(bitPattern: try object.bits("relativeRMSError", byteCount: 8))
    saturatedCount = try object.integer("saturated", in: 0...most)
  }

  var json: JSONValue {
    .object([
      ("cosine", .bits(cosine.bitPattern)), ("infinite", .integer(infiniteCount)),
      ("maxAbsoluteError", .bits(maximumAbsoluteError.bitPattern)), ("nan", .integer(nanCount)),
      ("nonZero", .integer(nonZeroCount)),
      ("relativeRMSError", .bits(relativeRMSError.bitPattern)),
      ("saturated", .integer(saturatedCount)),
    ])
  }
}

/// The sums of a certificate, in 16 lanes.
private struct Sums {
  var source = SIMD16<Double>()
  var decoded = SIMD16<Double>()
  var product = SIMD16<Double>()
  var error = SIMD16<Double>()
  var maximum = 0.0
  var infiniteCount = 0
  var nanCount = 0
  var nonZeroCount = 0

  init<Element: TensorElement>(_ sources: Span<Element>, _ decodeds: Span<Element>) {
    var maxima = SIMD16<Double>()
    for start in stride(from: 0, to: sources.count, by: 16) {
      var s = SIMD16<Double>()
      var d = SIMD16<Double>()
      let count = min(16, sources.count - start)
      for lane in 0..<count {
        s[lane] = sources[start + lane].double
        d[lane] = decodeds[start + lane].double
        nonZeroCount += d[lane] == 0 ? 0 : 1
      }
      // 𝑥 − 𝑥 is 0 for a finite number, and NaN for any other.
      let check = (s - s) + (d - d)
      if check != SIMD16() {
        for lane in 0..<count where !(s[lane].isFinite && d[lane].isFinite) {
          if s[lane].isNaN { nanCount += 1 }
          if s[lane].isInfinite { infiniteCount += 1 }
          s[lane] = 0
          d[lane] = 0
        }
      }
      let difference = d - s
      source += s * s
      decoded += d * d
      product += s * d
      error += difference * difference
      maxima = pointwiseMax(maxima, pointwiseMax(difference, -difference))
    }
    maximum = maxima.max()
  }
}

extension SIMD16<Double> {
  /// Lane 0 after adding lane 𝑗 + ℎ to lane 𝑗 for ℎ = 8, 4, 2, 1.
  fileprivate var total: Double {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
