public import TLCKernels
public import TLCModel

/// Of x · Φ(x), or of its approximation with tanh.
public struct GeluGradient: FunctionGradient {
  public static let operation = "Gelu"
  public let function: TrainingKernels.Function

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    function = try attributes.string("approximate") == "tanh" ? .geluTanh : .gelu
  }

  public var readsInput: Bool { true }
}
