public import TLCCore
public import TLCSystem

/// A way to choose which elements of a tensor to keep.
///
/// To add one, write a file in `Pruners/` with a type that conforms, and name it in
/// ``PrunerRegistry/standard``. The suite then asks for the exact number dropped, and for the same
/// result when it is applied again.
public protocol Pruner: Sendable {
  /// The name in recipes, on the command line and in messages, in kebab-case.
  static var name: String { get }

  /// Takes the method's parameters.
  init(parameters: Parameters) throws(CompressionError)

  /// The elements to keep.
  ///
  /// - Parameters:
  ///   - tensor: the tensor.
  ///   - calibration: what calibration found of it; `nil` where there was none.
  ///   - parallelism: how many threads it may take; the result does not depend on it.
  func mask(
    for tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap

  /// The tensor with +0 for what is dropped; what is kept may be changed so that it makes that good.
  ///
  /// - Parameters: as of ``mask(for:calibration:parallelism:)``.
  func prune(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Tensor

  /// Whether a recipe may name it only where there is calibration.
  var needsCalibration: Bool { get }
}

extension Pruner {
  /// False.
  public var needsCalibration: Bool { false }

  /// The tensor with +0 for what the mask leaves out.
  public func prune(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Tensor {
    tensor.pruned(
      keeping: try mask(for: tensor, calibration: calibration, parallelism: parallelism))
  }

  /// The elements to keep of a tensor of which no more is known.
  public func mask(
    for tensor: Tensor, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap {
    try mask(for: tensor, calibration: nil, parallelism: parallelism)
  }
}

/// The pruners that a recipe may name.
public struct PrunerRegistry: Sendable {
  /// The pruners, each of another name.
  public let all: [any Pruner.Type]

  /// Knows these pruners, and no others.
  public init(_ all: [any Pruner.Type]) { self.all = all }

  /// Every pruner of this package.
  public static let standard = PrunerRegistry([
    MagnitudePruner.self, NOfMPruner.self, BlockPruner.self, WandaPruner.self,
    SparseGPTPruner.self, ExactOBSPruner.self,
  ])

  /// These and one more.
  public func adding(_ type: any Pruner.Type) -> PrunerRegistry { PrunerRegistry(all + [type]) }

  /// The pruner of a name with its parameters.
  public func pruner(
    named name: String, parameters: [String: ParameterValue]
  ) throws(CompressionError) -> any Pruner {
    guard let type = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, known: all.map { $0.name })
    }
    return try type.init(parameters: Parameters(method: name, parameters))
  }
}

extension Tensor {
  /// The tensor with +0 for every element that `mask` leaves out.
  ///
  /// - Precondition: there is a bit an element.
  public func pruned(keeping mask: Bitmap) -> Tensor {
    precondition(mask.count == shape.count, "\(mask.count) bits for shape \(shape)")
    let size = dtype.byteCount
    var bytes = [UInt8](repeating: 0, count: bytes.count)
    mask.forEachKept { index in
      for byte in index * size..<(index + 1) * size { bytes[byte] = self.bytes[byte] }
    }
    return Tensor(dtype: dtype, shape: shape, bytes: bytes)
  }
}
