internal import TLCCore
public import TLCKernels

/// The tensor of one of its attributes.
public struct Constant: Operator {
  public static let name = "Constant"
  public static let inputCounts = 0...0
  private let tensor: Tensor

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    func vector<Element: TensorElement>(_ elements: [Element]) throws(OperatorError) -> Tensor {
      guard let shape = Shape([elements.count]) else {
        throw OperatorError("it has \(elements.count) elements, too many for a tensor")
      }
      return Tensor(elements, shape: shape)
    }
    var tensors: [Tensor] = []
    if let value = try attributes.tensor("value") { tensors.append(value) }
    if let value = try attributes.float("value_float") {
      tensors.append(Tensor([value], shape: .scalar))
    }
    if let value = try attributes.floats("value_floats") { tensors.append(try vector(value)) }
    if let value = try attributes.int("value_int") {
      tensors.append(Tensor([Int64(value)], shape: .scalar))
    }
    if let value = try attributes.ints("value_ints") {
      tensors.append(try vector(value.map { Int64($0) }))
    }
    guard tensors.count == 1, let tensor = tensors.first else {
      throw OperatorError(
        "it has \(tensors.count) of \"value\", \"value_float\", \"value_floats\", \"value_int\" "
          + "and \"value_ints\", not one")
    }
    self.tensor = tensor
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] { [ValueType(tensor.dtype, tensor.shape)] }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) { outputs[0]?.set(tensor) }
}

/// A tensor of the shape of input 0, each element of which is that of `value`: 0 in `f32` where
/// nothing is said.
public struct ConstantOfShape: Operator {
  public static let name = "ConstantOfShape"
  public static let inputCounts = 1...1
  private let value: Tensor

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    value = try attributes.tensor("value") ?? Tensor([Float(0)], shape: .scalar)
    guard value.shape.count == 1 else {
      throw OperatorError("attribute \"value\" has shape \(value.shape), not one element")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    guard let lengths = try inputs.integers(0) else { throw OperatorError("input 0 is missing") }
    return [ValueType(value.dtype, try [Dimension](lengths: lengths))]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let out = outputs[0] else { return }
    Movement.fill(out, with: TensorView(value))
  }
}
