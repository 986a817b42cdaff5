public import TLCCompress

/// Why a conversion ended, beside the errors of its parts.
public enum ConversionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A source is not the file that it was when the conversion began.
  case sourceChanged(path: String)
  /// A tensor cannot be compressed as the recipe says.
  case compression(tensor: String, CompressionError)
  /// The output is one of the sources.
  case outputIsSource(path: String)

  public var description: String {
    switch self {
    case .sourceChanged(let path): "\(path): the file changed while it was converted"
    case .compression(let tensor, let error): "tensor \"\(tensor)\": \(error)"
    case .outputIsSource(let path): "\(path): the output would replace a source"
    }
  }
}
