internal import TLCCore
internal import TLCSystem

/// What a manifest says of a tensor's mask: `formats/tlcq.md` §5.
///
/// To add a kind, write a file in `Masks/` with a type that conforms, and name it in
/// ``EncodingKinds/standard``.
protocol MaskRecord: Sendable {
  /// The name in the manifest.
  static var kind: String { get }

  /// Parses the object, checks its own rules, and takes its plane.
  init(
    parsing object: JSONObject, of shape: Shape, planes: inout PlaneTable
  ) throws(FormatError)

  /// The number of elements kept, which the decoded mask has been checked against.
  var keptCount: Int { get }

  var plane: PlaneReference? { get }

  /// A short name for people: `2:4`.
  var summary: String { get }

  /// Decodes the mask.
  func decode(_ shape: Shape, from source: PlaneSource) throws(CheckpointError) -> Bitmap
}

extension JSONObject {
  /// The key `kept` of a mask.
  func keptCount(of shape: Shape) throws(FormatError) -> Int {
    try integer("kept", in: 0...shape.count)
  }
}

extension PlaneSource {
  /// Throws unless a mask keeps as many elements as it states (R31).
  func require(
    _ mask: Bitmap, keeps declared: Int, in plane: PlaneReference?
  ) throws(CheckpointError) {
    let found = mask.keptCount
    guard found == declared else {
      let offset = plane.map { records[$0.index].bytes.lowerBound } ?? 0
      throw formatError(.keptCount(declared: declared, found: found), at: offset)
    }
  }
}
