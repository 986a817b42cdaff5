internal import TLCModel

/// An example `n` times, along a new axis.
struct KerasRepeatVector: KerasLayer {
  static let classNames = ["RepeatVector"]
  private let count: Int

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    count = try fields.integer("n")
    guard count >= 1 else { throw fields.malformed("\"n\" is \(count), not from 1 on") }
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let value = try call.input().value
    guard builder.rank(value) == 2 else {
      throw call.malformed("its input is \(builder.type(value)), not of rank 2")
    }
    let row = try builder.unsqueeze(value, [1])
    return [KerasTensor(try builder.add("Tile", [row, try builder.constant([1, count, 1])]))]
  }
}
