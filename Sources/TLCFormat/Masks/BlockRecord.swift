internal import TLCCore
internal import TLCSystem

/// A bit for each block: `formats/masks/block.md`.
struct BlockRecord: MaskRecord {
  static let kind = "block"
  static let allowedLengths = 1...65_536

  let grid: BlockGrid
  let keptCount: Int
  let keptOffset: Int
  let plane: PlaneReference?

  init(
    parsing object: JSONObject, of shape: Shape, planes: inout PlaneTable
  ) throws(FormatError) {
    let block = try object.integers("block", in: Self.allowedLengths)
    guard shape.rank > 0, block.count == shape.rank else {
      throw object.outOfRange(
        "block", "\(block.count) lengths", allowed: "one for each of \(max(shape.rank, 1)) axes",
        at: try object.value("block").offset)
    }
    grid = BlockGrid(block: block, shape: shape)
    (keptCount, keptOffset) = try object.kept()
    plane = try planes.take(
      "plane", of: object, role: "mask", count: (grid.count + 7) / 8, width: 8)
  }

  var summary: String { grid.summary }

  func decode(_ shape: Shape, from source: PlaneSource) throws(CheckpointError) -> Bitmap {
    let blocks = try source.bitmap(plane, count: grid.count)
    var mask = Bitmap(repeating: false, count: shape.count)
    grid.forEachElement { element, block in if blocks[block] { mask[element] = true } }
    return mask
  }
}
