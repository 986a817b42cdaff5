public import TLCCore
public import TLCSystem

/// What a manifest says of a tensor or an alias: `formats/tlcq.md` §4.2.
public struct TensorRecord: Sendable {
  /// The name, which has no second in the file.
  public let name: String
  /// The type of the decoded elements.
  public let dtype: DType
  /// The dimensions of the decoded tensor.
  public let shape: Shape
  /// Where the tensor comes from, if the file says so.
  public let source: TensorSource?
  /// What is stored, or the tensor that this is another name of.
  public let content: Content

  /// What a record stands for.
  public enum Content: Sendable {
    /// A tensor with planes of its own.
    case stored(Stored)
    /// Another name of the tensor named.
    case alias(of: String)
  }

  /// A tensor that has planes of its own.
  public struct Stored: Sendable {
    /// How far the decoded values are from the source.
    public let certificate: Certificate
    /// The SHA-256 of the decoded elements.
    public let contentDigest: Digest
    let encoding: EncodingRecord
    /// Where the content digest and the shape stand in the file, for messages.
    let digestOffset: Int
    let shapeOffset: Int

    /// A short name of the encoding, for people.
    public var summary: String { encoding.summary }
    /// The indices of the planes that the tensor is stored in.
    public var planes: [Int] { encoding.planes.map { $0.index }.sorted() }
  }

  var geometry: TensorGeometry { TensorGeometry(name: name, dtype: dtype, shape: shape) }

  /// The decoded size in bytes; at most 2⁵⁶.
  public var decodedByteCount: Int { shape.count * dtype.byteCount }
}

extension TensorRecord {
  /// Parses a record, whose name comes after `previous`.
  init(
    parsing value: JSONValue, after previous: String?, sourceCount: Int, kinds: EncodingKinds,
    planes: inout PlaneTable
  ) throws(FormatError) {
    var object = try JSONObject(value, key: "tensors")
    let name = try object.name("name")
    object.tensor = name
    if let previous, !previous.precedesInUTF8(name) {
      throw FormatError(
        .nameOrder(previous: previous), at: try object.value("name").offset, in: name)
    }
    if object.optional("alias") != nil {
      content = .alias(of: try object.string("alias"))
      dtype = try object.dtype()
      shape = try object.shape("shape")
    } else {
      let certificate = try Certificate(parsing: try object.object("certificate"))
      let digest = try object.digest("digest")
      dtype = try object.dtype()
      shape = try object.shape("shape")
      let encoding = try EncodingRecord(
        parsing: try object.object("encoding"),
        of: TensorGeometry(name: name, dtype: dtype, shape: shape), kinds: kinds, planes: &planes)
      content = .stored(
        Stored(
          certificate: certificate, contentDigest: digest, encoding: encoding,
          digestOffset: try object.value("digest").offset,
          shapeOffset: try object.value("shape").offset))
    }
    self.name = name
    source =
      object.optional("source") == nil
      ? nil
      : try TensorSource(
        parsing: try object.object("source"), shape: shape, sourceCount: sourceCount)
  }
}

extension JSONObject {
  fileprivate func dtype() throws(FormatError) -> DType {
    try choice("dtype", DType.allCases.map { ($0.rawValue, $0) })
  }
}
