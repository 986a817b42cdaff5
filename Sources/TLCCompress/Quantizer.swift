public import TLCCore
public import TLCSystem

/// A way to fix a tensor's values on a few levels.
///
/// To add one, write a file in `Quantizers/` with a type that conforms, and name it in
/// ``QuantizerRegistry/standard``. The suite then asks for an error within its stated bound, for
/// 0 to stay exactly 0, and for the same result with any number of threads.
public protocol Quantizer: Sendable {
  /// The name in recipes, on the command line and in messages, in kebab-case.
  static var name: String { get }

  /// Takes the method's parameters.
  init(parameters: Parameters) throws(CompressionError)

  /// Quantizes a floating-point tensor of finite elements. An element that is 0 stays exactly 0.
  ///
  /// - Parameters:
  ///   - tensor: the tensor.
  ///   - calibration: what calibration found of it; `nil` where there was none.
  ///   - parallelism: how many threads it may take; the result does not depend on it.
  func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues
}

extension Quantizer {
  /// Quantizes a floating-point tensor of finite elements, of which no more is known.
  public func quantize(
    _ tensor: Tensor, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    try quantize(tensor, calibration: nil, parallelism: parallelism)
  }
}

/// The quantizers that a recipe may name.
public struct QuantizerRegistry: Sendable {
  /// The quantizers, each of another name.
  public let all: [any Quantizer.Type]

  /// Knows these quantizers, and no others.
  public init(_ all: [any Quantizer.Type]) { self.all = all }

  /// Every quantizer of this package.
  public static let standard = QuantizerRegistry([
    MinMaxQuantizer.self, RoundToNearestQuantizer.self, UniformStepQuantizer.self,
    KMeansQuantizer.self, TrellisQuantizer.self, HQQQuantizer.self, NormalFloatQuantizer.self,
  ])

  /// These and one more.
  public func adding(_ type: any Quantizer.Type) -> QuantizerRegistry {
    QuantizerRegistry(all + [type])
  }

  /// The quantizer of a name with its parameters.
  public func quantizer(
    named name: String, parameters: [String: ParameterValue]
  ) throws(CompressionError) -> any Quantizer {
    guard let type = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, known: all.map { $0.name })
    }
    return try type.init(parameters: Parameters(method: name, parameters))
  }
}
