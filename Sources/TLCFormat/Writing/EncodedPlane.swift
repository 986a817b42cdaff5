internal import TLCCore
internal import TLCSystem

/// A plane that is ready to be written.
struct EncodedPlane: Sendable {
  let role: String
  let codec: String
  let stored: [UInt8]
  let rawByteCount: Int
  let digest: Digest
}

/// Turns symbols into planes, each through the codec that makes it shortest.
struct PlaneEncoder: Sendable {
  var codecs: PlaneCodecs = .standard
  var parallelism: Parallelism

  /// Encodes symbols; `nil` where there is nothing to store.
  ///
  /// - Parameter isAsset: whether codecs are tried too that are for assets alone.
  func encode(
    _ symbols: PlaneSymbols, role: String, isAsset: Bool = false
  ) -> EncodedPlane? {
    guard symbols.rawByteCount > 0 else { return nil }
    // The raw form's length is known without writing it, and of equal lengths it comes first.
    var best: (codec: String, stored: [UInt8])?
    for codec in codecs.all
    where codec != RawCodec.self && (codec.isAutomatic || isAsset) {
      let limit = best?.stored.count ?? symbols.rawByteCount
      if let stored = codec.encode(symbols, limit: limit, parallelism: parallelism),
        stored.count < limit
      {
        best = (codec.name, stored)
      }
    }
    let (codec, stored) = best ?? (RawCodec.name, symbols.rawForm())
    return EncodedPlane(
      role: role, codec: codec, stored: stored, rawByteCount: symbols.rawByteCount,
      digest: PlaneRecord.digest(of: stored, parallelism: parallelism))
  }
}
