internal import TLCCore

/// A file that travels with the model: `formats/tlcq.md` §4.3.
public struct AssetRecord: Sendable {
  /// The name, which has no second in the file.
  public let name: String
  /// As in MIME.
  public let mediaType: String
  /// The length in bytes.
  public let byteCount: Int
  let plane: PlaneReference?

  init(
    parsing value: JSONValue, after previous: String?, planes: inout PlaneTable
  ) throws(FormatError) {
    let object = try JSONObject(value, key: "assets")
    name = try object.name("name")
    if let previous, !previous.precedesInUTF8(name) {
      throw FormatError(.nameOrder(previous: previous), at: try object.value("name").offset)
    }
    byteCount = try object.integer("length", in: 0...1 << 53 - 1)
    mediaType = try object.string("mediaType")
    plane = try planes.take("plane", of: object, role: "asset", count: byteCount, width: 8)
  }
}
