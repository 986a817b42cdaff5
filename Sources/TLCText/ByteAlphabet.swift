/// GPT-2's characters for bytes: printable ones of Latin-1 stand for themselves, and the others, in
/// their order, for U+0100 and up, so that no token has white space or controls in its spelling.
enum ByteAlphabet {
  private static let isPrintable: [Bool] = (0...255).map {
    (0x21...0x7E).contains($0) || (0xA1...0xAC).contains($0) || (0xAE...0xFF).contains($0)
  }

  /// The character of each byte.
  static let characters: [Unicode.Scalar] = {
    var characters: [Unicode.Scalar] = []
    var next: UInt16 = 0x100
    for byte in UInt8.min...UInt8.max {
      if isPrintable[Int(byte)] {
        characters.append(Unicode.Scalar(byte))
      } else {
        characters.append(Unicode.Scalar(next) ?? "\u{FFFD}")
        next += 1
      }
    }
    return characters
  }()

  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    for (byte, character) in characters.enumerated() {
      bytes[Int(character.value)] = UInt8(byte)
    }
    return bytes
  }()

  /// The bytes that a token's characters stand for; `nil` if one stands for none.
  static func bytes(of token: [UInt8]) -> [UInt8]? {
    var decoded: [UInt8] = []
    var i = 0
    while i < token.count {
      let (scalar, byteCount) = token.scalar(at: i)
      guard scalar.value < 0x144, let byte = bytes[Int(scalar.value)] else { return nil }
      decoded.append(byte)
      i += byteCount
    }
    return decoded
  }
}
