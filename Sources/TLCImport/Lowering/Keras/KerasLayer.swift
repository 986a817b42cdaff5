internal import TLCCore
internal import TLCModel

/// A class of layers of Keras: what its configuration means in ONNX's operators.
///
/// To add one, write a file in `Lowering/Keras/Layers/` with a type that conforms, and name it in
/// ``KerasLayerRegistry/standard``.
protocol KerasLayer: Sendable {
  /// The names of the class, through the generations of Keras.
  static var classNames: [String] { get }

  /// Reads the configuration.
  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError)

  /// The weights that the layer has.
  var weights: KerasWeightTree { get }

  /// Whether floating-point inputs are cast to the type that the layer computes in.
  var castsInputs: Bool { get }

  /// Adds the nodes of one call, and returns its outputs.
  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor]
}

extension KerasLayer {
  var weights: KerasWeightTree { KerasWeightTree() }
  var castsInputs: Bool { true }
}

/// The classes of layers that there are.
struct KerasLayerRegistry: Sendable {
  private let types: [String: any KerasLayer.Type]

  init(_ all: [any KerasLayer.Type]) {
    var types: [String: any KerasLayer.Type] = [:]
    for type in all {
      for name in type.classNames { types[name] = type }
    }
    self.types = types
  }

  subscript(className: String) -> (any KerasLayer.Type)? { types[className] }

  var classNames: [String] { types.keys.sorted() }
}

/// What layers are read in.
struct KerasContext: Sendable {
  var generation: KerasGeneration
  /// Whether convolutions of the file are those of Theano, whose kernels are turned around.
  var turnsKernels = false
  var registry: KerasLayerRegistry
  var substitutions: [String: KerasSubstitution]
  /// How many models and wrappers there are around what is read.
  var depth = 0

  /// More models and wrappers in each other are refused.
  static let greatestDepth = 16

  /// The context of what is in a layer.
  func inside(_ fields: KerasFields) throws(LoweringError) -> KerasContext {
    guard depth < Self.greatestDepth else {
      throw fields.malformed("layers are nested more than \(Self.greatestDepth) deep")
    }
    var inner = self
    inner.depth += 1
    return inner
  }
}
