public import TLCCore
public import TLCKernels

/// A kind of node: ONNX's semantics of opset 23, and the bits that it gives.
///
/// To add one, write a file in `Operators/` with a type that conforms, and name it in
/// ``OperatorRegistry/standard``. The conformance suite then runs ONNX's own test cases for it.
public protocol Operator: Sendable {
  /// ONNX's name.
  static var name: String { get }
  /// Empty for ONNX's own operators, `tlc` for ours.
  static var domain: String { get }
  /// How many inputs a node may name; optional ones at the end may be left out.
  static var inputCounts: ClosedRange<Int> { get }
  /// How many outputs a node may name.
  static var outputCounts: ClosedRange<Int> { get }

  /// Reads the attributes.
  ///
  /// - Throws: where one is of another kind, or has a value that the operator does not take.
  init(_ attributes: inout Attributes) throws(OperatorError)

  /// What each output is, for inputs of which at least the types are known.
  ///
  /// - Parameters:
  ///   - inputs: what is known of the node's inputs.
  ///   - outputCount: how many outputs the node names.
  /// - Throws: where inputs do not fit the operator, or each other.
  func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType]

  /// The bytes of memory that an evaluation needs for itself; none where nothing is said.
  ///
  /// - Parameters:
  ///   - inputs: what ``evaluate(_:into:_:)`` is given; `nil` for one that is left out.
  ///   - outputs: what it gives; `nil` for one that is left out.
  ///   - threadCount: the threads of its team.
  func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int

  /// Computes the outputs.
  ///
  /// - Parameters:
  ///   - inputs: of the types that the outputs were inferred from; `nil` for one that is left out.
  ///   - outputs: of the types that were inferred, memory of their own and of any content; `nil`
  ///     for one that is left out.
  ///   - context: the threads and the memory that it may use.
  /// - Throws: where elements are wrong, such as an index beyond the end.
  func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError)
}

extension Operator {
  public static var domain: String { "" }
  public static var outputCounts: ClosedRange<Int> { 1...1 }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int { 0 }
}

/// What evaluations share.
public struct EvaluationContext: Sendable {
  /// The threads that an evaluation may use; its bits do not depend on how many they are.
  public var team: Team
  /// Memory that the evaluation has for itself, of any content; where there is none or too little,
  /// it allocates.
  public var scratch: TensorView?

  /// These threads, and this memory.
  public init(team: Team = .alone, scratch: TensorView? = nil) {
    self.team = team
    self.scratch = scratch
  }
}

/// The inputs of a node as far as they are known before it is evaluated.
public struct OperatorInputs: Sendable {
  /// An input's type, and its elements where they are known already.
  public struct Input: Sendable {
    /// What is known of it.
    public var type: ValueType
    /// Its elements; `nil` where a run fixes them.
    public var constant: Tensor?

    /// An input of a type.
    public init(type: ValueType, constant: Tensor? = nil) {
      self.type = type
      self.constant = constant
    }
  }

  private let all: [Input?]
  /// Makes a name for a length that nothing is known of but that it is one.
  let freshName: @Sendable (_ output: Int, _ axis: Int) -> String

  init(_ all: [Input?], freshName: @escaping @Sendable (Int, Int) -> String) {
    self.all = all
    self.freshName = freshName
  }

  /// The number of inputs, those left out between others counted.
  public var count: Int { all.count }

  /// An input, or `nil` where it is left out.
  public func optional(_ index: Int) -> Input? { all.indices.contains(index) ? all[index] : nil }

  /// The same with inputs of these types at some places.
  func replacing(_ types: [Int: ValueType]) -> OperatorInputs {
    var inputs = all
    for (place, type) in types where inputs.indices.contains(place) {
      inputs[place] = Input(type: type)
    }
    return OperatorInputs(inputs, freshName: freshName)
  }

  /// The type of an input that must be there.
  public subscript(index: Int) -> ValueType {
    get throws(OperatorError) {
      guard let input = optional(index) else {
        throw OperatorError("input \(index) is missing")
      }
      return input.type
    }
  }

  /// The elements of an input of integers that must be known already; `nil` where it is left out.
  public func integers(_ index: Int) throws(OperatorError) -> [Int]? {
    guard let input = optional(index) else { return nil }
    guard input.type.dtype == .i64 || input.type.dtype == .i32 else {
      throw OperatorError("input \(index) is \(input.type.dtype), not i64")
    }
    guard let constant = input.constant else {
      throw OperatorError("input \(index) is not known before the run, and shapes depend on it")
    }
    return constant.integers
  }
}

extension Tensor {
  /// The elements of a tensor of integers.
  ///
  /// - Precondition: it is `i32` or `i64`.
  var integers: [Int] {
    dtype == .i32
      ? elements(of: Int32.self).map { Int($0) } : elements(of: Int64.self).map { Int($0) }
  }
}
