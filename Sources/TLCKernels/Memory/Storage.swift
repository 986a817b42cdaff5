internal import Glibc
public import TLCCore

/// A block of memory that tensors of a run live in, 64 bytes aligned unless it is a tensor's own.
///
/// Views of it read and write without locks: whoever shares a storage between threads keeps writers
/// apart from everyone else, as a run's plan does.
@safe
public final class Storage: @unchecked Sendable {
  // INVARIANT: `byteCount` bytes (one where that is 0), in `block` or of `tensor`.
  let memory: UnsafeMutableRawPointer
  /// The number of bytes.
  public let byteCount: Int
  /// Allocated by the C library; freed in `deinit`.
  private let block: UnsafeMutableRawPointer?
  private let tensor: Tensor?

  /// The alignment of memory that is allocated: a cache line, and a vector of any instruction set.
  public static let alignment = 64

  private static let largePage = 1 << 21

  /// Allocates memory that is all zeros; what is never touched takes no page.
  ///
  /// - Precondition: `byteCount` is not negative, and the system has as much memory.
  public convenience init(byteCount: Int) {
    unsafe self.init(byteCount, in: Self.required(byteCount, isZeroed: true))
  }

  /// Allocates memory that is all zeros, or is `nil` where the system gives none: for sizes that a
  /// file or a user chooses.
  ///
  /// - Precondition: `byteCount` is not negative.
  public convenience init?(tryingByteCount byteCount: Int) {
    guard let block = unsafe Self.block(byteCount, isZeroed: true) else { return nil }
    unsafe self.init(byteCount, in: block)
  }

  /// Allocates memory of any content, for who sets all of it.
  ///
  /// - Precondition: `byteCount` is not negative, and the system has as much memory.
  convenience init(uninitialized byteCount: Int) {
    unsafe self.init(byteCount, in: Self.required(byteCount, isZeroed: false))
  }

  // What is larger than a page of 2 MiB has these where the system gives them: they are given faster,
  // and found faster.
  private static func alignment(of byteCount: Int) -> Int {
    byteCount >= largePage ? largePage : alignment
  }

  private static func block(_ byteCount: Int, isZeroed: Bool) -> UnsafeMutableRawPointer? {
    precondition(byteCount >= 0, "\(byteCount) bytes")
    let room = max(1, byteCount) + alignment(of: byteCount)
    return unsafe isZeroed ? calloc(room, 1) : malloc(room)
  }

  private static func required(_ byteCount: Int, isZeroed: Bool) -> UnsafeMutableRawPointer {
    guard let block = unsafe block(byteCount, isZeroed: isZeroed) else {
      fatalError("no memory for \(byteCount) bytes")
    }
    return unsafe block
  }

  /// - Parameter block: from ``block(_:isZeroed:)`` of as many bytes; it is freed with this.
  private init(_ byteCount: Int, in block: UnsafeMutableRawPointer) {
    self.byteCount = byteCount
    unsafe self.block = block
    tensor = nil
    let alignment = Self.alignment(of: byteCount)
    unsafe memory = block.alignedUp(toMultipleOf: alignment)
    // SAFETY: the memory is the block's; this changes no content, and where it fails, nothing.
    if alignment == Self.largePage { _ = unsafe madvise(memory, byteCount, MADV_HUGEPAGE) }
  }

  /// A copy of a tensor's elements.
  public convenience init(_ tensor: Tensor) {
    self.init(uninitialized: tensor.bytes.count)
    unsafe tensor.bytes.withUnsafeBytes { bytes in
      // SAFETY: the memory has as many bytes.
      if let source = bytes.baseAddress {
        unsafe memory.copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }

  /// A tensor's own elements, without a copy; who has it writes nothing.
  convenience init(sharing tensor: Tensor) {
    // SAFETY: the elements of an array that is held stay where they are as long as it is not changed,
    // and this one never is: the tensor's are constant, and who changes a copy has another array.
    let start = unsafe tensor.bytes.withUnsafeBytes { $0.baseAddress }
    if let start = unsafe start, !tensor.bytes.isEmpty {
      unsafe self.init(start, of: tensor)
    } else {
      self.init(byteCount: 0)
    }
  }

  private init(_ start: UnsafeRawPointer, of tensor: Tensor) {
    byteCount = tensor.bytes.count
    self.tensor = tensor
    unsafe block = nil
    unsafe memory = UnsafeMutableRawPointer(mutating: start)
  }

  deinit { unsafe free(block) }
}
