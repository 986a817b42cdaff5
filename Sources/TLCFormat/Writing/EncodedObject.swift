/// The manifest's object for values or a mask, whose planes have no index yet.
struct EncodedObject: Sendable {
  enum Field: Sendable {
    case json(JSONValue)
    case plane(EncodedPlane?)
  }

  /// A short name for people, as the record that a reader makes of it has.
  var summary: String
  /// The minor version of the format that the kind of object came with.
  var minorVersion: UInt16 = 0
  var fields: [(key: String, value: Field)]

  /// The stored bytes of all planes.
  var storedByteCount: Int { planes.reduce(0) { $0 + $1.stored.count } }

  /// The planes in the order in which they are written.
  var planes: [EncodedPlane] {
    fields.compactMap { field in
      if case .plane(let plane?) = field.value { return plane }
      return nil
    }
  }

  /// The object, its planes having the indices from `first` on.
  func json(firstPlane first: Int) -> JSONValue {
    var next = first
    return .object(
      fields.map { field in
        switch field.value {
        case .json(let value): return (field.key, value)
        case .plane(nil): return (field.key, .null)
        case .plane:
          defer { next += 1 }
          return (field.key, .integer(next))
        }
      })
  }
}
