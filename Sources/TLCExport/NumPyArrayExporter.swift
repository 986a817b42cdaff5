internal import TLCCore
internal import TLCSystem

/// Writes `.npy`: one array, without a name, as `numpy.save` does.
public enum NumPyArrayExporter: CheckpointExporter {
  public static let name = "npy"
  public static let fileExtensions = ["npy"]

  public static func write(
    _ tensors: [ExportedTensor], to path: String, overwriting: Bool,
    progress: (Int) throws -> Void
  ) throws {
    guard let tensor = tensors.first, tensors.count == 1 else {
      throw ExportError.count(tensors.count, format: "npy")
    }
    try NumPyArray.requireElements(of: tensors)
    let file = try AtomicFile(path: path, overwriting: overwriting)
    let header = NumPyArray.header(of: tensor)
    try file.append(header.span)
    let values = try tensor.load()
    try file.append(values.bytes.span)
    try progress(values.bytes.count)
    try file.commit()
  }
}
