public import TLCCore
internal import TLCSystem

/// A tensor that is ready to be written, or an alias of one.
public struct EncodedTensor: Sendable {
  /// The name that it is stored under.
  public let name: String
  /// The type of the decoded elements.
  public let dtype: DType
  /// The dimensions of the decoded tensor.
  public let shape: Shape
  /// How far the decoded values are from the source.
  public let certificate: Certificate
  /// The codes and steps, where the file has the tensor as uniform values.
  public let uniformValues: UniformValues?
  let origin: TensorSource?
  let contentDigest: Digest
  let mask: EncodedObject?
  let values: EncodedObject

  init(
    name: String, dtype: DType, shape: Shape, origin: TensorSource?, certificate: Certificate,
    contentDigest: Digest, mask: EncodedObject?, values: EncodedObject,
    uniformValues: UniformValues?
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.origin = origin
    self.certificate = certificate
    self.contentDigest = contentDigest
    self.mask = mask
    self.values = values
    self.uniformValues = uniformValues
  }

  /// The stored bytes of all planes, without padding.
  public var storedByteCount: Int { planes.reduce(0) { $0 + $1.stored.count } }

  /// A short name of the encoding, for people: `2:4 int8 axis 0`.
  public var summary: String { (mask.map { $0.summary + " " } ?? "") + values.summary }

  /// The planes in the order in which they are written.
  var planes: [EncodedPlane] { (mask?.planes ?? []) + values.planes }

  /// The record, the tensor's planes having the indices from `first` on.
  func json(firstPlane first: Int) -> JSONValue {
    let encoding = JSONValue.object([
      ("mask", mask?.json(firstPlane: first)),
      ("values", values.json(firstPlane: first + (mask?.planes.count ?? 0))),
    ])
    return .object([
      ("certificate", certificate.json), ("digest", .string(contentDigest.hex)),
      ("dtype", .string(dtype.rawValue)), ("encoding", encoding), ("name", .string(name)),
      ("shape", .integers(shape.dimensions)), ("source", origin?.json),
    ])
  }
}

/// A second name for a tensor of the same file.
public struct AliasRecord: Sendable {
  /// The second name.
  public var name: String
  /// The name of a stored tensor.
  public var target: String
  /// The target's type.
  public var dtype: DType
  /// The target's shape.
  public var shape: Shape
  /// Where the second name comes from.
  public var origin: TensorSource?

  /// Creates an alias.
  public init(
    name: String, target: String, dtype: DType, shape: Shape, origin: TensorSource? = nil
  ) {
    self.name = name
    self.target = target
    self.dtype = dtype
    self.shape = shape
    self.origin = origin
  }

  var json: JSONValue {
    .object([
      ("alias", .string(target)), ("dtype", .string(dtype.rawValue)), ("name", .string(name)),
      ("shape", .integers(shape.dimensions)), ("source", origin?.json),
    ])
  }
}
