public import TLCCore
public import TLCSystem

/// Chooses, of all encodings that decode to given values, the one of the fewest bytes.
///
/// A pure function of the values: the same for any number of threads and on every machine.
public struct TensorEncoder: Sendable {
  /// Patterns that a mask is known to have.
  public var patterns: [MaskPattern]
  public var parallelism: Parallelism

  public init(patterns: [MaskPattern] = [], parallelism: Parallelism = .serial) {
    self.patterns = patterns
    self.parallelism = parallelism
  }

  /// Masks are tried where at least one in this many elements is zero.
  private static let zeroShareForMasks = 64
  /// A code that knows rows apart may undercut the order-0 entropy by a little.
  private static let entropyAllowance = 0.9

  /// Encodes values, and certifies how far they are from `source`.
  ///
  /// - Parameters:
  ///   - source: the values in stored orientation before anything was lost.
  ///   - origin: where the tensor comes from, for the record.
  /// - Precondition: `source` has the shape and type of `values`.
  public func encode(
    _ values: any TensorValues, name: String, source: Tensor, origin: TensorSource?
  ) -> EncodedTensor {
    let decoded = values.decoded()
    precondition(
      decoded.shape == source.shape && decoded.dtype == source.dtype, "different tensors")
    let digest = Digest(of: decoded.bytes.span)
    let saturatedCount = (values as? UniformValues)?.saturatedCount(
      source: source, decoded: decoded)
    let certificate = Certificate(
      source: source, decoded: decoded, saturatedCount: saturatedCount ?? 0)

    let dense = { encode(decoded, shape: decoded.shape) }
    var best: Choice
    if let values = values as? any EncodableValues, !(values is Tensor) {
      best = encode(values, shape: values.shape)
      if best.storedByteCount > decoded.bytes.count { best = dense() }
    } else {
      best = dense()
    }
    return EncodedTensor(
      name: name, dtype: decoded.dtype, shape: decoded.shape, origin: origin,
      certificate: certificate, contentDigest: digest, mask: best.mask, values: best.values)
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
    let candidates = MaskCandidate.all(
      of: nonZero, shape: shape, patterns: patterns, with: encoder)
    for candidate in candidates {
      let bound =
        Double(candidate.object.storedByteCount)
        + Self.entropyAllowance * values.entropy(keeping: candidate.mask) / 8
      guard bound < Double(best.storedByteCount) else { continue }
      let choice = Choice(
        mask: candidate.object, values: values.encode(keeping: candidate.mask, with: encoder))
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
