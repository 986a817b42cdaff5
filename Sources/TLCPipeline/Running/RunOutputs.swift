public import TLCCore
import TLCExport
import TLCSystem

/// The tensors that a run gave, written to a file.
public enum RunOutputs {
  /// Writes tensors in the format that the path's ending says: `.npz`, `.npy`, `.safetensors`, `.h5`
  /// or `.json`.
  ///
  /// - Throws: `ExportError` for another ending, and what writing throws.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], to path: String, overwriting: Bool
  ) throws {
    if path.hasSuffix(".json") {
      let file = try AtomicFile(path: path, overwriting: overwriting)
      let text = Array((JSONTensors.text(tensors) + "\n").utf8)
      try file.append(text.span)
      return try file.commit()
    }
    let exported = tensors.map { name, tensor in
      ExportedTensor(name: name, dtype: tensor.dtype, shape: tensor.shape) { tensor }
    }
    try ExporterRegistry.standard.exporter(named: nil, path: path)
      .write(exported, to: path, overwriting: overwriting) { _ in }
  }
}
