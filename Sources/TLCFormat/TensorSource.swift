public import TLCCore

/// Where a tensor comes from: `formats/tlcq.md` §4.2, `source`.
public struct TensorSource: Equatable, Sendable {
  /// An index into the provenance's sources.
  public var file: Int
  /// The source's own name of the dataset.
  public var name: String
  /// What led from the source's orientation to the stored one, in order.
  public var transforms: [TensorTransform]

  /// Creates a source.
  public init(file: Int, name: String, transforms: [TensorTransform]) {
    self.file = file
    self.name = name
    self.transforms = transforms
  }

  /// The shape in the source of a tensor that is stored with this shape.
  public func sourceShape(ofStored shape: Shape) -> Shape {
    transforms.reversed().reduce(shape) { $1.inverse.shape(from: $0) ?? $0 }
  }
}

extension TensorSource {
  init(parsing object: JSONObject, shape: Shape, sourceCount: Int) throws(FormatError) {
    file = try object.integer("file", in: 0...1 << 53 - 1)
    guard file < sourceCount else {
      throw object.outOfRange(
        "file", "\(file)", allowed: "one of the \(sourceCount) sources",
        at: try object.value("file").offset)
    }
    name = try object.string("name")
    transforms = []
    guard object.optional("transforms") != nil else { return }
    let values = try object.array("transforms")
    for value in values {
      transforms.append(
        try TensorTransform(
          parsing: try JSONObject(value, key: "transforms", tensor: object.tensor),
          list: try object.value("transforms").offset))
    }
    // Read backwards, each transform's inverse must fit what the one after it starts from.
    let list = try object.value("transforms").offset
    var stage = shape
    for transform in transforms.reversed() {
      guard let before = transform.inverse.shape(from: stage),
        transform.shape(from: before) == stage
      else {
        throw FormatError(
          .transform("\(transform) does not give \(stage)"), at: list, in: object.tensor)
      }
      stage = before
    }
  }

  var json: JSONValue {
    .object([
      ("file", .integer(file)), ("name", .string(name)),
      ("transforms", transforms.isEmpty ? nil : .array(transforms.map { $0.json })),
    ])
  }
}

extension TensorTransform {
  fileprivate init(parsing object: JSONObject, list: Int) throws(FormatError) {
    enum Operation { case transpose, reshape }
    switch try object.choice("op", [("transpose", Operation.transpose), ("reshape", .reshape)]) {
    case .transpose:
      let permutation = try object.integers("permutation", in: 0...Shape.maximumRank - 1)
      guard permutation.sorted() == Array(0..<permutation.count) else {
        throw FormatError(
          .transform("\(permutation) is not a permutation"), at: list, in: object.tensor)
      }
      self = .transpose(permutation: permutation)
    case .reshape:
      func shape(_ key: String) throws(FormatError) -> Shape {
        let dimensions = try object.integers(key, in: 0...1 << 53 - 1)
        guard let shape = Shape(dimensions) else {
          throw FormatError(
            .transform("\(dimensions) is no shape"), at: list, in: object.tensor)
        }
        return shape
      }
      self = .reshape(from: try shape("from"), to: try shape("to"))
    }
  }

  fileprivate var json: JSONValue {
    switch self {
    case .transpose(let permutation):
      .object([("op", .string("transpose")), ("permutation", .integers(permutation))])
    case .reshape(let from, let to):
      .object([
        ("from", .integers(from.dimensions)), ("op", .string("reshape")),
        ("to", .integers(to.dimensions)),
      ])
    }
  }
}

extension JSONObject {
  /// A shape: 0 to 8 dimensions, the product of those that are not 0 below 2⁵³.
  func shape(_ key: String) throws(FormatError) -> Shape {
    let dimensions = try integers(key, in: 0...1 << 53 - 1)
    guard let shape = Shape(dimensions) else {
      throw outOfRange(
        key, "\(dimensions)", allowed: "up to 8 dimensions with fewer than 2^53 elements",
        at: try value(key).offset)
    }
    return shape
  }
}
