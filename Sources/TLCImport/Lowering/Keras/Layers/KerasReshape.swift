internal import TLCCore
internal import TLCModel

/// Layers that give the numbers of an example another shape.
struct KerasReshape: KerasLayer {
  static let classNames = ["Flatten", "Reshape"]
  /// `nil` for one axis.
  private let lengths: [Int]?
  private let channelsAreLast: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    guard fields.className == "Reshape" else {
      lengths = nil
      channelsAreLast = try fields.channelsAreLast()
      return
    }
    channelsAreLast = true
    guard let lengths = try fields.integers("target_shape", "dims"), lengths.count < 8,
      lengths.allSatisfy({ $0 >= -1 })
    else { throw fields.malformed("\"target_shape\" is not up to 7 lengths, or −1 for one") }
    self.lengths = lengths
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    var value = try call.input().value
    let rank = builder.rank(value)
    if !channelsAreLast, rank > 2 {
      value = try builder.transpose(value, [0] + Array(2..<rank) + [1])
    }
    // The first axis keeps its length, which a run fixes.
    if let lengths { return [KerasTensor(try builder.reshape(value, [0] + lengths))] }
    if rank == 1 { return [KerasTensor(try builder.unsqueeze(value, [1]))] }
    if rank == 2 { return [KerasTensor(value)] }
    return [KerasTensor(try builder.add("Flatten", [value], ["axis": .int(1)]))]
  }
}
