internal import TLCCore
internal import TLCSystem

/// Exactly 𝑛 of each 𝑚 neighbours along an axis: `formats/masks/n-of-m.md`.
struct NOfMRecord: MaskRecord {
  static let kind = "n-of-m"

  let groups: NOfMGroups
  let keptCount: Int
  let keptOffset: Int
  let plane: PlaneReference?

  init(
    parsing object: JSONObject, of shape: Shape, planes: inout PlaneTable
  ) throws(FormatError) {
    guard shape.rank > 0 else {
      throw object.outOfRange(
        "axis", "there", allowed: "an axis of a scalar", at: try object.value("axis").offset)
    }
    let axis = try object.integer("axis", in: 0...shape.rank - 1)
    (keptCount, keptOffset) = try object.kept()
    let m = try object.integer("m", in: NOfMGroups.allowedM)
    let n = try object.integer("n", in: 1...m - 1)
    groups = NOfMGroups(n: n, m: m, axis: axis, shape: shape)
    plane = try planes.take(
      "plane", of: object, role: "mask", count: groups.count, width: groups.width)
  }

  var summary: String { "\(groups.n):\(groups.m)" }

  func decode(_ shape: Shape, from source: PlaneSource) throws(CheckpointError) -> Bitmap {
    let ranks = try source.symbols(plane, count: groups.count, limit: groups.greatestRank)
    var mask = Bitmap(repeating: false, count: shape.count)
    for (group, rank) in ranks.enumerated() {
      let limit = groups.greatestRank(ofGroup: group)
      guard rank <= limit else {
        throw source.formatError(
          .symbolRange(index: group, symbol: Int(rank), limit: Int(limit)),
          at: plane.map { source.records[$0.index].bytes.lowerBound } ?? 0)
      }
      groups.forEachKept(inGroup: group, rank: rank) { mask[$0] = true }
    }
    return mask
  }
}
