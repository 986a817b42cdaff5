internal import TLCCore
internal import TLCSystem

/// Indices into a table of values: `formats/values/codebook.md`.
struct CodebookRecord: ValuesRecord {
  static let kind = "codebook"

  let entryCount: Int
  let codes: PlaneReference?
  let entries: PlaneReference?

  init(
    parsing object: JSONObject, of tensor: TensorGeometry, keptCount: Int,
    planes: inout PlaneTable
  ) throws(FormatError) {
    entryCount = try object.integer("count", in: 1...CodebookValues.maximumEntryCount)
    codes = try planes.take(
      "codes", of: object, role: "codes", count: keptCount, width: UInt(entryCount - 1).bitCount)
    entries = try planes.take(
      "entries", of: object, role: "entries", count: entryCount * tensor.dtype.byteCount, width: 8,
      isOptional: false)
  }

  var planes: [PlaneReference] { [codes, entries].compactMap { $0 } }
  var codePlanes: CodePlanes? {
    CodePlanes(planes: [codes], least: 0, greatest: entryCount - 1)
  }
  static func summary(_ entryCount: Int) -> String { "codebook \(entryCount)" }
  var summary: String { Self.summary(entryCount) }

  func decode(
    _ tensor: TensorGeometry, mask: Bitmap?, from source: PlaneSource
  ) throws(CheckpointError) -> Tensor {
    let size = tensor.dtype.byteCount
    let table = try source.bytes(entries)
    if tensor.dtype == .bool, let entries, let bad = table.firstIndex(where: { $0 > 1 }) {
      throw source.formatError(
        .symbolRange(index: bad, symbol: Int(table[bad]), limit: 1), in: entries)
    }
    let indices = try source.symbols(
      codes, count: mask?.keptCount ?? tensor.shape.count, limit: UInt32(entryCount - 1))
    var kept: [UInt8] = []
    kept.reserveCapacity(indices.count * size)
    for index in indices {
      kept.append(contentsOf: table[Int(index) * size..<(Int(index) + 1) * size])
    }
    return Tensor(
      dtype: tensor.dtype, shape: tensor.shape,
      bytes: mask.map { kept.scattered(to: $0, elementByteCount: size) } ?? kept)
  }
}
