extension Mutation {
  /// Changes a safetensors file, and mostly its header, whose length is then stated as it is.
  mutating func safetensors(_ bytes: [UInt8]) -> [UInt8] {
    guard choice(4) > 0, bytes.count >= 8 else { return self.bytes(bytes) }
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else { return self.bytes(bytes) }
    let header = json(Array(bytes[8..<8 + Int(length)]))
    let lengthBytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return lengthBytes + header + bytes[(8 + Int(length))...]
  }
}
