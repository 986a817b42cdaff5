internal import TLCCore
internal import TLCSystem

/// What a manifest says of a tensor's values: `formats/tlcq.md` §5.
///
/// To add a kind, write a file in `Values/` with a type that conforms, and name it in
/// ``EncodingKinds/standard``.
protocol ValuesRecord: Sendable {
  /// The name in the manifest.
  static var kind: String { get }

  /// The minor version of the format that it came with.
  static var minorVersion: UInt16 { get }

  /// Parses the object, checks its own rules, and takes its planes.
  init(
    parsing object: JSONObject, of tensor: TensorGeometry, keptCount: Int,
    planes: inout PlaneTable
  ) throws(FormatError)

  /// The planes that it refers to.
  var planes: [PlaneReference] { get }

  /// Where the codes are: `nil` for values that are not codes.
  var codePlanes: CodePlanes? { get }

  /// A short name for people: `int8 per axis 0`.
  var summary: String { get }

  /// Decodes the tensor, with +0 for each element that `mask` leaves out.
  func decode(
    _ tensor: TensorGeometry, mask: Bitmap?, from source: PlaneSource
  ) throws(CheckpointError) -> Tensor

  /// The elements that lie beyond the grid: `formats/tlcq.md` §6, `saturated`.
  func saturatedCount(
    source: Tensor, decoded: Tensor, from planes: PlaneSource
  ) throws(CheckpointError) -> Int
}

/// The planes of a tensor's codes.
struct CodePlanes {
  /// Those that there are: there is none where one symbol is all that there may be.
  var planes: [PlaneReference?]
  /// The code of symbol 0.
  var least: Int
  /// That of the greatest symbol.
  var greatest: Int
}

extension ValuesRecord {
  static var minorVersion: UInt16 { 0 }

  var codePlanes: CodePlanes? { nil }

  func saturatedCount(
    source: Tensor, decoded: Tensor, from planes: PlaneSource
  ) throws(CheckpointError) -> Int { 0 }
}

/// What decoding a tensor needs to know of it.
struct TensorGeometry: Equatable, Sendable {
  var name: String
  var dtype: DType
  var shape: Shape
}
