internal import TLCCore
internal import TLCModel

/// Layers that make one tensor of several of one shape, or of shapes that broadcast.
struct KerasMerge: KerasLayer {
  static let classNames = ["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"]
  private let className: String
  private let generation: KerasGeneration

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    self.init(fields.className, fields.generation)
  }

  init(_ className: String, _ generation: KerasGeneration) {
    self.className = className
    self.generation = generation
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let inputs = call.arguments.flatMap { $0.tensors }
    guard inputs.count > 1 else {
      throw call.malformed("it is given \(inputs.count) tensors, not two or more")
    }
    let values = try ofEqualRank(inputs.map { $0.value }, &builder)
    var result = values[0]
    switch className {
    case "Average": result = try builder.pointwise("Mean", all: values)
    case "Maximum": result = try builder.pointwise("Max", all: values)
    case "Minimum": result = try builder.pointwise("Min", all: values)
    default:
      let operation =
        ["Add": "Add", "Multiply": "Mul", "Subtract": "Sub"][className] ?? className
      for value in values.dropFirst() {
        result = try builder.pointwise(operation, all: [result, value])
      }
    }
    return [KerasTensor(result, mask: try mask(of: inputs, &builder))]
  }

  /// Where ranks differ, the lesser get axes of length 1 behind the batch.
  private func ofEqualRank(
    _ values: [GraphBuilder.Value], _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [GraphBuilder.Value] {
    let rank = values.map { builder.rank($0) }.max() ?? 0
    var result: [GraphBuilder.Value] = []
    for value in values {
      let missing = rank - builder.rank(value)
      result.append(
        missing == 0 ? value : try builder.unsqueeze(value, Array(1..<(1 + missing))))
    }
    return result
  }

  /// What all inputs with a mask keep, or in Keras 3 any; none where an input of Keras 3 has none.
  private func mask(
    of inputs: [KerasTensor], _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value? {
    let masks = inputs.compactMap { $0.mask }
    guard var mask = masks.first, generation < .third || masks.count == inputs.count else {
      return nil
    }
    for other in masks.dropFirst() {
      mask = try builder.add(generation < .third ? "And" : "Or", [mask, other])
    }
    return mask
  }
}
