internal import TLCCore
internal import TLCSystem

/// Kept elements as they are: `formats/values/dense.md`.
struct DenseRecord: ValuesRecord {
  static let kind = "dense"

  let plane: PlaneReference?

  init(
    parsing object: JSONObject, of tensor: TensorGeometry, keptCount: Int,
    planes: inout PlaneTable
  ) throws(FormatError) {
    let (count, overflow) = keptCount.multipliedReportingOverflow(by: tensor.dtype.byteCount)
    plane = try planes.take(
      "plane", of: object, role: "values", count: overflow ? Int.max : count, width: 8)
  }

  var planes: [PlaneReference] { plane.map { [$0] } ?? [] }
  static let summary = "dense"
  var summary: String { Self.summary }

  func decode(
    _ tensor: TensorGeometry, mask: Bitmap?, from source: PlaneSource
  ) throws(CheckpointError) -> Tensor {
    let kept = try source.bytes(plane)
    if tensor.dtype == .bool, let plane, let bad = kept.firstIndex(where: { $0 > 1 }) {
      throw source.formatError(
        .symbolRange(index: bad, symbol: Int(kept[bad]), limit: 1), in: plane)
    }
    return Tensor(
      dtype: tensor.dtype, shape: tensor.shape,
      bytes: mask.map { kept.scattered(to: $0, elementByteCount: tensor.dtype.byteCount) } ?? kept)
  }
}

extension [UInt8] {
  /// The elements at the positions that `mask` keeps, and zero bytes at the others.
  ///
  /// - Precondition: there are `mask.keptCount` elements of `elementByteCount` bytes.
  func scattered(to mask: Bitmap, elementByteCount size: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: mask.count * size)
    var next = 0
    mask.forEachKept { position in
      for byte in 0..<size { bytes[position * size + byte] = self[next + byte] }
      next += size
    }
    return bytes
  }

  /// The elements at the positions that `mask` keeps.
  func gathered(by mask: Bitmap, elementByteCount size: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(mask.keptCount * size)
    mask.forEachKept { bytes.append(contentsOf: self[$0 * size..<($0 + 1) * size]) }
    return bytes
  }
}
