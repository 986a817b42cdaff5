public import TLCKernels
public import TLCModel

/// Of max(x, 0).
public struct ReluGradient: FunctionGradient {
  public static let operation = "Relu"
  public init(_ attributes: inout Attributes) {}
  public var function: TrainingKernels.Function { .relu }
  public var readsInput: Bool { true }
}
