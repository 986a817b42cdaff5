public import TLCCore

/// Why tensors cannot be written in a format.
public enum ExportError: Error, Equatable, Sendable {
  /// There is no format of a name, or for a path's ending.
  case unknownFormat(String, known: [String])
  /// A format does not have a tensor's element type.
  case dtype(DType, tensor: String, format: String)
  /// A format holds one tensor, and there are so many.
  case count(Int, format: String)
  /// A tensor's name, and why it cannot be written.
  case name(String, String)
}

extension ExportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownFormat(let name, let known):
      "\(name): no format to export to; there are \(known.joined(separator: ", "))"
    case .dtype(let dtype, let tensor, let format):
      "tensor \"\(tensor)\": \(format) has no \(dtype) elements; safetensors has"
    case .count(let count, let format):
      "\(format) holds one tensor, and there are \(count); npz holds several"
    case .name(let name, let why): "tensor \"\(name)\": \(why)"
    }
  }
}
