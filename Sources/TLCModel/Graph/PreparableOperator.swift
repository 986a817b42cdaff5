public import TLCKernels

/// An operator that does some of its work once, before runs, where inputs are fixed.
public protocol PreparableOperator: Operator {
  /// The same operator, with the same bits, that holds what it made of fixed inputs.
  ///
  /// - Parameters:
  ///   - fixed: the inputs that no run changes; `nil` for others.
  ///   - given: whether each input is named at all.
  /// - Returns: `nil` where there is nothing to prepare.
  func prepared(_ fixed: [TensorView?], given: [Bool]) -> PreparedOperator?
}

/// What ``PreparableOperator/prepared(_:given:)`` gives.
public struct PreparedOperator: Sendable {
  /// The operator that holds what it made.
  public var operation: any Operator
  /// The places of inputs that it is not given any more.
  public var heldInputs: Set<Int>

  /// An operator, and what it holds.
  public init(_ operation: any Operator, heldInputs: Set<Int>) {
    self.operation = operation
    self.heldInputs = heldInputs
  }
}
