internal import TLCCore
internal import TLCSystem

/// A bit for each element: `formats/masks/bitmask.md`.
struct BitmaskRecord: MaskRecord {
  static let kind = "bitmask"

  let keptCount: Int
  let keptOffset: Int
  let plane: PlaneReference?

  init(
    parsing object: JSONObject, of shape: Shape, planes: inout PlaneTable
  ) throws(FormatError) {
    (keptCount, keptOffset) = try object.kept()
    plane = try planes.take(
      "plane", of: object, role: "mask", count: (shape.count + 7) / 8, width: 8)
  }

  var summary: String { "bitmask" }

  func decode(_ shape: Shape, from source: PlaneSource) throws(CheckpointError) -> Bitmap {
    try source.bitmap(plane, count: shape.count)
  }

  /// The plane's bytes for a mask.
  static func bytes(of mask: Bitmap) -> [UInt8] {
    (0..<(mask.count + 7) / 8).map {
      UInt8(truncatingIfNeeded: mask.words[$0 / 8] >> UInt64($0 % 8 * 8))
    }
  }
}

extension PlaneSource {
  /// A bitmap stored as a bit stream, whose last bits are 0 (R27).
  func bitmap(_ plane: PlaneReference?, count: Int) throws(CheckpointError) -> Bitmap {
    guard let plane else { return Bitmap(repeating: false, count: count) }
    let bytes = try bytes(plane)
    if count % 8 != 0, let last = bytes.last, last >> UInt8(count % 8) != 0 {
      throw formatError(.trailingBits, in: plane)
    }
    return Bitmap(count: count, bytes: bytes)
  }
}

extension Bitmap {
  /// The bitmap whose bits are those of `bytes`, the least significant first.
  fileprivate init(count: Int, bytes: [UInt8]) {
    self.init(count: count) { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
  }
}
