internal import CHDF5
internal import Synchronization

/// The library, which takes one call at a time: Debian's build is the serial one.
enum HDF5Library {
  private static let lock = Mutex(false)

  /// Runs `body` with the library to itself and silent.
  static func locked<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    try lock.withLock { isReady throws(Failure) in
      if !isReady {
        // Files are closed by those who opened them; at its own end the library reads freed memory
        // where a file could not be.
        H5dont_atexit()
        H5open()
        isReady = true
      }
      tlc_h5_silence()
      return try body()
    }
  }

  /// What the last failed call says went wrong.
  static func errorText() -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      // SAFETY: the shim writes at most 256 bytes, the last one 0.
      unsafe tlc_h5_error_text(text.baseAddress)
      return unsafe text.baseAddress.map { unsafe String(cString: $0) } ?? ""
    }
  }
}

/// An id of the library's that is closed when this value goes.
///
/// Made and destroyed while the library is locked.
struct HDF5Handle: ~Copyable {
  let id: hid_t
  private let close: (hid_t) -> herr_t

  /// `nil` where the id says that a call failed.
  init?(_ id: hid_t, closedBy close: @escaping (hid_t) -> herr_t) {
    guard id >= 0 else { return nil }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }
}
