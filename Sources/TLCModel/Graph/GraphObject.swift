internal import TLCCore

/// An object of a graph's JSON, and how messages call it.
struct GraphObject {
  let members: [(key: String, value: StrictJSON)]
  let place: String

  init(_ json: StrictJSON, _ place: String) throws(GraphError) {
    guard let members = json.members else { throw .malformed("\(place) is not an object") }
    self.members = members
    // A node is called by its name from here on.
    let name = members.first { $0.key == "name" }?.value.text
    self.place = name.map { "\(place) \"\($0)\"" } ?? place
  }

  private func optional(_ key: String) -> StrictJSON? { members.first { $0.key == key }?.value }

  private func value(_ key: String) throws(GraphError) -> StrictJSON {
    guard let value = optional(key) else { throw .malformed("\(place) has no \"\(key)\"") }
    return value
  }

  func array(_ key: String) throws(GraphError) -> [StrictJSON] {
    guard let elements = try value(key).elements else {
      throw .malformed("\"\(key)\" of \(place) is not an array")
    }
    return elements
  }

  func optionalArray(_ key: String) throws(GraphError) -> [StrictJSON] {
    optional(key) == nil ? [] : try array(key)
  }

  func optionalObject(
    _ key: String
  ) throws(GraphError) -> [(key: String, value: StrictJSON)]? {
    guard let value = optional(key) else { return nil }
    guard let members = value.members else {
      throw .malformed("\"\(key)\" of \(place) is not an object")
    }
    return members
  }

  func text(_ value: StrictJSON) throws(GraphError) -> String {
    guard let text = value.text else { throw .malformed("\(place) has a value that is no string") }
    return text
  }

  func optionalText(_ key: String) throws(GraphError) -> String? {
    guard let value = optional(key) else { return nil }
    return try text(value)
  }

  func name(_ key: String) throws(GraphError) -> String {
    try Self.requireName(try text(try value(key)))
  }

  func names(_ key: String, allowingEmpty: Bool) throws(GraphError) -> [String] {
    var names: [String] = []
    for element in try array(key) {
      let name = try text(element)
      names.append(allowingEmpty && name.isEmpty ? name : try Self.requireName(name))
    }
    return names
  }

  /// Requires that a text can name something.
  static func requireName(_ name: String) throws(GraphError) -> String {
    let bytes = name.utf8
    guard (1...1_024).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw .malformed("a name is empty, longer than 1024 bytes, or has a control character")
    }
    return name
  }

  func integer(_ key: String) throws(GraphError) -> Int { try integer(try value(key)) }

  func integer(_ value: StrictJSON) throws(GraphError) -> Int {
    let digits: String? =
      switch value {
      case .number(let digits), .string(let digits): digits
      default: nil
      }
    guard let number = digits.flatMap({ Int($0) }) else {
      throw .malformed("\(place) has a value that is no integer")
    }
    return number
  }

  func float(_ value: StrictJSON) throws(GraphError) -> Float {
    let digits = try text(value)
    guard digits.utf8.count == 8, let bits = UInt32(digits, radix: 16) else {
      throw .malformed("\(place) has a value that is not 8 hexadecimal digits")
    }
    return Float(bitPattern: bits)
  }

  func dtype() throws(GraphError) -> DType {
    let name = try text(try value("dtype"))
    guard let dtype = DType(rawValue: name) else {
      throw .malformed("\(place) is of the type \"\(name)\", which there is not")
    }
    return dtype
  }

  /// The tensor of `data`, `dtype` and `shape`.
  func tensor() throws(GraphError) -> Tensor {
    let dtype = try dtype()
    var lengths: [Int] = []
    for element in try array("shape") { lengths.append(try integer(element)) }
    guard let shape = Shape(lengths) else {
      throw .malformed("\(place) has a shape that no tensor has")
    }
    let digits = Array(try text(try value("data")).utf8)
    guard shape.count <= Graph.largestConstantByteCount,
      shape.count * dtype.byteCount <= Graph.largestConstantByteCount,
      digits.count == 2 * shape.count * dtype.byteCount
    else {
      throw .malformed(
        "\(place) has \(digits.count) digits for \(dtype) \(shape), of which there may be 65536 bytes"
      )
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for i in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.digit(digits[i]), let low = Self.digit(digits[i + 1]) else {
        throw .malformed("\(place) has data that are not lower-case hexadecimal digits")
      }
      bytes.append(high << 4 | low)
    }
    if dtype == .bool, bytes.contains(where: { $0 > 1 }) {
      throw .malformed("\(place) has a bool that is neither 0 nor 1")
    }
    return Tensor(dtype: dtype, shape: shape, bytes: bytes)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
