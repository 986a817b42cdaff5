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

  /// Creates a certificate from what was measured.
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
  /// - Parameters:
  ///   - source: the values as they were.
  ///   - decoded: the values as they are decoded.
  ///   - saturatedCount: as the values count it; 0 but for uniform ones.
  /// - Precondition: both have the same type and shape.
  public init(source: Tensor, decoded: Tensor, saturatedCount: Int = 0) {
    precondition(
      source.dtype == decoded.dtype && source.shape == decoded.shape, "different tensors")
    func measure<Element: TensorElement>(_: Element.Type) -> CertificateSums {
      source.withElements(of: Element.self) { source in
        decoded.withElements(of: Element.self) { decoded in CertificateSums(source, decoded) }
      }
    }
    let sums: CertificateSums =
      switch source.dtype {
      case .f16: measure(Float16.self)
      case .bf16: measure(BFloat16.self)
      case .f32: measure(Float.self)
      case .f64: measure(Double.self)
      default: measure(source.dtype.elementType)
      }
    let error = sums.total(\.error)
    let squares = (source: sums.total(\.source), decoded: sums.total(\.decoded))
    self.init(
      cosine: squares.source == 0 || squares.decoded == 0
        ? (squares.source == squares.decoded ? 1 : 0)
        : sums.total(\.product) / (squares.source.squareRoot() * squares.decoded.squareRoot()),
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
