public import TLCKernels
public import TLCModel

/// Of 1 / (1 + 𝑒⁻ˣ).
public struct SigmoidGradient: FunctionGradient {
  public static let operation = "Sigmoid"
  public init(_ attributes: inout Attributes) {}
  public var function: TrainingKernels.Function { .sigmoid }
  public var readsInput: Bool { false }
}
