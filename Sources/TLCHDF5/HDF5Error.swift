/// Why an HDF5 file, or an object in it, cannot be read or written.
public struct HDF5Error: Error, Equatable, Sendable {
  /// The path of the file, as the caller gave it.
  public var path: String
  /// The path of the object in the file, if one is concerned.
  public var object: String?
  public var reason: Reason

  public init(path: String, object: String? = nil, _ reason: Reason) {
    self.path = path
    self.object = object
    self.reason = reason
  }

  public enum Reason: Equatable, Sendable {
    /// The library refused the file; what it said innermost.
    case library(doing: String, String)
    /// Something that is not read, by name.
    case unsupported(String)
    /// Something declared that is beyond a limit.
    case limit(String)
    /// Bytes that are not what they should be.
    case malformed(String)
  }
}

extension HDF5Error {
  /// The system's error number, where the library names one: the disk is full, or has no right.
  public var systemCode: Int32? {
    guard case .library(_, let text) = reason, let place = text.firstRange(of: "errno = ") else {
      return nil
    }
    return Int32(text[place.upperBound...].prefix { $0.isWholeNumber })
  }
}

extension HDF5Error: CustomStringConvertible {
  public var description: String {
    let place = object.map { "\(path): \($0)" } ?? path
    switch reason {
    case .library(let doing, let text):
      return "\(place): cannot \(doing)" + (text.isEmpty ? "" : " (HDF5: \(text))")
    case .unsupported(let what): return "\(place): \(what) is not supported"
    case .limit(let what): return "\(place): \(what)"
    case .malformed(let what): return "\(place): \(what)"
    }
  }
}
