internal import CZlib
internal import TLCCore

/// Why bytes are not the DEFLATE stream that they should be.
public enum DeflateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The stream breaks DEFLATE's rules.
  case malformed
  /// The stream ends after another count of bytes.
  case length(expected: Int, found: Int)
  /// Bytes follow the stream's end.
  case trailingBytes(Int)
  /// The declared count is more than DEFLATE can make of so few bytes.
  case implausible(count: Int, stored: Int)

  public var description: String {
    switch self {
    case .malformed: "the DEFLATE stream is malformed"
    case .length(let expected, let found):
      "the DEFLATE stream gives \(found) bytes, not \(expected)"
    case .trailingBytes(let count): "\(count) bytes follow the DEFLATE stream"
    case .implausible(let count, let stored):
      "\(stored) bytes of DEFLATE cannot give \(count) bytes"
    }
  }
}

/// Reads DEFLATE (RFC 1951), bare or in zlib's wrapping (RFC 1950), over the system's zlib.
public enum Deflate {
  /// What is around a stream.
  public enum Format: Sendable {
    /// Nothing: RFC 1951.
    case raw
    /// A header and a checksum: RFC 1950.
    case zlib

    var windowBits: Int32 { self == .raw ? -15 : 15 }
  }

  /// The most bytes that a byte of DEFLATE can give.
  private static let greatestRatio = 1_032

  /// Decompresses a whole stream that gives exactly `count` bytes.
  ///
  /// What is allocated is bounded by the stream's length: a count that no such stream can give is
  /// refused before.
  public static func inflate(
    _ stored: Span<UInt8>, count: Int, format: Format
  ) throws(DeflateError) -> [UInt8] {
    guard count / greatestRatio <= stored.count else {
      throw .implausible(count: count, stored: stored.count)
    }
    return try [UInt8](unsafeUninitializedCount: count) { out throws(DeflateError) in
      try inflate(stored, into: &out, format: format)
    }
  }

  /// Decompresses a whole stream that fills `out` exactly.
  public static func inflate(
    _ stored: Span<UInt8>, into out: inout MutableSpan<UInt8>, format: Format
  ) throws(DeflateError) {
    let count = out.count
    let outcome = unsafe out.withUnsafeMutableBytes { target in
      unsafe stored.withUnsafeBytes { source in
        unsafe inflate(source, into: target, format)
      }
    }
    guard outcome.isComplete else {
      throw outcome.isMalformed ? .malformed : .length(expected: count, found: outcome.written)
    }
    guard outcome.written == count else {
      throw .length(expected: count, found: outcome.written)
    }
    guard outcome.unread == 0 else { throw .trailingBytes(outcome.unread) }
  }

  private struct Outcome {
    var isComplete: Bool
    var isMalformed: Bool
    var written: Int
    var unread: Int
  }

  private static func inflate(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, _ format: Format
  ) -> Outcome {
    var stream = unsafe z_stream()
    let version = unsafe zlibVersion()
    let size = Int32(unsafe MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(&stream, format.windowBits, version, size) == Z_OK else {
      return Outcome(isComplete: false, isMalformed: true, written: 0, unread: 0)
    }
    defer { unsafe _ = inflateEnd(&stream) }
    // One byte more than is wanted, so that a stream that gives more is told from one that ends.
    var spare: UInt8 = 0
    var read = 0
    var written = 0
    var status = Z_OK
    while status == Z_OK {
      let input = min(source.count - read, 1 << 30)
      let room = min(target.count - written, 1 << 30)
      // SAFETY: zlib reads `input` bytes of `source` and writes `room` bytes of `target`, or the
      // one spare byte where the target is full; both outlive the call.
      unsafe stream.next_in = UnsafeMutableRawPointer(mutating: source.baseAddress)?
        .advanced(by: read).assumingMemoryBound(to: UInt8.self)
      unsafe stream.avail_in = UInt32(input)
      status = unsafe withUnsafeMutablePointer(to: &spare) { spare in
        unsafe stream.next_out =
          room > 0
          ? target.baseAddress?.advanced(by: written).assumingMemoryBound(to: UInt8.self) : spare
        unsafe stream.avail_out = UInt32(max(room, 1))
        return unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
      }
      let took = input - Int(unsafe stream.avail_in)
      let gave = max(room, 1) - Int(unsafe stream.avail_out)
      read += took
      written += gave
      if written > target.count || (took == 0 && gave == 0) { break }
    }
    return Outcome(
      isComplete: status == Z_STREAM_END,
      isMalformed: status != Z_STREAM_END && status != Z_OK && status != Z_BUF_ERROR,
      written: written, unread: source.count - read)
  }
}
