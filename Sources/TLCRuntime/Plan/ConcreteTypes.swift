import TLCCore
import TLCKernels
import TLCModel

/// The type and shape of each value of a program, for inputs of given shapes.
struct ConcreteTypes {
  private(set) var types: [String: TensorType] = [:]
  /// Values that these shapes make known, such as shapes themselves.
  private(set) var constants: [String: TensorView] = [:]

  init(_ program: Program, shapes: [String: Shape]) throws(GraphError) {
    let typed = try program.types(for: shapes)
    try RunMemory.require(typed.types.values)
    for (name, type) in typed.types {
      guard let shape = type.shape else {
        throw .value(name, "its shape \(type) depends on more than the shapes of the inputs")
      }
      types[name] = TensorType(type.dtype, shape)
    }
    for (name, tensor) in typed.constants where program.fixed[name] == nil {
      constants[name] = TensorView(tensor)
    }
  }
}
