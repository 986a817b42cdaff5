public import TLCCore
public import TLCSystem

/// Chooses, of all encodings that decode to given values, the one of the fewest bytes.
///
/// A pure function of the values: the same for any number of threads and on every machine.
public struct TensorEncoder: Sendable {
  /// Patterns that a mask is known to have.
  public var patterns: [MaskPattern]
  /// How many threads encode.
  public var parallelism: Parallelism
  /// Whether elements are stored as they are, at once: for a file that is soon read and dropped.
  public var storesRaw = false

  /// Creates an encoder.
  public init(patterns: [MaskPattern] = [], parallelism: Parallelism = .serial) {
    self.patterns = patterns
    self.parallelism = parallelism
  }

  /// Masks are tried where at least one in this many elements is zero.
  private static let zeroShareForMasks = 64
  /// What rounding may take off a sum of logarithms.
  private static let entropyAllowance = 0.9999

  /// What a record says of a tensor's values, whatever their encoding.
  public struct Certified: Sendable {
    /// How far the decoded values are from the source.
    public let certificate: Certificate
    let contentDigest: Digest
  }

  /// Measures how far values are from `source`, and digests what they decode to.
  ///
  /// Apart from ``encode(_:name:certified:origin:)``, so that source and decoded values need not be
  /// in memory while the values are encoded.
  /// - Precondition: `source` has the shape and type of `values`.
  public func certify(_ values: any TensorValues, source: Tensor) -> Certified {
    let decoded = values.decoded()
    precondition(
      decoded.shape == source.shape && decoded.dtype == source.dtype, "different tensors")
    enum Part: Sendable {
      case digest(Digest)
      case certificate(Certificate)
    }
    let uniform = values as? UniformValues
    let parts = parallelism.map(2) { part -> Part in
      if part == 0 { return .digest(Digest(of: decoded.bytes.span)) }
      let saturatedCount = uniform?.saturatedCount(source: source, decoded: decoded)
      return .certificate(
        Certificate(source: source, decoded: decoded, saturatedCount: saturatedCount ?? 0))
    }
    guard case .digest(let digest) = parts[0], case .certificate(let certificate) = parts[1] else {
      preconditionFailure("parts out of order")
    }
    return Certified(certificate: certificate, contentDigest: digest)
  }

  /// Encodes values.
  ///
  /// - Parameters:
  ///   - values: what the file is to decode to.
  ///   - name: the name that the tensor is stored under.
  ///   - certified: what ``certify(_:source:)`` said of the values.
  ///   - origin: where the tensor comes from, for the record.
  public func encode(
    _ values: any TensorValues, name: String, certified: Certified, origin: TensorSource?
  ) -> EncodedTensor {
    var best: Choice
    var uniformValues = values as? UniformValues
    if storesRaw {
      let encoder = PlaneEncoder(codecs: PlaneCodecs(all: []), parallelism: parallelism)
      best = Choice(mask: nil, values: values.decoded().encode(keeping: nil, with: encoder))
      uniformValues = nil
    } else if let values = values as? any EncodableValues {
      best = encode(values, shape: values.shape)
    } else {
      best = encode(values.decoded(), shape: values.shape)
    }
    if best.storedByteCount > values.shape.count * values.dtype.byteCount {
      best = encode(values.decoded(), shape: values.shape)
      uniformValues = nil
    }
    return EncodedTensor(
      name: name, dtype: values.dtype, shape: values.shape, origin: origin,
      certificate: certified.certificate, contentDigest: certified.contentDigest, mask: best.mask,
      values: best.values, uniformValues: uniformValues)
  }

  /// Certifies and encodes.
  public func encode(
    _ values: any TensorValues, name: String, source: Tensor, origin: TensorSource?
  ) -> EncodedTensor {
    encode(values, name: name, certified: certify(values, source: source), origin: origin)
  }

  private struct Choice {
    var mask: EncodedObject?
    var values: EncodedObject
    var storedByteCount: Int { (mask?.storedByteCount ?? 0) + values.storedByteCount }
  }

  /// Tries the values without a mask and behind each kind of mask.
  private func encode(_ values: some EncodableValues, shape: Shape) -> Choice {
    let encoder = PlaneEncoder(parallelism: parallelism)
    var best = Choice(mask: nil, values: values.encode(keeping: nil, with: encoder))
    let nonZero = values.nonZero()
    let zeros = nonZero.count - nonZero.keptCount
    guard zeros > 0, zeros >= nonZero.count / Self.zeroShareForMasks else { return best }
    // Behind a mask values are coded without regard to place, so that their entropy is a bound.
    for candidate in MaskCandidate.all(of: nonZero, shape: shape, patterns: patterns) {
      let bound =
        Self.entropyAllowance
        * (candidate.leastBitCount + values.entropy(keeping: candidate.mask)) / 8
      guard bound < Double(best.storedByteCount) else { continue }
      let choice = Choice(
        mask: candidate.encoded(with: encoder),
        values: values.encode(keeping: candidate.mask, with: encoder))
      if choice.storedByteCount < best.storedByteCount { best = choice }
    }
    return best
  }
}

extension UniformValues {
  fileprivate func saturatedCount(source: Tensor, decoded: Tensor) -> Int {
    UniformGrid(
      layout: layout, minimum: minimum, maximum: maximum, steps: steps, zeroPoints: zeroPoints
    ).saturatedCount(source: source, decoded: decoded)
  }
}
