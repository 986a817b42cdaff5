internal import TLCCore
internal import TLCModel

/// A row of a table for each id.
struct KerasEmbedding: KerasLayer {
  static let classNames = ["Embedding"]
  private let masksZero: Bool

  var castsInputs: Bool { false }

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    masksZero = try fields.flag("mask_zero", default: false)
    if fields[["quantization_mode", "quantization_config"]] != nil {
      throw fields.malformed("it is quantized, which has no definition here")
    }
  }

  var weights: KerasWeightTree { KerasWeightTree(["table"]) }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    var ids = try call.input().value
    if ![.i32, .i64].contains(builder.type(ids).dtype) { ids = try builder.cast(ids, to: .i32) }
    let table = try builder.weight("table", call, rank: 2)
    let rows = try builder.add("Gather", [table, ids], ["axis": .int(0)])
    guard masksZero else { return [KerasTensor(rows)] }
    let isZero = try builder.add("Equal", [ids, try builder.constant(0, like: ids)])
    return [KerasTensor(rows, mask: try builder.add("Not", [isZero]))]
  }
}
