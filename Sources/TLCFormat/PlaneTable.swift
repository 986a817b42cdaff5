/// The table of planes, and which of them have been referred to.
struct PlaneTable {
  let records: [PlaneRecord]
  private var isUsed: [Bool]

  /// - Parameter manifestOffset: where the manifest starts, which is behind the last plane.
  init(parsing values: [JSONValue], manifestOffset: Int) throws(FormatError) {
    var records: [PlaneRecord] = []
    var offset = Superblock.byteCount
    for value in values {
      let record = try PlaneRecord(parsing: value, at: offset)
      offset = record.end
      records.append(record)
    }
    guard offset == manifestOffset else {
      throw FormatError(.manifestPlace(offset: UInt64(manifestOffset), length: 0), at: 32)
    }
    self.records = records
    isUsed = Array(repeating: false, count: records.count)
  }

  /// Takes the plane that a key refers to: rules R19 to R21.
  ///
  /// - Parameters:
  ///   - count: the number of symbols.
  ///   - width: the bits of a symbol; 0 where there is nothing to store.
  ///   - isOptional: whether `null` is a value of the key.
  /// - Returns: `nil` where the plane has no bytes, and the key is `null`.
  mutating func take(
    _ key: String, of object: JSONObject, role: String, count: Int, width: Int,
    isOptional: Bool = true
  ) throws(FormatError) -> PlaneReference? {
    let value = try object.value(key)
    let (bits, overflow) = count.multipliedReportingOverflow(by: width)
    let rawByteCount = overflow ? Int.max : bits / 8 + (bits % 8 == 0 ? 0 : 1)
    switch value.content {
    case .null where isOptional:
      guard rawByteCount == 0 else {
        throw FormatError(
          .planeRawLength(declared: 0, expected: rawByteCount), at: value.offset, in: object.tensor)
      }
      return nil
    case .integer(let index):
      guard records.indices.contains(index) else {
        throw FormatError(
          .planeIndex(index, "is not one of the file's \(records.count)"), at: value.offset,
          in: object.tensor)
      }
      guard !isUsed[index] else {
        throw FormatError(
          .planeIndex(index, "is used a second time"), at: value.offset, in: object.tensor)
      }
      let record = records[index]
      guard record.role == role else {
        throw FormatError(
          .planeRole(found: record.role, expected: role), at: value.offset, in: object.tensor)
      }
      guard record.rawByteCount == rawByteCount else {
        throw FormatError(
          .planeRawLength(declared: record.rawByteCount, expected: rawByteCount), at: value.offset,
          in: object.tensor)
      }
      isUsed[index] = true
      return PlaneReference(index: index, count: count, width: width)
    default: throw object.wrongType(key, "an integer or null", value)
    }
  }
}

/// A plane, and what its symbols are.
struct PlaneReference: Equatable, Sendable {
  var index: Int
  /// The number of symbols, at least 1.
  var count: Int
  /// The bits of a symbol, in 1...24.
  var width: Int
}
