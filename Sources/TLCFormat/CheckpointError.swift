public import TLCSystem

/// Why a checkpoint could not be read or written.
public enum CheckpointError: Error, Equatable, Sendable {
  /// The bytes of the file at `path` are wrong.
  case format(path: String, FormatError)
  /// A graph is needed, and the file at `path` has none.
  case noGraph(path: String)
  /// The system failed.
  case system(IOError)
}

extension CheckpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .format(let path, let error): "\(path): \(error)"
    case .noGraph(let path): "\(path): it has tensors, and no graph"
    case .system(let error): error.description
    }
  }
}
