/// Why a tensor cannot be pruned or quantized as asked.
public enum CompressionError: Error, Equatable, Sendable {
  /// No method of this name.
  case unknownMethod(String, known: [String])
  /// A parameter that the method does not have.
  case unknownParameter(method: String, key: String, known: [String])
  /// A parameter that is missing or out of range.
  case parameter(method: String, key: String, allowed: String)
  /// A method that is of use only where there is calibration, of one tensor at a time.
  case needsCalibration(method: String)
  /// An axis that the shape does not have.
  case axis(Int, rank: Int)
  /// Elements that are no floating-point numbers.
  case notFloatingPoint(String)
  /// Elements that are NaN or infinite.
  case nonFinite(count: Int, firstIndex: Int)
  /// A step so small that a code would not be exact in float32.
  case codeRange(greatest: Double)
  /// A fault of this package: an element that was pruned is not 0 in what would be stored.
  case lostZero(index: Int)
}

extension CompressionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownMethod(let name, let known):
      "there is no method \"\(name)\"; there are " + known.joined(separator: ", ")
    case .unknownParameter(let method, let key, let known):
      "\(method) has no parameter \"\(key)\"; it has " + known.joined(separator: ", ")
    case .parameter(let method, let key, let allowed): "\(method): \"\(key)\" must be \(allowed)"
    case .needsCalibration(let method):
      "\(method): what it ranks weights by is known only where there is calibration, and for one "
        + "tensor at a time"
    case .axis(let axis, let rank): "there is no axis \(axis) in a tensor of rank \(rank)"
    case .notFloatingPoint(let dtype): "elements of type \(dtype) are not floating-point numbers"
    case .nonFinite(let count, let firstIndex):
      "\(count) elements are NaN or infinite, the first at index \(firstIndex)"
    case .codeRange(let greatest):
      "a code would be \(greatest), beyond 2^23: the step is too small for the greatest element"
    case .lostZero(let index):
      "what was pruned at index \(index) is not 0 in what would be stored: this is a fault"
    }
  }
}
