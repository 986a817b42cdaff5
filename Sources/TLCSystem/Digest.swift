internal import Crypto

/// A SHA-256 digest.
public struct Digest: Hashable, Sendable {
  /// 32 bytes.
  public let bytes: [UInt8]

  /// - Precondition: there are 32 bytes.
  public init(bytes: [UInt8]) {
    precondition(bytes.count == 32, "a digest of \(bytes.count) bytes, not 32")
    self.bytes = bytes
  }

  /// The digest of these bytes.
  public init(of bytes: Span<UInt8>) {
    var hasher = Hasher()
    hasher.update(bytes)
    self = hasher.finalize()
  }

  /// Parses 64 lower-case hexadecimal digits; `nil` for anything else.
  public init?(hex: String) {
    guard let bytes = [UInt8](hex: hex), bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String { bytes.hex }

  /// A digest in the making.
  public struct Hasher {
    private var state = SHA256()

    /// Starts a digest of no bytes.
    public init() {}

    /// Takes the next bytes in.
    public mutating func update(_ bytes: Span<UInt8>) {
      unsafe bytes.withUnsafeBytes { raw in
        // SAFETY: the hasher reads the span's bytes now, and keeps no pointer.
        unsafe state.update(bufferPointer: raw)
      }
    }

    /// The digest of all bytes taken in.
    public func finalize() -> Digest { Digest(bytes: Array(state.finalize())) }
  }
}

extension Digest: CustomStringConvertible {
  public var description: String { hex }
}

extension [UInt8] {
  /// Parses pairs of lower-case hexadecimal digits; `nil` for anything else.
  public init?(hex: String) {
    let digits = [UInt8](hex.utf8)
    guard digits.count % 2 == 0 else { return nil }
    self = []
    reserveCapacity(digits.count / 2)
    for i in stride(from: 0, to: digits.count, by: 2) {
      guard let high = nibble(digits[i]), let low = nibble(digits[i + 1]) else { return nil }
      append(high << 4 | low)
    }
  }

  /// The bytes as lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(count * 2)
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

private func nibble(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  default: nil
  }
}
