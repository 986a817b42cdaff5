internal import TLCCore
internal import TLCSystem

/// The distances between kept elements: `formats/masks/gap.md`.
struct GapRecord: MaskRecord {
  static let kind = "gap"
  static let greatestMaximum = 1 << 24 - 1

  let keptCount: Int
  let keptOffset: Int
  let maximum: UInt32
  let plane: PlaneReference?

  init(
    parsing object: JSONObject, of shape: Shape, planes: inout PlaneTable
  ) throws(FormatError) {
    (keptCount, keptOffset) = try object.kept()
    maximum = UInt32(try object.integer("maximum", in: 0...Self.greatestMaximum))
    plane = try planes.take(
      "plane", of: object, role: "mask", count: keptCount, width: UInt(maximum).bitCount)
  }

  var summary: String { "gap" }

  func decode(_ shape: Shape, from source: PlaneSource) throws(CheckpointError) -> Bitmap {
    let gaps = try source.symbols(plane, count: keptCount, limit: maximum)
    var mask = Bitmap(repeating: false, count: shape.count)
    var next = 0
    for (i, gap) in gaps.enumerated() {
      next += Int(gap)
      guard next < shape.count else {
        throw source.formatError(
          .keptCount(declared: keptCount, found: i),
          at: plane.map { source.records[$0.index].bytes.lowerBound } ?? 0)
      }
      mask[next] = true
      next += 1
    }
    return mask
  }
}
