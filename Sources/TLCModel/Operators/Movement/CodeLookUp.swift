internal import TLCCore
internal import TLCKernels

/// `Gather` of rows of a fixed tensor that is kept as codes. Its one input is the indices.
struct CodeLookUp: Operator {
  static let name = "CodeLookUp"
  static let inputCounts = 1...1
  private let table: CodeTable
  private let shape: Shape

  init(_ table: CodeTable, _ shape: Shape) {
    self.table = table
    self.shape = shape
  }

  init(_ attributes: inout Attributes) throws(OperatorError) {
    throw OperatorError("it is made of Gather alone")
  }

  func infer(_ inputs: OperatorInputs, outputCount: Int) throws(OperatorError) -> [ValueType] {
    let indices = try inputs[0]
    try indices.requireIndices(0)
    return [
      ValueType(.f32, indices.dimensions + shape.dimensions.dropFirst().map { Dimension($0) })
    ]
  }

  func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let indices = inputs[0], let out = outputs[0] else { return }
    let places = try Axis.places(indices, length: table.rowCount)
    let elements = out.elements(of: Float.self)
    context.team.share(places.count, unit: max(1, Walk.unit / table.rowLength)) { part in
      table.lookUp(places, in: part, into: elements)
    }
  }
}
