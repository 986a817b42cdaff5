public import TLCKernels
public import TLCModel

/// Of tanh(x).
public struct TanhGradient: FunctionGradient {
  public static let operation = "Tanh"
  public init(_ attributes: inout Attributes) {}
  public var function: TrainingKernels.Function { .tanh }
  public var readsInput: Bool { false }
}
