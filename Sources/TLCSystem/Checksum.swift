internal import CZlib
internal import TLCCore

/// Checksums of foreign formats.
public enum Checksum {
  /// CRC-32 as in zip and PNG.
  public static func crc32(_ bytes: Span<UInt8>, continuing checksum: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { raw in
      var checksum = UInt(checksum)
      var done = 0
      while done < raw.count {
        let count = min(raw.count - done, 1 << 30)
        // SAFETY: zlib reads `count` bytes, which are there.
        checksum = unsafe CZlib.crc32(
          checksum, raw.baseAddress?.advanced(by: done).assumingMemoryBound(to: UInt8.self),
          UInt32(count))
        done += count
      }
      return UInt32(truncatingIfNeeded: checksum)
    }
  }
}
