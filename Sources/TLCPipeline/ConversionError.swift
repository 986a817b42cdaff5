public import TLCCompress

/// Why a conversion ended, beside the errors of its parts.
public enum ConversionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A source is not the file that it was when the conversion began.
  case sourceChanged(path: String)
  /// A tensor cannot be compressed as the recipe says.
  case compression(tensor: String, CompressionError)
  /// The output is one of the sources.
  case outputIsSource(path: String)
  /// A graph is asked for, and there is none, for this reason.
  case noGraph(String)
  /// Samples do not fit the graph's inputs.
  case samples(path: String, String)
  /// What the recipe's steps are to be allocated for cannot be met, or not be measured, for this reason.
  case goal(String)
  /// A fault of this package: a run as it is planned gives other bits than its nodes one by one.
  case plannedRunDiffers(output: String)

  public var description: String {
    switch self {
    case .sourceChanged(let path): "\(path): the file changed while it was converted"
    case .compression(let tensor, let error): "tensor \"\(tensor)\": \(error)"
    case .outputIsSource(let path): "\(path): the output would replace a source"
    case .noGraph(let why): "a graph is required: \(why)"
    case .samples(let path, let what): "\(path): \(what)"
    case .goal(let why): "no steps were allocated: \(why)"
    case .plannedRunDiffers(let output):
      "output \"\(output)\" of a planned run is not that of its nodes one by one: this is a fault"
        + " of the program, and nothing is written"
    }
  }
}
