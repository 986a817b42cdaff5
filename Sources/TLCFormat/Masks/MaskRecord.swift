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

  /// The number of elements that the mask is said to keep.
  var keptCount: Int { get }

  /// Where the file says it.
  var keptOffset: Int { get }

  var plane: PlaneReference? { get }

  /// A short name for people: `2:4`.
  var summary: String { get }

  /// Decodes the mask.
  func decode(_ shape: Shape, from source: PlaneSource) throws(CheckpointError) -> Bitmap
}

extension JSONObject {
  /// The key `kept` of a mask, and where it stands.
  func kept() throws(FormatError) -> (count: Int, offset: Int) {
    (try integer("kept", in: 0...1 << 53 - 1), try value("kept").offset)
  }
}

extension MaskRecord {
  /// Decodes the mask, and checks that it keeps as many elements as it states (R31).
  func checked(_ shape: Shape, from source: PlaneSource) throws(CheckpointError) -> Bitmap {
    let place = plane.map { source.records[$0.index].bytes.lowerBound } ?? keptOffset
    guard keptCount <= shape.count else {
      throw source.formatError(.keptCount(declared: keptCount, found: shape.count), at: place)
    }
    let mask = try decode(shape, from: source)
    let found = mask.keptCount
    guard found == keptCount else {
      throw source.formatError(.keptCount(declared: keptCount, found: found), at: place)
    }
    return mask
  }
}
