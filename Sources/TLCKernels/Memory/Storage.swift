public import TLCCore

/// A block of memory that tensors of a run live in, 64 bytes aligned.
///
/// Views of it read and write without locks: whoever shares a storage between threads keeps writers
/// apart from everyone else, as a run's plan does.
@safe
public final class Storage: @unchecked Sendable {
  // INVARIANT: `byteCount` bytes (one where that is 0), aligned to `alignment`, freed in `deinit`.
  let memory: UnsafeMutableRawPointer
  /// The number of bytes.
  public let byteCount: Int

  /// The alignment of the memory: a cache line, and a vector of any instruction set.
  public static let alignment = 64

  /// Allocates memory that is all zeros.
  ///
  /// - Precondition: `byteCount` is not negative.
  public init(byteCount: Int) {
    precondition(byteCount >= 0, "\(byteCount) bytes")
    self.byteCount = byteCount
    unsafe memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, byteCount), alignment: Self.alignment)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: max(1, byteCount))
  }

  /// A copy of a tensor's elements.
  public convenience init(_ tensor: Tensor) {
    self.init(byteCount: tensor.bytes.count)
    unsafe tensor.bytes.withUnsafeBytes { bytes in
      // SAFETY: the memory has as many bytes.
      if let source = bytes.baseAddress {
        unsafe memory.copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }

  deinit { unsafe memory.deallocate() }
}
