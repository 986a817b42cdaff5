public import TLCKernels
public import TLCModel

/// The gradient of an operator: how that of its outputs flows to its inputs.
///
/// To add one, write a file in `Gradients/` with a type that conforms, and name it in
/// ``GradientRegistry/standard``. It is then held to finite differences.
public protocol Gradient: Sendable {
  /// The operator's name.
  static var operation: String { get }
  /// The operator's domain; empty for ONNX's own.
  static var domain: String { get }

  /// Reads the operator's attributes, which the operator has found right.
  ///
  /// - Throws: where the gradient does not take one.
  init(_ attributes: inout Attributes) throws(OperatorError)

  /// Which of the operator's inputs and outputs it reads, so that they stay in memory.
  var reads: GradientReads { get }

  /// Places of inputs of `f32` that it takes as given, so that none may depend on a weight; none where
  /// nothing is said.
  var constants: Set<Int> { get }

  /// Requires that the gradient can be computed for these inputs; nothing where nothing is said.
  func require(_ inputs: [TensorType?]) throws(OperatorError)

  /// The bytes of memory that it needs for itself; none where nothing is said.
  func scratchByteCount(_ inputs: [TensorType?], threadCount: Int) -> Int

  /// Computes the gradients of inputs.
  func propagate(_ step: GradientStep)
}

extension Gradient {
  public static var domain: String { "" }
  public init(_ attributes: inout Attributes) throws(OperatorError) { self.init() }
  public var constants: Set<Int> { [] }
  public func require(_ inputs: [TensorType?]) throws(OperatorError) {}
  public func scratchByteCount(_ inputs: [TensorType?], threadCount: Int) -> Int { 0 }

  /// For gradients without attributes.
  init() { preconditionFailure("\(Self.self) reads attributes") }
}

/// What of an operator a gradient reads.
public struct GradientReads: Sendable {
  /// Places of inputs.
  public var inputs: Set<Int>
  /// Places of outputs.
  public var outputs: Set<Int>

  /// These places.
  public init(inputs: Set<Int> = [], outputs: Set<Int> = []) {
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// What a gradient is given.
public struct GradientStep: Sendable {
  /// The operator's inputs; only those that the gradient reads have their elements.
  public var inputs: [TensorView?]
  /// The operator's outputs; only those that the gradient reads have their elements.
  public var outputs: [TensorView?]
  /// The gradients of outputs; `nil` where none flows.
  public var outputGradients: [TensorView?]
  /// Where the gradients of inputs go; `nil` where none is asked for.
  public var inputGradients: [GradientTarget?]
  /// The threads and the memory that it may use.
  public var context: EvaluationContext

  /// The gradient of the only output, or of the first.
  ///
  /// - Precondition: one flows.
  var outputGradient: TensorView {
    guard let gradient = outputGradients[0] else { preconditionFailure("no gradient flows") }
    return gradient
  }

  /// The elements of an input that the gradient reads.
  ///
  /// - Precondition: the input is there.
  func input(_ place: Int) -> TensorView {
    guard let input = inputs[place] else { preconditionFailure("no input \(place)") }
    return input
  }

  /// The elements of an output that the gradient reads.
  ///
  /// - Precondition: the output is there.
  func output(_ place: Int) -> TensorView {
    guard let output = outputs[place] else { preconditionFailure("no output \(place)") }
    return output
  }

  /// Where an input's gradient goes, where it is asked for.
  func target(_ place: Int) -> GradientTarget? {
    inputGradients.indices.contains(place) ? inputGradients[place] : nil
  }
}

/// Where a gradient goes.
public struct GradientTarget: Sendable {
  /// Its memory, of the input's type.
  public var view: TensorView
  /// Whether the gradient is added to what is there; else what is there means nothing.
  public var isAdding: Bool

  /// The elements.
  var floats: Elements<Float> { view.elements(of: Float.self) }

  /// Makes what is there zeros, unless it is added to.
  func clear() { if !isAdding { floats.fill(0) } }
}

extension TensorView {
  /// The elements of a tensor of `f32`.
  var floats: Elements<Float> { elements(of: Float.self) }
}
