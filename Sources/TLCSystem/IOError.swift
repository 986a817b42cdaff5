internal import Glibc

/// A system call that failed: what was tried, on which path, and why.
public struct IOError: Error, Equatable, Sendable {
  /// What was tried, as a verb: `open`, `read`, `write`.
  public var operation: String
  /// The path, as the caller gave it.
  public var path: String
  /// The system's error number.
  public var code: Int32

  /// Creates an error.
  public init(operation: String, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }
}

extension IOError: CustomStringConvertible {
  /// `model.h5: cannot open: No such file or directory`.
  public var description: String {
    // SAFETY: strerror's text is read at once, and copied.
    let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    return "\(path): cannot \(operation): \(reason)"
  }
}
