internal import CHDF5
internal import TLCCore

extension HDF5File {
  /// The names of an object's attributes, in order of UTF-8 bytes.
  public func attributeNames(of object: String) throws(HDF5Error) -> [String] {
    try HDF5Library.locked { () throws(HDF5Error) in
      var type: Int32 = 0
      var address: UInt64 = 0
      var count: UInt64 = 0
      guard unsafe tlc_h5_object(id, object, &type, &address, &count) >= 0 else {
        throw failure("read the object", object)
      }
      guard count <= limits.objectCount else {
        throw refusal(object, .limit("the object has \(count) attributes, too many"))
      }
      var names: [String] = []
      for index in 0..<count {
        let length = unsafe H5Aget_name_by_idx(
          id, object, H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, hid_t(H5P_DEFAULT))
        guard length >= 0, length <= 65_536 else { throw failure("list attributes", object) }
        var bytes = [UInt8](repeating: 0, count: length + 1)
        let got = unsafe bytes.withUnsafeMutableBytes { buffer in
          // SAFETY: the buffer has room for the name and its closing 0.
          unsafe H5Aget_name_by_idx(
            id, object, H5_INDEX_NAME, H5_ITER_INC, index,
            buffer.baseAddress?.assumingMemoryBound(to: CChar.self), length + 1,
            hid_t(H5P_DEFAULT))
        }
        guard got == length else { throw failure("list attributes", object) }
        names.append(String(decoding: bytes.dropLast(), as: UTF8.self))
      }
      return names.sorted { $0.precedesInUTF8($1) }
    }
  }

  /// The value of an attribute, or `nil` where the object has none of this name.
  public func attribute(
    _ name: String, of object: String
  ) throws(HDF5Error) -> HDF5Attribute? {
    try HDF5Library.locked { () throws(HDF5Error) in
      let exists = unsafe H5Aexists_by_name(id, object, name, hid_t(H5P_DEFAULT))
      guard exists >= 0 else { throw failure("read the object", object) }
      guard exists > 0 else { return nil }
      let opened = unsafe H5Aopen_by_name(
        id, object, name, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
      guard let attribute = HDF5Handle(opened, closedBy: H5Aclose),
        let type = HDF5Handle(H5Aget_type(attribute.id), closedBy: H5Tclose),
        let space = HDF5Handle(H5Aget_space(attribute.id), closedBy: H5Sclose)
      else { throw failure("read attribute \"\(name)\" of", object) }
      let count = H5Sget_simple_extent_npoints(space.id)
      let size = H5Tget_size(type.id)
      guard count >= 0, size > 0,
        !Int(count).multipliedReportingOverflow(by: max(size, 8)).overflow,
        Int(count) * max(size, 8) <= limits.attributeByteCount
      else { throw refusal(object, .limit("attribute \"\(name)\" is too large")) }
      let isScalar = H5Sget_simple_extent_type(space.id) == H5S_SCALAR
      let broken = refusal(object, .malformed("attribute \"\(name)\" is not UTF-8 text"))
      let unread = failure("read attribute \"\(name)\" of", object)
      switch H5Tget_class(type.id) {
      case H5T_STRING:
        guard let raw = Self.strings(attribute.id, type.id, space.id, Int(count), size) else {
          throw unread
        }
        var strings: [String] = []
        for bytes in raw {
          guard let text = String(validating: bytes, as: UTF8.self) else { throw broken }
          strings.append(text)
        }
        return isScalar && strings.count == 1 ? .string(strings[0]) : .strings(strings)
      case H5T_INTEGER, H5T_ENUM:
        var values = [Int64](repeating: 0, count: Int(count))
        let status = unsafe values.withUnsafeMutableBytes { buffer in
          // SAFETY: the buffer has room for `count` values of 8 bytes.
          unsafe H5Aread(attribute.id, tlc_h5_integer(8, 1), buffer.baseAddress)
        }
        guard status >= 0 else { throw unread }
        return .integers(values)
      case H5T_FLOAT:
        var values = [Double](repeating: 0, count: Int(count))
        let status = unsafe values.withUnsafeMutableBytes { buffer in
          // SAFETY: the buffer has room for `count` values of 8 bytes.
          unsafe H5Aread(attribute.id, tlc_h5_float(8), buffer.baseAddress)
        }
        guard status >= 0 else { throw unread }
        return .numbers(values)
      default: return .unsupported("an attribute that is neither text nor numbers")
      }
    }
  }

  /// The bytes of each string, or `nil` where they cannot be read.
  static func strings(
    _ attribute: hid_t, _ type: hid_t, _ space: hid_t, _ count: Int, _ size: Int
  ) -> [[UInt8]]? {
    guard let memory = HDF5Handle(H5Tcopy(type), closedBy: H5Tclose) else { return nil }
    if H5Tis_variable_str(type) > 0 {
      var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
      let status = unsafe pointers.withUnsafeMutableBytes { buffer in
        // SAFETY: the library sets `count` pointers, each to text that ends in 0, or to nothing.
        unsafe H5Aread(attribute, memory.id, buffer.baseAddress)
      }
      guard status >= 0 else { return nil }
      let strings = unsafe pointers.map { pointer -> [UInt8] in
        guard let pointer = unsafe pointer else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: pointer, count: strlen(pointer)))
          .map { UInt8(bitPattern: $0) }
      }
      unsafe pointers.withUnsafeMutableBytes { buffer in
        // SAFETY: the library frees what it allocated above.
        _ = unsafe H5Dvlen_reclaim(memory.id, space, hid_t(H5P_DEFAULT), buffer.baseAddress)
      }
      return strings
    }
    var bytes = [UInt8](repeating: 0, count: count * size)
    let status = unsafe bytes.withUnsafeMutableBytes { buffer in
      // SAFETY: the buffer has room for `count` strings of `size` bytes.
      unsafe H5Aread(attribute, memory.id, buffer.baseAddress)
    }
    guard status >= 0 else { return nil }
    let isSpacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD
    return (0..<count).map { i in
      var string = Array(bytes[i * size..<(i + 1) * size].prefix { $0 != 0 })
      while isSpacePadded, string.last == UInt8(ascii: " ") { string.removeLast() }
      return string
    }
  }
}
