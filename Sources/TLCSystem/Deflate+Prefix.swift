internal import CZlib
internal import TLCCore

extension Deflate {
  /// Decompresses the start of a stream: up to `count` bytes, fewer where the stream gives fewer.
  ///
  /// - Parameters:
  ///   - stored: the start of the stream, or all of it.
  ///   - count: the most bytes to give.
  ///   - format: what is around the stream.
  public static func inflatePrefix(
    _ stored: Span<UInt8>, upTo count: Int, format: Format
  ) throws(DeflateError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var written = 0
    let status = unsafe bytes.withUnsafeMutableBytes { target in
      unsafe stored.withUnsafeBytes { source in
        var stream = unsafe z_stream()
        let size = Int32(unsafe MemoryLayout<z_stream>.size)
        let opened = unsafe inflateInit2_(
          &stream, format.windowBits, unsafe zlibVersion(), size)
        guard opened == Z_OK else { return opened }
        defer { unsafe _ = inflateEnd(&stream) }
        let input = min(source.count, 1 << 30)
        let room = min(target.count, 1 << 30)
        // SAFETY: zlib reads `input` bytes of `source` and writes `room` bytes of `target`; both
        // outlive the call.
        unsafe stream.next_in = UnsafeMutableRawPointer(mutating: source.baseAddress)?
          .assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_in = UInt32(input)
        unsafe stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_out = UInt32(room)
        let status = unsafe CZlib.inflate(&stream, Z_SYNC_FLUSH)
        written = room - Int(unsafe stream.avail_out)
        return status
      }
    }
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      throw .malformed
    }
    bytes.removeLast(count - written)
    return bytes
  }
}
