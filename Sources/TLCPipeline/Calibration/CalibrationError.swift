/// Why calibration data cannot be used.
public enum CalibrationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no graph to run.
  case noGraph
  /// A file holds no sample.
  case empty(path: String)
  /// A file is not what it should be.
  case malformed(path: String, String)
  /// A run gives values that are NaN or infinite where a tensor is multiplied.
  case nonFinite(sample: Int, tensor: String)
  /// An element of a tensor is NaN or infinite.
  case weight(tensor: String, index: Int)

  public var description: String {
    switch self {
    case .noGraph: "calibration: there is no graph to run"
    case .empty(let path): "\(path): it has no sample"
    case .malformed(let path, let what): "\(path): \(what)"
    case .nonFinite(let sample, let tensor):
      "calibration: sample \(sample + 1) gives values that are NaN or infinite where \"\(tensor)\""
        + " is multiplied"
    case .weight(let tensor, let index):
      "calibration: tensor \"\(tensor)\" has an element that is NaN or infinite, at index \(index)"
    }
  }
}
